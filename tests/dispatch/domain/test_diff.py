"""Whom a change of plan disturbs, which agreements it breaks and what it buys; every figure is checked by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispatch.domain.diff import PlanDiff, plan_diff
from dispatch.domain.plan import COST_TERMS, Plan
from dispatch.domain.request import Request
from dispatch.domain.told import Told
from tests.dispatch.planner.small import at, order, request, technician, visit

TECHNICIANS = [technician("ann"), technician("bob")]
MORNING = {"start": at("08:00"), "end": at("12:00")}
AFTERNOON = {"start": at("13:00"), "end": at("17:00")}
NEXT_DAY = {"start": at("08:00", day=11), "end": at("17:00", day=11)}


def plan(*routes: dict[str, Any], left_out: tuple[int, ...] = (), digest: str = "sha256:0", total: int = 0) -> Plan:
    terms = {**dict.fromkeys(COST_TERMS, 0), "travel": total}
    return Plan.model_validate(
        {
            "request_digest": digest,
            "cost": {"total": total, "terms": terms},
            "routes": routes,
            "unassigned": [{"order": f"o-{number}", "reasons": [{"code": "capacity"}]} for number in left_out],
            "run": {"seed": 1, "iterations": 0, "stopped_by": "limit", "version": "0", "runtime_s": 0.0},
        }
    )


def route(name: str, *visits: dict[str, Any], departure: str = "08:00") -> dict[str, Any]:
    end = {"kind": "end", "arrival": at("17:00"), "travel_s": 600, "distance_m": 6000}
    return {"technician": name, "shift": "day", "stops": [{"kind": "start", "departure": at(departure)}, *visits, end]}


def told_request(told: Told, **changes: Any) -> Request:
    booking: dict[Told, dict[str, Any]] = {
        "exact": {"agreed_start": at("10:00")},
        "half_day": {"windows": [MORNING, AFTERNOON, NEXT_DAY]},
        "nothing": {},
    }
    return request(order(1, due=at("12:00", day=12), **booking[told]), technicians=TECHNICIANS, **changes)


def after_move(told: Told, who: str, start: str, *, day: int = 10) -> PlanDiff:
    """Compare a visit at 10:00 by ann with one at another time."""
    asked = told_request(told)
    moved = visit(1, start, "17:30") | {"start": at(start, day=day), "end": at("17:30", day=day)}
    return plan_diff(asked, plan(route("ann", visit(1, "10:00", "10:30"))), asked, plan(route(who, moved)))


@pytest.mark.parametrize(
    ("who", "start", "day", "exact", "half_day", "nothing"),
    [
        pytest.param("ann", "10:30", 10, (), (), (), id="30-minutes"),
        pytest.param("ann", "10:31", 10, ("start",), (), (), id="31-minutes-later"),
        pytest.param("ann", "09:29", 10, ("start",), (), (), id="31-minutes-earlier"),
        pytest.param("bob", "10:00", 10, ("technician",), ("technician",), (), id="technician"),
        pytest.param("ann", "14:00", 10, ("start",), ("half_day",), (), id="half-day"),
        pytest.param("ann", "10:00", 11, ("day",), ("day",), ("day",), id="day"),
        pytest.param(
            "bob", "14:00", 10, ("technician", "start"), ("technician", "half_day"), (), id="technician-and-half-day"
        ),
    ],
)
def test_what_disturbs_depends_on_what_was_told(  # noqa: PLR0917 -- one row of the table above
    who: str, start: str, day: int, exact: tuple[str, ...], half_day: tuple[str, ...], nothing: tuple[str, ...]
) -> None:
    expected: dict[Told, tuple[str, ...]] = {"exact": exact, "half_day": half_day, "nothing": nothing}
    for told, how in expected.items():
        disturbed = after_move(told, who, start, day=day).disturbed
        assert [one.how for one in disturbed] == ([how] if how else [])
        assert [one.told for one in disturbed] == ([told] if how else [])


@pytest.mark.parametrize("told", ["exact", "half_day", "nothing"])
def test_a_dropped_visit_disturbs_everybody(told: Told) -> None:
    asked = told_request(told)
    found = plan_diff(asked, plan(route("ann", visit(1, "10:00", "10:30"))), asked, plan(left_out=(1,)))
    assert [(one.how, one.after, one.moved_s) for one in found.disturbed] == [(("dropped",), None, None)]
    assert found.left_out_now == ("o-1",)


def test_a_later_day_counts_in_the_local_zone_of_the_request() -> None:
    # 15:30 and 16:30 UTC are 23:30 of the 10th and 0:30 of the 11th in Shanghai.
    asked = told_request("nothing", time_zone="Asia/Shanghai")
    was, is_now = (plan(route("ann", visit(1, start, "17:00"))) for start in ("15:30", "16:30"))
    assert [one.how for one in plan_diff(asked, was, asked, is_now).disturbed] == [("day",)]
    assert plan_diff(None, was, None, is_now).disturbed[0].how == ("start",)


def test_without_a_request_every_change_is_told_and_no_customer_counted() -> None:
    was, is_now = plan(route("ann", visit(1, "10:00", "10:30"))), plan(route("bob", visit(1, "11:00", "11:30")))
    found = plan_diff(None, was, None, is_now)
    assert [(one.told, one.how, one.moved_s) for one in found.disturbed] == [(None, ("technician", "start"), 3600)]
    assert found.disturbed_by_told == {"exact": 0, "half_day": 0, "nothing": 0}


def test_a_new_time_that_the_customer_asked_for_disturbs_nobody_but_another_technician_does() -> None:
    was, is_now = told_request("exact"), request(order(1, agreed_start=at("14:00")), technicians=TECHNICIANS)
    before = plan(route("ann", visit(1, "10:00", "10:30")))
    found = plan_diff(was, before, is_now, plan(route("ann", visit(1, "14:00", "14:30"))))
    assert (found.disturbed, found.rebooked) == ((), ("o-1",))
    found = plan_diff(was, before, is_now, plan(route("bob", visit(1, "14:00", "14:30"))))
    assert [one.how for one in found.disturbed] == [("technician",)]


def test_orders_of_one_plan_only_are_new_finished_or_gone() -> None:
    # At 10:00 order 1 has begun, order 2 would begin at 11:00; order 4 was never planned; order 5 is new.
    was = request(*(order(number) for number in (1, 2, 3, 4)))
    is_now = request(order(3), order(5), now=at("10:00"))
    before = plan(
        route("ann", visit(1, "09:00", "09:30"), visit(2, "11:00", "11:30"), visit(3, "12:00", "12:30")), left_out=(4,)
    )
    found = plan_diff(was, before, is_now, plan(route("ann", visit(3, "12:00", "12:30"), visit(5, "13:00", "13:30"))))
    assert (found.common, found.added, found.finished, found.gone) == (1, ("o-5",), ("o-1",), ("o-2", "o-4"))
    assert found.disturbed == ()


def test_the_next_visit_of_a_technician_is_the_first_that_is_left() -> None:
    # Order 1 is over. Ann goes to 2 next in either plan; bob had 3, and gets 4 put before it.
    was, is_now = request(*map(order, (1, 2, 3))), request(*map(order, (2, 3, 4)), now=at("09:30"))
    before = plan(
        route("ann", visit(1, "09:00", "09:30"), visit(2, "10:00", "10:30")), route("bob", visit(3, "12:00", "12:30"))
    )
    after = plan(
        route("ann", visit(2, "10:00", "10:30")),
        route("bob", visit(4, "11:00", "11:30"), visit(3, "12:00", "12:30")),
    )
    assert plan_diff(was, before, is_now, after).next_visit_changed == ("bob",)


def test_the_most_exactly_told_come_first_and_a_budget_counts_them() -> None:
    asked = request(order(1), order(2, windows=[MORNING]), order(3, agreed_start=at("12:00")), technicians=TECHNICIANS)
    was = plan(route("ann", visit(1, "09:00", "09:30"), visit(2, "10:00", "10:30"), visit(3, "12:00", "12:30")))
    is_now = plan(route("bob", visit(2, "10:00", "10:30"), visit(3, "12:00", "12:30")), left_out=(1,))
    found = plan_diff(asked, was, asked, is_now)
    assert [one.order for one in found.disturbed] == ["o-3", "o-2", "o-1"]
    assert found.disturbed_by_told == {"exact": 1, "half_day": 1, "nothing": 1}
    assert found.agreed_moved == 1


def broken_by_overrun() -> PlanDiff:
    """Ann was to be at order 1 at 08:10 and at order 2, agreed for 09:00, at 08:50; now she is free from 09:30 only."""
    free = technician("ann", available={"from": at("09:30"), "location": {"index": 5}})
    orders = (order(1), order(2, agreed_start=at("09:00")))
    was = request(*orders)
    is_now = request(*orders, technicians=[free], now=at("09:00"), policy={"appointment": {"agreed_window": "priced"}})
    before = plan(route("ann", visit(1, "08:10", "08:40"), visit(2, "08:50", "09:20")))
    after = plan(route("ann", visit(1, "09:40", "10:10"), visit(2, "10:20", "10:50"), departure="09:30"))
    return plan_diff(was, before, is_now, after)


def test_a_broken_agreement_tells_the_chain_that_leads_to_it() -> None:
    (broken,) = broken_by_overrun().agreements_broken
    assert (broken.order, broken.technician, broken.late_s, broken.is_new) == ("o-2", "ann", 4_800, True)
    assert broken.why == (
        "ann is free only from 09:30; 10 min of travel to o-1, there 09:40; "
        "o-1 ends 10:10, 90 min later than in the plan before; 10 min of travel to o-2, there 10:20"
    )


def test_the_chain_begins_behind_a_wait() -> None:
    asked = request(order(1), order(2, agreed_start=at("08:30")))
    first = visit(1, "08:10", "09:40", wait_s=3600) | {"start": at("09:10")}
    second = visit(2, "09:50", "10:20")
    (broken,) = plan_diff(asked, plan(), asked, plan(route("ann", first, second))).agreements_broken
    assert broken.why == "o-1 may not start before 09:10; o-1 ends 09:40; 10 min of travel to o-2, there 09:50"


def test_an_hour_after_the_agreed_time_is_kept() -> None:
    asked = request(order(1, agreed_start=at("09:00")))
    for start, broken in (("10:00", 0), ("10:01", 1)):
        after = plan(route("ann", visit(1, start, "11:00")))
        assert len(plan_diff(asked, plan(), asked, after).agreements_broken) == broken


def test_an_agreement_left_out_is_broken_and_an_old_breach_is_not_new() -> None:
    asked = request(order(1, agreed_start=at("09:00")), order(2, agreed_start=at("09:00")))
    late = route("ann", visit(1, "11:00", "11:30"))
    found = plan_diff(asked, plan(late, left_out=(2,)), asked, plan(late, left_out=(2,))).agreements_broken
    assert [(one.order, one.start is None, one.is_new) for one in found] == [
        ("o-1", False, False),
        ("o-2", True, False),
    ]


def test_promises_are_counted_by_tier_on_the_orders_of_both() -> None:
    # Due at noon, as the visits say. Order 1 becomes late, 2 in time, 3 is left out; 4 is new and late.
    asked = request(order(1), order(2, tier="premium"), order(3))
    more = request(order(1), order(2, tier="premium"), order(3), order(4))
    due = {"due": at("12:00")}
    was = plan(
        route(
            "ann",
            visit(1, "10:00", "10:30", **due),
            visit(3, "11:00", "11:30", **due),
            visit(2, "12:00", "12:30", **due),
        )
    )
    is_now = plan(
        route(
            "ann",
            visit(2, "10:00", "10:30", **due),
            visit(1, "12:00", "12:30", **due),
            visit(4, "13:00", "13:30", **due),
        ),
        left_out=(3,),
    )
    found = plan_diff(asked, was, more, is_now).promises
    assert [
        (one.tier, one.kept_before, one.missed_before, one.kept_after, one.missed_after) for one in found.by_tier
    ] == [
        ("premium", 0, 1, 1, 0),
        ("standard", 2, 0, 0, 2),
    ]
    assert (found.newly_kept, found.newly_missed) == (("o-2",), ("o-1", "o-3"))
    assert found.missed_of_added == ("o-4",)


def test_an_order_left_out_is_open_if_it_is_due_after_the_horizon() -> None:
    asked = request(order(1, due=at("12:00", day=20)))
    found = plan_diff(asked, plan(left_out=(1,)), asked, plan(left_out=(1,))).promises
    assert [(one.kept_after, one.missed_after) for one in found.by_tier] == [(0, 0)]


def test_due_times_of_orders_that_nobody_visits_come_from_the_caller() -> None:
    asked = request(order(1))
    due = asked.orders_by_id["o-1"].accepted_at
    found = plan_diff(asked, plan(left_out=(1,)), asked, plan(left_out=(1,)), dues={"o-1": due}).promises
    assert [one.missed_after for one in found.by_tier] == [1]


def test_plans_of_one_request_are_compared_by_cost_term() -> None:
    was, is_now = plan(total=1_000), plan(total=700)
    cost = plan_diff(None, was, None, is_now).cost
    assert (cost.saved, cost.saved_by_term) == (300, {"travel": 300})


def test_costs_of_different_requests_are_not_compared_unless_the_caller_knows_better() -> None:
    was, is_now = plan(total=1_000), plan(total=700, digest="sha256:1")
    assert plan_diff(None, was, None, is_now).cost.saved is None
    assert plan_diff(None, was, None, is_now, unchanged=plan(total=600).cost).cost.saved == -100


def test_a_diff_as_a_document_is_json_with_its_counts() -> None:
    document = json.loads(json.dumps(broken_by_overrun().to_document()))
    assert document["counts"] == {
        "disturbed": 1,
        "disturbed_by_told": {"exact": 1, "half_day": 0, "nothing": 0},
        "agreed_moved": 1,
        "agreements_broken": 1,
        "agreements_newly_broken": 1,
    }
    assert document["disturbed"][0]["after"]["start"] == "2026-03-10T10:20:00Z"
    assert document["cost"]["saved"] == 0
