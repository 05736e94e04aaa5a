"""The clocks of an order: gross and net, the due time that holds move, and what a breach was due to (T3, T4, T7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.domain.records.work_order import Hold, OperatorChange, WorkOrder
from dispatch.domain.request import Order
from dispatch.policy.clocks import clock_of, is_paused, judge, net_due
from dispatch.policy.settings import load_policy

ACCEPTED = datetime(2026, 3, 9, 1, tzinfo=UTC)
SETTINGS = load_policy().life


def hour(number: float) -> datetime:
    """Return a moment so many hours after acceptance; the order is due after 24."""
    return ACCEPTED + timedelta(hours=number)


def an_order(**fields: Any) -> WorkOrder:
    document = Order.model_validate(
        {"id": "o-1", "kind": "repair", "community": "c-1", "accepted_at": ACCEPTED, "duration": "PT60M"}
    )
    given: dict[str, Any] = {"state": "done", "due": hour(24), "received_at": ACCEPTED, "in_scope": True}
    return WorkOrder(id="o-1", created_at=ACCEPTED, changed_at=ACCEPTED, order=document, **{**given, **fields})


def held(start: float, end: float | None) -> Hold:
    return Hold(cause="customer_request", start=hour(start), end=None if end is None else hour(end))


@pytest.mark.parametrize(
    ("holds", "customer_h", "due_h"),
    [
        ([], 0, 24),
        ([held(2, 5)], 3, 27),
        ([held(2, 5), held(4, 6)], 4, 28),  # 2 to 6
        ([held(4, 6), held(2, 5)], 4, 28),
        ([held(2, 5), held(26, 28)], 5, 29),  # due at 27 after the first: the second began before
        ([held(2, 5), held(27.5, 29)], 4.5, 27),  # it began after the due time had run out
        ([held(-3, 1)], 1, 25),  # only what lies after acceptance
    ],
)
def test_t7_holds_move_the_due_time_once(holds: list[Hold], customer_h: float, due_h: float) -> None:
    order = an_order(holds=tuple(holds), restored_at=hour(30))
    clock = clock_of(order, hour(100))
    assert (clock.gross_s, clock.customer_s) == (30 * 3600, customer_h * 3600)
    assert clock.net_s == (30 - customer_h) * 3600
    assert net_due(order, hour(100)) == hour(due_h)


def test_t7_a_hold_without_an_end_counts_until_now() -> None:
    order = an_order(state="held", holds=(held(2, None),))
    assert is_paused(order)
    assert net_due(order, hour(10)) == hour(32)
    assert clock_of(order, hour(10)).net_s == 2 * 3600


def test_t7_a_booking_far_ahead_counts_only_as_far_as_it_was_waited_for() -> None:
    """Booked until hour 60, restored at 50: of the hold from 24 to 60 there were 26 hours."""
    order = an_order(holds=(held(24, 60),), restored_at=hour(50))
    assert clock_of(order, hour(100)).customer_s == 26 * 3600
    assert judge(order, SETTINGS, hour(100)).is_net_on_time is True
    assert judge(order, SETTINGS, hour(100)).is_gross_on_time is False


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"restored_at": hour(24)}, None),
        ({"parent": "p"}, "mass_outage"),
        ({"operator_changes": (OperatorChange(cause="no_resource", at=hour(3)),)}, "no_resource"),
        ({}, "not_planned"),
        ({"planned_start": hour(24), "planned_end": hour(25)}, "planned_late"),
        ({"planned_start": hour(20), "planned_end": hour(21), "restored_at": None}, "not_served"),
        ({"planned_start": hour(20), "planned_end": hour(21), "arrived_at": hour(24)}, "arrived_late"),
        ({"planned_start": hour(20), "planned_end": hour(21), "arrived_at": hour(20)}, "took_longer"),
        (
            {"restored_at": hour(3), "operator_changes": (OperatorChange(cause="no_technician", at=hour(1)),) * 2},
            "operator_change",
        ),
    ],
)
def test_every_breach_has_a_cause(fields: dict[str, Any], cause: str | None) -> None:
    order = an_order(**{"technician": "t-1", "restored_at": hour(25), **fields})
    judgement = judge(order, SETTINGS, hour(30))
    assert judgement.cause == cause
    assert judgement.is_net_on_time is (cause is None)


def test_nothing_is_judged_where_nothing_was_promised_or_it_was_given_up() -> None:
    assert judge(an_order(due=None), SETTINGS, hour(99)).is_net_on_time is None
    assert judge(an_order(state="withdrawn"), SETTINGS, hour(99)).is_net_on_time is None


def test_an_open_order_is_neither_kept_nor_broken_before_it_is_due() -> None:
    order = an_order(state="qualified")
    assert judge(order, SETTINGS, hour(24)).is_net_on_time is None
    assert judge(order, SETTINGS, hour(24) + timedelta(seconds=1)).is_net_on_time is False
