"""Gross and net clocks by the minute, and the one cause of each breach (T4, T7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.policy.clocks import Clock, clock_of, judge, net_due
from dispatch.policy.settings import load_policy
from tests.dispatch.usecases.quality.visits import a_work_order

LIFE = load_policy().life
NINE = datetime(2026, 3, 9, 1, tzinfo=UTC)  # Monday 09:00 in Shanghai
NEXT_MONDAY = NINE + timedelta(days=7)


def hours(count: float) -> datetime:
    return NINE + timedelta(hours=count)


def held(start: float, end: float | None) -> dict[str, Any]:
    until = {} if end is None else {"end": hours(end)}
    return {"cause": "later_slot", "start": hours(start), **until}


def a_repair(**changes: Any):
    """Return a repair accepted on Monday 09:00 and due on Tuesday 09:00."""
    given = {"state": "closed", "due": hours(24), "rules": ("R03",), **changes}
    return a_work_order(order={"kind": "repair", "accepted_at": "2026-03-09T09:00:00+08:00"}, **given)


PLANNED = {"planned_start": hours(20), "planned_end": hours(21)}
CAUSES = {
    "mass_outage": {"parent": "o-9", "restored_at": hours(30)},
    "no_resource": {"operator_changes": ({"cause": "no_resource", "at": hours(3)},), "restored_at": hours(30)},
    "not_planned": {"restored_at": hours(30)},
    "planned_late": {"planned_start": hours(25), "planned_end": hours(26), "restored_at": hours(26)},
    "not_served": {**PLANNED},
    # arrived 3.5 h late: with its planned hour the visit could end after 24.5 h at the earliest
    "arrived_late": {**PLANNED, "arrived_at": hours(23.5), "restored_at": hours(24.6)},
    # arrived in time and stayed 4.5 h instead of one
    "took_longer": {**PLANNED, "arrived_at": hours(20), "restored_at": hours(24.5)},
}


@pytest.mark.parametrize(("cause", "changes"), CAUSES.items(), ids=CAUSES.keys())
def test_t7_every_breach_has_the_one_cause_that_explains_it(cause: str, changes: dict[str, Any]) -> None:
    found = judge(a_repair(**changes), LIFE, NEXT_MONDAY)
    assert (found.is_net_on_time, found.cause) == (False, cause)


def test_t7_a_second_change_by_the_operator_breaks_a_promise_kept_in_time() -> None:
    change = {"cause": "no_technician", "at": hours(2)}
    once = judge(a_repair(restored_at=hours(20), operator_changes=(change,)), LIFE, NEXT_MONDAY)
    twice = judge(a_repair(restored_at=hours(20), operator_changes=(change, change)), LIFE, NEXT_MONDAY)
    assert (once.is_net_on_time, once.cause) == (True, None)
    assert (twice.is_gross_on_time, twice.is_net_on_time, twice.cause) == (True, False, "operator_change")


@pytest.mark.parametrize(
    ("holds", "net_hours"),
    [
        ((), 24),
        ((held(2, 8),), 30),  # 24 + 6
        ((held(2, 8), held(5, 9)), 31),  # they overlap: 2 to 9 is 7 h
        ((held(2, 8), held(10, 12)), 32),  # 6 + 2
        ((held(25, 40),), 24),  # began when the time had run out
        ((held(20, 26), held(28, 31)), 33),  # the first moves the due time to 30, so the second began before it: + 3
        ((held(-5, 3),), 27),  # only what lies after acceptance
    ],
)
def test_t7_customer_caused_time_moves_the_net_due_time(holds: tuple[Any, ...], net_hours: float) -> None:
    assert net_due(a_repair(holds=holds), NEXT_MONDAY) == hours(net_hours)


def test_t7_a_hold_without_an_end_keeps_the_net_clock_standing() -> None:
    order = a_repair(state="held", holds=(held(10, None),))
    for now in (hours(30), hours(300)):
        found = judge(order, LIFE, now)
        assert (found.is_gross_on_time, found.is_net_on_time) == (False, None)
        assert clock_of(order, now).net_s == 10 * 3_600


def test_t4_lengths_of_time_end_with_restoration() -> None:
    order = a_repair(holds=(held(2, 8),), restored_at=hours(20), closed_at=hours(40))
    assert clock_of(order, NEXT_MONDAY) == Clock(gross_s=20 * 3_600, customer_s=6 * 3_600)
