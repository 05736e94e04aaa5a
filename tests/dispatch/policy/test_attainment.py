"""Attainment by tier and promise, gross and net, with causes; contact, arrival and acceptance beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dispatch.domain.records.order_view import OrderView
from dispatch.policy.attainment import PromiseFigures, Share, promise_figures
from dispatch.policy.clocks import judge
from dispatch.policy.settings import load_policy
from tests.dispatch.usecases.quality.visits import a_work_order

POLICY = load_policy()
NINE = datetime(2026, 3, 9, 1, tzinfo=UTC)  # Monday 09:00 in Shanghai
NEXT_MONDAY = NINE + timedelta(days=7)


def hours(count: float) -> datetime:
    """Return a moment so many hours after Monday 09:00."""
    return NINE + timedelta(hours=count)


def an_order(name: str = "o-1", *, kind: str = "repair", tier: str = "standard", **changes: Any) -> OrderView:
    """Return an order accepted on Monday 09:00, a repair due on Tuesday 09:00 unless told otherwise."""
    given = {"due": hours(24), "rules": ("R03",), "state": "dispatched", **changes}
    order = {"kind": kind, "tier": tier, "accepted_at": "2026-03-09T09:00:00+08:00"}
    record = a_work_order(name, order=order, **given)
    return OrderView.model_validate_json(record.model_dump_json(by_alias=True, exclude_none=True))


def figures(*orders: OrderView, now: datetime = NEXT_MONDAY) -> PromiseFigures:
    return promise_figures(orders, policy=POLICY, now=now)


def held(start: float, end: float | None) -> dict[str, Any]:
    until = {} if end is None else {"end": hours(end)}
    return {"cause": "later_slot", "start": hours(start), **until}


def test_t7_gross_and_net_are_counted_apart_and_every_breach_has_a_cause() -> None:
    orders = [
        an_order("in time", restored_at=hours(24)),  # exactly then is in time
        an_order("one second late", restored_at=hours(24) + timedelta(seconds=1)),
        an_order("late by the customer", restored_at=hours(29), holds=(held(2, 8),)),  # net due: 24 + 6 = 30 h
        an_order("late all the same", restored_at=hours(31), holds=(held(2, 8),)),
        an_order("not restored"),
        an_order("still time", due=hours(24 * 8)),
    ]
    (row,) = figures(*orders).attainment
    assert (row.tier, row.rule) == ("standard", "R03")
    assert row.gross == Share(kept=1, broken=4, open=1)
    assert row.net == Share(kept=2, broken=3, open=1)
    assert row.net.rate == pytest.approx(2 / 5)
    assert sum(row.causes.values()) == row.net.broken


def test_t4_restoration_is_judged_and_closing_is_not() -> None:
    (row,) = figures(an_order(restored_at=hours(23), closed_at=hours(40), state="closed")).attainment
    assert row.gross == row.net == Share(kept=1)


def test_r39_attainment_stands_by_tier_and_promise() -> None:
    orders = [
        an_order("a", tier="premium", rules=("R18", "R03"), due=hours(15), restored_at=hours(14)),
        an_order("b", tier="premium", rules=("R18", "R03"), due=hours(15), restored_at=hours(16)),
        an_order("c", tier="fast24", kind="install", rules=("R05", "R01"), restored_at=hours(20)),
        an_order("d", restored_at=hours(20)),
    ]
    table = {(row.tier, row.rule): (row.net.kept, row.net.broken) for row in figures(*orders).attainment}
    assert table == {("premium", "R18"): (1, 1), ("fast24", "R05"): (1, 0), ("standard", "R03"): (1, 0)}


def test_orders_given_up_or_without_promise_are_in_no_attainment() -> None:
    orders = [an_order("a", state="withdrawn", closed_at=hours(30)), an_order("b", due=None, rules=())]
    found = figures(*orders)
    assert (found.orders, found.without_promise, found.attainment) == (2, 1, ())


def test_r17_premium_installs_are_reported_by_both_readings_whichever_is_in_force() -> None:
    # Accepted Monday 09:00: by the one reading due Tuesday 09:00 (24 h), by the other Monday 24:00 (15 h).
    promised = {"kind": "install", "tier": "premium", "rules": ("R17", "R01"), "due": hours(24)}
    orders = [
        an_order("a", restored_at=hours(15), **promised),
        an_order("b", restored_at=hours(16), **promised),
        an_order("c", restored_at=hours(25), **promised),
    ]
    for reading in ("PLUS_24H", "SAME_DAY_2400", "SAME_DAY_SHIFT_END"):
        policy = POLICY.overridden({"promise": {"premium_install_before_cutoff": reading}})
        found = promise_figures(orders, policy=policy, now=NEXT_MONDAY).premium_install
        assert {row.reading: (row.gross.kept, row.gross.broken) for row in found} == {
            "PLUS_24H": (2, 1),
            "SAME_DAY_2400": (1, 2),
        }


@pytest.mark.parametrize(("deviation_s", "is_kept"), [(3_600, True), (3_601, False), (-3_600, True), (-3_601, False)])
def test_r09_arrival_within_an_hour_either_way_is_kept(deviation_s: int, is_kept: bool) -> None:
    assert figures(an_order(arrival_deviation_s=deviation_s)).arrival == Share(kept=is_kept, broken=not is_kept)


def test_r08_an_attempt_satisfies_and_success_is_a_figure_of_its_own() -> None:
    called = {"technician_accepted_at": hours(1)}
    orders = [
        an_order("reached at once", first_contact_at=hours(2), contacted_at=hours(2), **called),
        an_order("reached at the second call", first_contact_at=hours(3), contacted_at=hours(9), **called),
        an_order("called too late", first_contact_at=hours(3.01), contacted_at=hours(3.01), **called),
        an_order("never called", **called),
        an_order("not accepted yet"),
    ]
    found = figures(*orders)
    assert found.contact_attempted == Share(kept=2, broken=2)
    assert found.contact_reached == Share(kept=1, broken=3)
    assert figures(orders[3], now=hours(2)).contact_attempted == Share(open=1)


def test_r08_two_hours_that_end_at_night_end_in_the_morning() -> None:
    # Accepted at 20:00 (11 h after 09:00): 22:00 lies outside contact hours, so 08:30 the next day (23.5 h) counts.
    accepted = {"technician_accepted_at": hours(11)}
    orders = [
        an_order("a", first_contact_at=hours(23.5), **accepted),
        an_order("b", first_contact_at=hours(23.6), **accepted),
    ]
    assert figures(*orders).contact_attempted == Share(kept=1, broken=1)


def test_r08_every_dispatch_that_was_not_accepted_in_15_minutes_counts() -> None:
    orders = [
        an_order("a", dispatched_at=hours(1), technician_accepted_at=hours(1.25)),
        an_order("b", dispatched_at=hours(1), technician_accepted_at=hours(1.26)),
        an_order("c", dispatched_at=hours(1)),
        an_order("d"),
    ]
    assert figures(*orders, now=hours(1.2)).accepted == Share(kept=1, broken=0 + 1, open=1)
    assert figures(*orders).accepted == Share(kept=1, broken=2)
    given_back = an_order("e", given_back=2, dispatched_at=hours(1), technician_accepted_at=hours(1))
    assert figures(given_back).accepted == Share(kept=1, broken=2)


def test_reopened_orders_are_counted_once_each() -> None:
    assert figures(an_order("a", reopened=3), an_order("b")).reopened == 1


def test_the_smaller_view_is_judged_like_the_whole_record() -> None:
    record = a_work_order(
        order={"kind": "repair", "accepted_at": "2026-03-09T09:00:00+08:00"},
        state="closed",
        due=hours(24),
        rules=("R03",),
        holds=(held(2, 8), held(5, 9)),
        planned_start=hours(10),
        planned_end=hours(11),
        arrived_at=hours(30),
        restored_at=hours(32),
        operator_changes=({"cause": "no_technician", "at": hours(4)},),
    )
    view = OrderView.model_validate_json(record.model_dump_json(by_alias=True, exclude_none=True))
    assert judge(view, POLICY.life, NEXT_MONDAY) == judge(record, POLICY.life, NEXT_MONDAY)
