"""Locks of the plan in force are kept; what stands against them gives way exactly as far as it must."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.encode import encode
from dispatch.policy.settings import effective_policy
from solver.cost import RouteTimer
from tests.dispatch.planner.small import (
    at,
    depot,
    order,
    plan_in_force,
    planned,
    request,
    shift,
    starts,
    technician,
    visit,
)


def rules(plan: Plan) -> list[tuple[str, str | None]]:
    return [(violation.rule, violation.order) for violation in plan.violations]


def locked_request(*visits: dict[str, Any], orders: list[dict[str, Any]], **changes: Any) -> Request:
    return request(*orders, current_plan=plan_in_force(*visits), **changes)


def test_visit_locked_in_time_stays_though_it_could_start_earlier() -> None:
    plan = planned(locked_request(visit(1, "14:00", "14:30"), orders=[order(1), order(2)]))
    assert starts(plan)["o-1"] == "14:00"
    assert plan.violations == ()


def test_visit_locked_to_its_technician_may_move_in_time() -> None:
    held = visit(1, "14:00", "14:30", lock="technician")
    changes = {"technicians": [technician(), technician("bob")]}
    plan = planned(locked_request(held, orders=[order(1)], **changes))
    assert [(route.technician, starts(plan)) for route in plan.routes] == [("ann", {"o-1": "08:10"})]


def test_free_visit_of_the_plan_in_force_is_a_start_only() -> None:
    held = visit(1, "14:00", "14:30", lock="free")
    assert starts(planned(locked_request(held, orders=[order(1)]))) == {"o-1": "08:10"}


def test_locks_stay_those_of_the_request_where_the_search_begins_at_a_better_plan() -> None:
    # Both visits are locked to 14:00: the second must give way, and says so, however often the run is begun.
    held = (visit(1, "14:00", "14:30"), visit(2, "14:00", "14:30"))
    wanted = locked_request(*held, orders=[order(1), order(2), order(3)])
    first = planned(wanted)
    again = planned(wanted, best_plan=first)
    assert rules(again) == rules(first) == [("lock_time", "o-2")]
    assert check(wanted, again).violations == ()


def test_search_begins_at_the_better_plan() -> None:
    wanted = locked_request(visit(1, "14:00", "14:30", lock="free"), orders=[order(1), order(2)])
    best = planned(request(order(1), order(2)))
    assert planned(wanted, iterations=0, best_plan=best).cost == best.cost


def test_status_and_lock_go_on() -> None:
    held = visit(1, "14:00", "14:30", lock="free", status="en_route")
    plan = planned(locked_request(held, orders=[order(1)]))
    stop = plan.routes[0].visits[0]
    assert (stop.status, stop.lock, starts(plan)["o-1"]) == ("en_route", "free", "14:00")


def test_lock_is_kept_against_a_skill_that_is_missing() -> None:
    plan = planned(locked_request(visit(1, "09:00", "09:30"), orders=[order(1, skills={"fiber": 1})]))
    assert (starts(plan), rules(plan)) == ({"o-1": "09:00"}, [("skill", "o-1")])


def test_technician_who_is_neither_able_nor_preferred_costs_the_preference() -> None:
    people = [technician(), technician("bob")]
    asked = order(1, skills={"fiber": 1}, preferred_technicians=["bob"])
    plan = planned(locked_request(visit(1, "09:00", "09:30"), orders=[asked], technicians=people))
    assert (plan.cost.terms["preference"], rules(plan)) == (600, [("skill", "o-1")])


def test_lock_is_kept_against_the_booked_window() -> None:
    booked = order(1, windows=[{"start": at("10:00"), "end": at("11:00")}])
    plan = planned(locked_request(visit(1, "14:00", "14:30"), orders=[booked]))
    assert (starts(plan), rules(plan)) == ({"o-1": "14:00"}, [("window", "o-1")])


def test_visit_locked_in_time_that_cannot_be_reached_starts_as_soon_as_it_can() -> None:
    # o-1 ends 09:30, + 10 min = 09:40 at o-2, which was to start at 09:35.
    held = [visit(1, "09:00", "09:30"), visit(2, "09:35", "10:05")]
    plan = planned(locked_request(*held, orders=[order(1), order(2)]))
    assert (starts(plan), rules(plan)) == ({"o-1": "09:00", "o-2": "09:40"}, [("lock_time", "o-2")])


def test_window_of_a_visit_locked_to_its_technician_gives_way_to_what_is_locked_before_it() -> None:
    # o-1 until 11:30, + 10 min = 11:40; the window of o-2 closed at 11:00.
    booked = order(2, windows=[{"start": at("10:00"), "end": at("11:00")}])
    held = [visit(1, "11:00", "11:30"), visit(2, "11:40", "12:10", lock="technician")]
    first = order(1, windows=[{"start": at("11:00"), "end": at("11:00")}])
    wanted = locked_request(*held, orders=[first, booked])
    plan = planned(wanted)
    assert rules(plan) in ([("window", "o-2")], [])
    found = encode(wanted, effective_policy(wanted))
    window = int(found.problem.order_window_first[1])
    close = found.epoch.instant_of(int(found.problem.window_close_s[window]), wanted.zone)
    assert f"{close:%H:%M}" == "11:40"


def test_visit_locked_to_its_technician_whose_windows_are_over_is_served_when_it_can_be() -> None:
    over = order(1, windows=[{"start": at("08:00", day=9), "end": at("09:00", day=9)}])
    held = visit(1, "09:00", "09:30", lock="technician")
    plan = planned(locked_request(held, orders=[over]))
    assert (starts(plan), rules(plan)) == ({"o-1": "08:10"}, [("window", "o-1")])


def test_end_of_the_shift_gives_way_to_a_visit_locked_in_time() -> None:
    # 16:50 + 30 min + 10 min home = 17:30 after a shift that ends at 17:00.
    plan = planned(locked_request(visit(1, "16:50", "17:20"), orders=[order(1)]))
    assert (starts(plan), rules(plan)) == ({"o-1": "16:50"}, [("shift_end", None)])
    assert plan.cost.terms["overtime"] == 2 * 1_800


def test_start_of_the_shift_gives_way_to_a_visit_locked_in_time() -> None:
    plan = planned(locked_request(visit(1, "08:00", "08:30"), orders=[order(1)]))
    assert (starts(plan), rules(plan)) == ({"o-1": "08:00"}, [("shift_start", None)])


def test_break_gives_way_to_visits_locked_in_time() -> None:
    # 11:00 to 13:30 leaves no hour between 11:30 and 13:30.
    pause = {"earliest": at("11:30"), "latest": at("13:30"), "duration": "PT1H"}
    held = [visit(1, "11:00", "12:15"), visit(2, "12:25", "13:40")]
    orders = [order(1, duration="PT75M"), order(2, duration="PT75M")]
    plan = planned(locked_request(*held, orders=orders, technicians=[technician(shifts=[shift(breaks=[pause])])]))
    assert starts(plan) == {"o-1": "11:00", "o-2": "12:25"}
    assert [rule for rule, _ in rules(plan)] in (["break_missing"], ["break_window"])


def test_number_of_visits_gives_way_to_locks() -> None:
    held = [visit(1, "09:00", "09:30"), visit(2, "10:00", "10:30")]
    ann = technician(shifts=[shift(max_visits=1)])
    plan = planned(locked_request(*held, orders=[order(1), order(2), order(3)], technicians=[ann]))
    assert (starts(plan), rules(plan)) == ({"o-1": "09:00", "o-2": "10:00"}, [("max_visits", None)])


def test_locked_visits_share_what_is_on_board_and_leave_nothing_to_others() -> None:
    held = [visit(1, "09:00", "09:30"), visit(2, "10:00", "10:30")]
    orders = [order(number, parts={"ont": 1}) for number in (1, 2, 3)]
    plan = planned(locked_request(*held, orders=orders, technicians=[technician(stock={"ont": 1})]))
    assert starts(plan) == {"o-1": "09:00", "o-2": "10:00"}
    assert [rule for rule, _ in rules(plan)] == ["parts"]


def test_locked_visit_fetches_what_it_needs_where_there_is_a_depot() -> None:
    held = visit(1, "09:00", "09:30")
    plan = planned(locked_request(held, orders=[order(1, parts={"ont": 1})], depots=[depot()]))
    assert (starts(plan), plan.violations) == ({"o-1": "09:00"}, ())


def test_order_on_hold_that_is_locked_is_served_and_said_to_be_on_hold() -> None:
    held = visit(1, "09:00", "09:30")
    plan = planned(locked_request(held, orders=[order(1, resource_ready=False)]))
    assert (starts(plan), rules(plan)) == ({"o-1": "09:00"}, [("resource", "o-1")])


def test_lock_on_an_order_without_a_way_cannot_be_kept() -> None:
    document = locked_request(visit(1, "09:00", "09:30"), orders=[order(1)]).model_dump(mode="json", by_alias=True)
    for table in document["travel"]["profiles"]["car"].values():
        table[0] = [0, *[None] * 7]
    plan = planned(Request.model_validate(document))
    assert (starts(plan), rules(plan)) == ({}, [("lock_technician", "o-1")])
    assert [reason.code for reason in plan.unassigned[0].reasons] == ["locked"]


def test_done_visits_before_now_stay_where_they_were() -> None:
    held = [visit(1, "08:30", "09:00", status="done", lock="free"), visit(2, "11:00", "11:30")]
    plan = planned(locked_request(*held, orders=[order(1), order(2), order(3)], now=at("10:00")))
    assert (starts(plan)["o-1"], starts(plan)["o-2"]) == ("08:30", "11:00")
    assert starts(plan)["o-3"] >= "10:00"
    assert plan.violations == ()


@pytest.mark.parametrize("lock", ["technician", "technician_and_time"])
def test_locked_routes_alone_are_always_feasible(lock: str) -> None:
    held = [visit(number, f"{8 + number:02}:00", f"{8 + number:02}:20", lock=lock) for number in (3, 1, 2)]
    held[1]["start"] = held[1]["arrival"] = at("16:55")
    found = locked_request(*held, orders=[order(1), order(2), order(3, duration="PT9H")])
    encoded = encode(found, effective_policy(found))
    timer = RouteTimer(encoded.problem)
    assert all(timer.time_route(number, route) for number, route in enumerate(encoded.problem.locked_routes) if route)
