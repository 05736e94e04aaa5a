"""The service dies while it does what waits for its hour: each warning, escalation and message is there once.

A message may reach the gateway twice, always under the same id.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.customer import CustomerDetails
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.message import Message
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.intake import Origin
from dispatch.ports import Store
from dispatch.store.database import Database, open_engine
from dispatch.usecases.privacy.customers import add_customer
from dispatch.usecases.work_orders.receive import receive
from tests.dispatch.usecases.work_orders.life import Life
from tests.e2e.mortal_service import MortalService
from tests.e2e.receiver import receiving
from tests.e2e.running_command import Death

pytestmark = pytest.mark.slow

DEATHS = 4
ORDERS = 12
DAYTIME = '[messages]\nquiet_from = "00:00"\nquiet_until = "00:00"\nlease_s = 1\n'
ACCEPT_MIN, WARNING_MIN = 15, 5


@contextmanager
def life_in(service: MortalService) -> Iterator[Life]:
    """Give a life in the service's own database."""
    with Database(open_engine(service.url)) as database:
        yield Life(whole=database)


def dispatched_orders(life: Life, now: datetime) -> None:
    """Let half of the orders be due for a warning, and half, which have it, for an escalation."""
    for ago_min, group in ((ACCEPT_MIN, "late"), (ACCEPT_MIN - WARNING_MIN + 1, "soon")):
        life.clock.moment = now - timedelta(minutes=ago_min)
        for number in range(ORDERS):
            life.receive(f"{group}-{number}")
            life.dispatched(f"{group}-{number}")
        life.clock.moment = now - timedelta(minutes=WARNING_MIN - 1)
        if group == "late":
            life.sweep()


def what_became_of_orders(store: Store) -> list[Counter[tuple[object, ...]]]:
    """Return everything that sweeping timers leaves behind, without the moments and ids."""
    with store.read() as transaction:
        audit = transaction.records(AuditEvent).all()
        timers = transaction.records(Timer).all()
        orders = transaction.records(WorkOrder).all()
        news = transaction.records(FieldEvent).all()
        escalations = transaction.records(Escalation).all()
        messages = transaction.records(Message).all()
    return [
        Counter((event.order, event.action, event.reason, event.order_version) for event in audit),
        Counter((timer.order, timer.kind, timer.ended, timer.is_warned) for timer in timers),
        Counter((order.id, order.state, order.technician, order.version) for order in orders),
        Counter((event.order, event.kind) for event in news),
        Counter((one.order, one.kind, one.level, one.audience) for one in escalations),
        Counter((message.order, message.template) for message in messages),
    ]


@pytest.mark.parametrize("seed", [1])
def test_each_timer_warns_and_escalates_once(database: dict[str, str], seed: int, tmp_path: Path) -> None:
    now = datetime.now(tz=UTC).replace(microsecond=0)
    undisturbed = Life()
    dispatched_orders(undisturbed, now)
    undisturbed.clock.moment = now
    undisturbed.sweep()

    rng, service = random.Random(seed), MortalService(tmp_path, database | {"runs": "threads"})
    with life_in(service) as life:
        dispatched_orders(life, now)
        die_and_go_on(service, rng, table="timers", is_waiting="next_at < CURRENT_TIMESTAMP")
        assert what_became_of_orders(life.store) == what_became_of_orders(undisturbed.store)


@pytest.mark.parametrize("seed", [1])
def test_each_message_reaches_the_gateway_under_one_id(database: dict[str, str], seed: int, tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text(DAYTIME)
    rng = random.Random(seed)
    with receiving() as gateway:
        told = {
            "runs": "threads",
            "policy_path": str(tmp_path / "policy.toml"),
            "sms_gateway": f'{{"url": "{gateway.url}"}}',
        }
        service = MortalService(tmp_path, database | told)
        with life_in(service) as life:
            life.clock.moment = datetime.now(tz=UTC).replace(microsecond=0)
            for number in range(2 * ORDERS):
                receive_from_a_customer(life, number)
            die_and_go_on(service, rng, table="messages", is_waiting="next_at IS NOT NULL")
            with life.store.read() as transaction:
                messages = transaction.records(Message).all()
    assert len(messages) == 2 * ORDERS
    assert {message.state for message in messages} == {"sent"}
    assert set(gateway.bodies) == {f"main.{message.id}" for message in messages}
    assert {len(set(bodies)) for bodies in gateway.bodies.values()} == {1}


def receive_from_a_customer(life: Life, number: int) -> None:
    means = life.means("integration:crm")
    customer = add_customer(
        CustomerDetails(phone=f"138000000{number:02}"),
        store=life.store,
        clock=life.clock,
        new_id=life.new_id,
        settings=life.policy.privacy,
    )
    receive(life.document(f"o-{number}"), origin=Origin(customer=customer.id), **means)


def die_and_go_on(service: MortalService, rng: random.Random, *, table: str, is_waiting: str) -> None:
    """Let the service die some times over what waits in a table, and then do the rest."""
    waits = f"SELECT count(*) FROM {table} WHERE {is_waiting}"  # noqa: S608 - our own words
    deaths = 0
    try:
        for _ in range(DEATHS):
            service.start(dies_at=Death(moment=rng.randint(1, 60), table=table))
            service.wait_until_none(waits, while_alive=True)
            deaths += not service.is_alive
            service.kill()
        service.start()
        service.wait_until_none(waits)
    finally:
        service.kill()
    assert deaths > 1
