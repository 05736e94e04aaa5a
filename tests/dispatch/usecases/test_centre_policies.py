"""What the service does by itself judges each record by the policy of its own dispatch centre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.customer import Customer, CustomerDetails
from dispatch.domain.records.message import Message
from dispatch.domain.records.order_book import BookEntry
from dispatch.domain.records.question import Question
from dispatch.domain.records.record import Record
from dispatch.domain.request import Order
from dispatch.errors import BadPolicyError
from dispatch.policy.settings import load_policy
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.centres import override_policy
from dispatch.usecases.messages.queue import News, queue_message
from dispatch.usecases.messages.send import Addressee, Sender, send_due
from dispatch.usecases.planning.forget import forget_old
from dispatch.usecases.planning.nightly import Office
from dispatch.usecases.privacy.customers import add_customer
from dispatch.usecases.privacy.forgetting import sweep_retention
from dispatch.usecases.quality.questions import ask, sweep_questions
from tests.fakes import FakeClock, FakeStore, counting_ids

POLICY = load_policy()
CENTRES = ("north", "south")
NIGHT = datetime(2026, 3, 10, 14, tzinfo=UTC)  # 22:00 in Shanghai


class TwoCentres:
    """North lives by the operator's policy, south overrides it."""

    def __init__(self, overrides: Mapping[str, Any]) -> None:
        self.store, self.clock, self.new_id = FakeStore(), FakeClock(), counting_ids()
        self.policies = CentrePolicies(POLICY)
        for name in CENTRES:
            own = dict(overrides) if name == "south" else {}
            now = self.clock.now()
            self.add(name, Centre(id=name, name=name, created_at=now, changed_at=now, policy=own))

    def add(self, centre: str, record: Record) -> None:
        with self.store.of(centre).write() as transaction:
            transaction.records(type(record)).add(record)

    def all(self, kind: type[Record]) -> dict[str, tuple[Any, ...]]:
        found = {}
        for name in CENTRES:
            with self.store.of(name).read() as transaction:
                found[name] = transaction.records(kind).all()
        return found


def test_retention_is_the_centres_own_and_a_shorter_one_holds_for_customers_known_before() -> None:
    world = TwoCentres({})
    for name in CENTRES:
        add_customer(
            CustomerDetails(name="Li"),
            store=world.store.of(name),
            clock=world.clock,
            new_id=world.new_id,
            settings=POLICY.privacy,
        )
    override_policy(
        "south", {"privacy": {"retention_days": 5}}, store=world.store.of("south"), clock=world.clock, policy=POLICY
    )
    world.clock.go_on(timedelta(days=POLICY.privacy.retention_days, seconds=-1).total_seconds())
    sweep_retention(store=world.store, clock=world.clock, policies=world.policies)
    world.clock.go_on(2)
    assert {name: one[0].pseudonymised_at is not None for name, one in world.all(Customer).items()} == {
        "north": False,
        "south": True,
    }


def test_quiet_hours_are_the_centres_own() -> None:
    world = TwoCentres({"messages": {"quiet_from": "23:00"}})
    world.clock.moment = NIGHT
    zone = ZoneInfo("Asia/Shanghai")
    for name in CENTRES:
        with world.store.of(name).write() as transaction:
            news = News(template="received", audience="customer", person="k-1", order="o-1")
            rules = world.policies.within(transaction).messages
            queue_message(transaction, news, now=NIGHT - timedelta(hours=2), zone=zone, settings=rules)
    taken: list[str] = []

    class Taker:
        def deliver(self, envelope: Any) -> None:
            taken.append(envelope.id.partition(".")[0])

    who = Addressee(addresses={"sms": "1"}, channels=None, language="zh", zone=zone, link="")
    send_due(
        Sender(
            store=world.store,
            clock=world.clock,
            policies=world.policies,
            channels={"sms": Taker()},
            addressee_of=lambda *_: who,
        )
    )
    assert taken == ["south"]
    assert {name: one[0].state for name, one in world.all(Message).items()} == {"north": "waiting", "south": "sent"}


def test_owners_of_questions_are_reminded_as_the_centre_says() -> None:
    world = TwoCentres({"quality": {"questions": {"warn_h": 20}}})
    for name in CENTRES:
        ask(
            kind="question",
            category="other",
            text="?",
            channel="phone",
            actor="dispatcher:li",
            store=world.store.of(name),
            clock=world.clock,
            new_id=world.new_id,
            policy=POLICY,
        )
    world.clock.go_on(5 * 3600)  # due after 24 h: south is reminded 20 h before, north 4 h before
    assert sweep_questions(store=world.store, clock=world.clock, policies=world.policies) is False
    assert {name: one[0].warned_at is not None for name, one in world.all(Question).items()} == {
        "north": False,
        "south": True,
    }


def test_places_taken_are_kept_as_long_as_the_centre_says() -> None:
    world = TwoCentres({"planning": {"keep_days": 30}})
    now = world.clock.now()
    document = Order.model_validate(
        {"id": "o-1", "kind": "repair", "community": "c-1", "accepted_at": now, "duration": "PT30M"}
    )
    for name in CENTRES:
        world.add(
            name,
            BookEntry(
                id="b-1",
                created_at=now,
                changed_at=now,
                order="o-1",
                number=1,
                kind="proposal",
                document=document,
                technician="t-1",
                start=now,
            ),
        )
    world.clock.go_on(20 * 86_400)
    forget_old(Office(store=world.store, policy=POLICY, clock=world.clock, new_id=world.new_id, code_version="test"))
    assert {name: len(entries) for name, entries in world.all(BookEntry).items()} == {"north": 0, "south": 1}


def test_a_policy_is_made_once_for_a_version_of_its_centre() -> None:
    world = TwoCentres({"life": {"geofence_m": 50}})

    def policy_of_south() -> Any:
        with world.store.of("south").read() as transaction:
            return world.policies.within(transaction)

    first = policy_of_south()
    assert first.life.geofence_m == 50
    assert policy_of_south() is first
    own = {"life": {"geofence_m": 60}}
    override_policy("south", own, store=world.store.of("south"), clock=world.clock, policy=POLICY)
    assert policy_of_south().life.geofence_m == 60


def test_overrides_that_cannot_be_used_any_more_leave_the_operators_policy_in_force() -> None:
    world = TwoCentres({"life": {"gone": 1}})
    with world.store.of("south").read() as transaction:
        assert world.policies.within(transaction) is POLICY


@pytest.mark.parametrize("section", ["geocoding", "routing"])
def test_a_centre_cannot_say_which_servers_the_program_calls(section: str) -> None:
    world = TwoCentres({})
    with pytest.raises(BadPolicyError, match="cannot be set by a dispatch centre"):
        override_policy(
            "south", {section: {"timeout_s": 1.0}}, store=world.store.of("south"), clock=world.clock, policy=POLICY
        )
