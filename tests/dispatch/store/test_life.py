"""The life of orders on real databases: sweeps side by side, taps side by side, orders by the thousand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import URL

from dispatch.domain.audit_trail import replayed
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Location, Order
from dispatch.errors import DispatchError
from dispatch.policy.settings import load_policy
from dispatch.ports import Store
from dispatch.store.database import Database, open_engine
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.work_orders.contact import agree
from dispatch.usecases.work_orders.planned import Placement, dispatch_many, follow_plan
from dispatch.usecases.work_orders.receive import NewOrder, receive_many
from dispatch.usecases.work_orders.sweep import sweep_timers
from dispatch.usecases.work_orders.taking_on import accept
from dispatch.usecases.work_orders.turn import Means
from dispatch.usecases.work_orders.visit import arrive, finish
from tests.fakes import FakeClock

POLICY = load_policy()
THREADS = 4


def new_id() -> str:
    return uuid4().hex


def means(store: Store, clock: FakeClock, actor: str = "dispatcher:li") -> Means:
    return Means(store=store, clock=clock, new_id=new_id, actor=actor, policy=POLICY)


def receive_some(store: Store, clock: FakeClock, count: int) -> list[str]:
    """Take in repairs o-000, o-001 ... of a standard community; return their ids."""
    now = clock.now()
    community = Community(id="c-1", location=Location(lat=34.26, lon=117.18))
    with store.write() as transaction:
        transaction.records(CommunityRecord).add(
            CommunityRecord(id="c-1", created_at=now, changed_at=now, community=community)
        )
    documents = [
        {"id": f"o-{number:03}", "kind": "repair", "community": "c-1", "accepted_at": now, "duration": "PT60M"}
        for number in range(count)
    ]
    orders = [NewOrder(order=Order.model_validate(document)) for document in documents]
    done = receive_many(orders, **means(store, clock, "integration:crm"))
    assert (len(done.received), done.failures) == (count, ())
    return [order.id for order in done.received]


def dispatched(store: Store, clock: FakeClock, count: int) -> list[str]:
    ids = receive_some(store, clock, count)
    start = clock.now() + timedelta(hours=12)
    end = start + timedelta(hours=1)
    places = [
        Placement(order=one, technician=f"t-{number % THREADS + 1}", start=start, end=end)
        for number, one in enumerate(ids)
    ]
    follow_plan("p-1", places, **means(store, clock))
    dispatch_many(ids, **means(store, clock))
    return ids


def side_by_side(deed: Callable[[], object]) -> list[BaseException]:
    """Let several threads do the same at the same time; return what they raised."""
    raised: list[BaseException] = []
    ready = threading.Barrier(THREADS)

    def run() -> None:
        ready.wait()
        try:
            deed()
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test tells
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_r08_sweeps_side_by_side_fire_each_timer_once(url: URL) -> None:
    clock = FakeClock()
    with Database(open_engine(url)) as every_centre:
        store = every_centre.of("main")
        ids = dispatched(store, clock, 12)
        clock.go_on(15 * 60)
        raised = side_by_side(
            lambda: sweep_timers(store=every_centre, clock=clock, new_id=new_id, policies=CentrePolicies(POLICY))
        )
        assert raised == []
        with store.read() as transaction:
            escalations = transaction.records(Escalation).all(where={"kind": "accept"})
            assert sorted(one.order for one in escalations) == ids
            given_back = transaction.records(AuditEvent).all(where={"action": "give_back"})
            assert sorted(one.order for one in given_back) == ids
            events = transaction.records(FieldEvent).all(sort="sequence")
            assert [event.sequence for event in events] == list(range(1, 25))
            assert transaction.records(Timer).count({"kind": "accept", "is_running": True}) == 0


def test_r31_taps_side_by_side_count_once(url: URL) -> None:
    clock = FakeClock()
    with Database(open_engine(url)) as every_centre:
        store = every_centre.of("main")
        dispatched(store, clock, 1)
        technician = means(store, clock, "technician:t-1")
        assert side_by_side(lambda: accept("o-000", **technician)) == []
        with store.read() as transaction:
            assert transaction.records(AuditEvent).count({"action": "accept"}) == 1


def test_orders_of_one_day_live_side_by_side_without_a_gap_in_the_news(url: URL) -> None:
    clock = FakeClock()
    with Database(open_engine(url)) as every_centre:
        store = every_centre.of("main")
        ids = dispatched(store, clock, 8)
        numbers = iter(range(THREADS))

        def live() -> None:
            number = next(numbers)
            technician = means(store, clock, f"technician:t-{number + 1}")
            for order in ids[number::THREADS]:
                accept(order, **technician)
                agree(order, clock.now() + timedelta(hours=2), **technician)
                arrive(order, **technician)
                finish(order, **technician)

        assert side_by_side(live) == []
        with store.read() as transaction:
            events = transaction.records(FieldEvent).all(sort="sequence")
            assert [event.sequence for event in events] == list(range(1, 8 * 5 + 1))
            for order in ids:
                stored = transaction.records(WorkOrder).get(order)
                assert stored.state == "done"
                assert replayed(transaction.records(AuditEvent).all(where={"order": order})) == stored


def test_a_turn_that_fails_leaves_nothing_behind(database: Database) -> None:
    clock = FakeClock()
    dispatched(database, clock, 1)
    broken: Means = {**means(database, clock, "technician:t-1"), "new_id": iter(["only-one"]).__next__}
    with suppress(StopIteration, DispatchError):
        accept("o-000", **broken)
    with database.read() as transaction:
        assert transaction.records(WorkOrder).get("o-000").state == "dispatched"
        assert transaction.records(AuditEvent).count({"action": "accept"}) == 0
