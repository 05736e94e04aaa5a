"""What people are told when an order changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from dispatch.domain.records.message import Message
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.policy.settings import load_policy
from dispatch.usecases.messages.announce import announce, announce_new
from tests.fakes import FakeStore

NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
START = datetime(2026, 3, 10, 6, tzinfo=UTC)


def order(state: str, *, minute: int = 0, agreed_start: datetime | None = None, **changes: Any) -> WorkOrder:
    planned = Order.model_validate(
        {
            "id": "o-1",
            "kind": "install",
            "community": "c-1",
            "accepted_at": NOW,
            "duration": "PT60M",
            "agreed_start": agreed_start,
        }
    )
    values: dict[str, Any] = {
        "id": "o-1",
        "created_at": NOW,
        "changed_at": NOW + timedelta(minutes=minute),
        "state": state,
        "order": planned,
        "customer": "k-1",
        "received_at": NOW,
        "in_scope": True,
        **changes,
    }
    return WorkOrder(**values)


def told(*orders: WorkOrder) -> list[tuple[str, str]]:
    """Audience and template of what is queued while an order goes from the first state to the last."""
    store = FakeStore()
    with store.of("main").write() as transaction:
        announce_new(transaction, orders[:1], policy=load_policy(), now=NOW)
    for before, after in pairwise(orders):
        with store.of("main").write() as transaction:
            announce(transaction, [(before, after)], policy=load_policy(), now=after.changed_at)
    with store.of("main").read() as transaction:
        return [(one.audience, one.template) for one in transaction.records(Message).all(sort="created_at")]


def test_r04_a_new_order_is_acknowledged_truthfully() -> None:
    assert told(order("qualified")) == [("customer", "received")]
    assert told(order("rejected", in_scope=False)) == [("customer", "out_of_scope")]


def test_r31_a_technician_is_told_of_a_new_order_once_per_assignment() -> None:
    first = order("dispatched", technician="t-1", dispatched_at=NOW)
    second = order("dispatched", technician="t-2", dispatched_at=NOW, minute=20)
    assert told(order("planned", technician="t-1"), first, first, second)[1:] == [
        ("technician", "new_order"),
        ("technician", "new_order"),
    ]


def test_r08_an_agreed_time_is_confirmed_and_a_changed_one_is_told() -> None:
    accepted = order("accepted", technician="t-1")
    agreed = order("agreed", minute=5, technician="t-1", agreed_start=START, agreed_at=NOW)
    changed = order("agreed", minute=9, technician="t-1", agreed_start=START + timedelta(hours=2), agreed_at=NOW)
    assert [template for _, template in told(accepted, agreed, changed)] == ["received", "agreed", "changed_time"]


def test_r09_a_technician_who_will_be_late_is_announced_once() -> None:
    accepted = order("accepted", technician="t-1")
    agreed = order("agreed", technician="t-1", agreed_start=START, agreed_at=NOW, planned_start=START)
    late = agreed.changed(NOW + timedelta(minutes=1), planned_start=START + timedelta(minutes=61))
    later = late.changed(NOW + timedelta(minutes=2), planned_start=START + timedelta(minutes=70))
    assert [template for _, template in told(accepted, agreed, late, later)] == ["received", "agreed", "delayed"]


def test_r10_who_was_never_reached_gets_a_message() -> None:
    hold = {"cause": "customer_unreachable", "start": NOW}
    states = [order("contacted", technician="t-1"), order("held", minute=1, holds=(hold,))]
    assert told(*states)[-1] == ("customer", "not_reached")


def test_r37_closing_asks_for_a_rating_where_there_is_a_survey() -> None:
    assert told(order("done"), order("closed", minute=1))[-1] == ("customer", "survey")


def test_an_order_that_is_opened_again_is_announced() -> None:
    assert told(order("closed"), order("qualified", minute=1))[-1] == ("customer", "reopened")


def test_nobody_is_told_where_the_customer_is_unknown() -> None:
    assert told(order("qualified", customer=None)) == []
