"""From requests to arrays: what each field becomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dispatch.domain.request import Request
from dispatch.errors import BadInputError
from dispatch.planner.encode import Encoded, encode
from dispatch.policy.settings import effective_policy
from solver.problem import ELIGIBLE, ELIGIBLE_NOT_PREFERRED, LAST_STOP, NEVER_S, NOT_ELIGIBLE, UNREACHABLE_S
from solver.validate import validate
from tests.dispatch.planner.small import at, depot, order, request, shift, technician


def encoded(wanted: Request) -> Encoded:
    found = encode(wanted, effective_policy(wanted))
    validate(found.problem)
    return found


def clock(found: Encoded, second: int) -> str:
    return f"{found.epoch.instant_of(second, found.epoch.start.tzinfo):%d %H:%M}"


def test_second_zero_is_the_earliest_moment_that_is_needed() -> None:
    late = order(1, due=at("06:00", day=8))
    assert clock(encoded(request(late)), 0) == "08 06:00"


def test_due_and_windows_become_seconds() -> None:
    found = encoded(request(order(1, windows=[{"start": at("09:00"), "end": at("10:00")}])))
    problem = found.problem
    assert clock(found, int(problem.order_due_s[0])) == "10 12:00"
    assert (clock(found, int(problem.window_open_s[0])), clock(found, int(problem.window_close_s[0]))) == (
        "10 09:00",
        "10 10:00",
    )


def test_order_without_promise_is_never_due() -> None:
    assert encoded(request(order(1, kind="follow_up"))).problem.order_due_s.tolist() == [NEVER_S]


def test_order_that_cannot_start_keeps_its_place_and_price_but_has_no_window() -> None:
    over = order(1, windows=[{"start": at("09:00", day=9), "end": at("10:00", day=9)}])
    found = encoded(request(over, order(2)))
    assert found.order_ids == ("o-1", "o-2")
    assert np.diff(found.problem.order_window_first).tolist() == [0, 1]
    assert found.problem.order_unassigned_cost.tolist() == [250_000, 250_000]  # 100,000 missed + 150,000


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ELIGIBLE),
        ({"skills": {"fiber": 2}}, ELIGIBLE),
        ({"skills": {"fiber": 3}}, NOT_ELIGIBLE),
        ({"excluded_technicians": ["ann"]}, NOT_ELIGIBLE),
        ({"required_technician": "bob"}, NOT_ELIGIBLE),
        ({"preferred_technicians": ["ann"]}, ELIGIBLE),
        ({"preferred_technicians": ["bob"]}, ELIGIBLE_NOT_PREFERRED),
        ({"tools": ["splicer"]}, NOT_ELIGIBLE),
        ({"parts": {"ont": 3}}, NOT_ELIGIBLE),
        ({"parts": {"ont": 2}}, ELIGIBLE),
    ],
)
def test_eligibility_is_what_no_change_of_the_plan_can_alter(changes: dict[str, Any], expected: int) -> None:
    ann = technician(skills={"fiber": 2}, stock={"ont": 2})
    found = encoded(request(order(1, **changes), technicians=[ann, technician("bob")]))
    assert found.problem.eligibility[0, 0] == expected


def test_with_a_depot_what_is_not_on_board_excludes_nobody() -> None:
    found = encoded(request(order(1, tools=["splicer"], parts={"ont": 3}), depots=[depot()]))
    assert found.problem.eligibility.tolist() == [[ELIGIBLE]]
    assert found.problem.order_parts.tolist() == [[3]]
    assert found.problem.order_tools.tolist() == [[True]]
    assert found.problem.shift_tools.tolist() == [[False]]


def test_orders_of_the_same_demand_share_an_answer_and_others_do_not() -> None:
    north, south = technician("ann", territories=["north"]), technician("bob", territories=["south"])
    places = [
        {"id": "c-1", "location": {"index": 1}, "territory": "north"},
        {"id": "c-2", "location": {"index": 2}, "territory": "south"},
    ]
    orders = [order(1), order(2, community="c-2"), order(3)]
    found = encoded(request(*orders, technicians=[north, south], communities=places))
    assert found.problem.eligibility.tolist() == [[1, 0], [0, 1], [1, 0]]


def test_tools_that_the_same_shifts_carry_share_a_column() -> None:
    ann = technician(tools=["ladder", "splicer"])
    orders = [order(1, tools=["ladder"]), order(2, tools=["splicer"]), order(3, tools=["drill"])]
    found = encoded(request(*orders, technicians=[ann], depots=[depot()]))
    assert found.problem.shift_tools.shape == (1, 2)
    assert found.problem.order_tools.sum(axis=1).tolist() == [1, 1, 1]
    assert found.problem.order_tools[0].tolist() == found.problem.order_tools[1].tolist()


def test_more_kinds_of_tools_than_the_solver_can_tell_apart_are_refused() -> None:
    people = [technician(f"t-{number}", tools=[f"tool-{number}"]) for number in range(65)]
    orders = [order(number % 7, id=f"o-{number}", tools=[f"tool-{number}"]) for number in range(65)]
    with pytest.raises(BadInputError, match="65 different sets of shifts carry; 64 can be told apart"):
        encoded(request(*orders, technicians=people))


def test_every_shift_of_a_technician_has_the_same_eligibility() -> None:
    days = [shift(id="d1"), shift(id="d2", start=at("08:00", day=11), end=at("17:00", day=11))]
    bob = technician("bob", skills={"fiber": 1}, shifts=days)
    found = encoded(request(order(1, skills={"fiber": 1}), technicians=[technician(), bob]))
    assert found.shift_keys == (("ann", "day"), ("bob", "d1"), ("bob", "d2"))
    assert found.problem.eligibility.tolist() == [[0, 1, 1]]


def test_shifts_outside_the_horizon_or_over_by_now_are_left_out() -> None:
    shifts = [
        shift(id="before", start=at("08:00", day=8), end=at("17:00", day=8)),
        shift(id="in"),
        shift(id="after", start=at("08:00", day=14), end=at("17:00", day=14)),
    ]
    found = encoded(request(order(1), technicians=[technician(shifts=shifts)]))
    assert found.shift_keys == (("ann", "in"),)


def test_nobody_departs_before_now_or_before_being_free() -> None:
    running = encoded(request(order(1), now=at("09:30")))
    assert clock(running, int(running.problem.shift_departure_s[0])) == "10 09:30"
    busy = encoded(request(order(1), technicians=[technician(available={"from": at("11:00")})]))
    assert clock(busy, int(busy.problem.shift_departure_s[0])) == "10 11:00"


def test_place_where_a_technician_is_free_replaces_the_start_of_that_shift_only() -> None:
    days = [shift(id="d1"), shift(id="d2", start=at("08:00", day=11), end=at("17:00", day=11))]
    ann = technician(available={"from": at("11:00"), "location": {"index": 6}}, shifts=days)
    found = encoded(request(order(1), technicians=[ann])).problem
    assert found.shift_start_location[0] != found.shift_start_location[1]


def test_route_may_end_at_its_last_visit() -> None:
    ann = technician(shifts=[shift(end_at="last_stop")])
    assert encoded(request(order(1), technicians=[ann])).problem.shift_end_location.tolist() == [LAST_STOP]


def test_breaks_are_sorted_by_their_earliest_start() -> None:
    late = {"earliest": at("15:00"), "latest": at("16:00"), "duration": "PT15M"}
    early = {"earliest": at("11:00"), "latest": at("14:00"), "duration": "PT1H"}
    found = encoded(request(order(1), technicians=[technician(shifts=[shift(breaks=[early, late])])]))
    assert found.problem.break_duration_s.tolist() == [3_600, 900]
    assert np.diff(found.problem.break_earliest_s).tolist() == [4 * 3_600]


def test_unreachable_is_no_way_at_all() -> None:
    document = request(order(1), order(2)).model_dump(mode="json", by_alias=True)
    document["travel"]["profiles"]["car"]["durations_s"][1][2] = None
    document["travel"]["profiles"]["car"]["distances_m"][1][2] = None
    found = encoded(Request.model_validate(document)).problem
    assert (found.travel_s[0, 0, 1], found.distance_m[0, 0, 1]) == (UNREACHABLE_S, 0)
    assert found.travel_s[0, 1, 0] == 600


def test_only_profiles_in_use_have_a_matrix() -> None:
    assert encoded(request(order(1))).problem.travel_s.shape[0] == 1


def test_empty_request_is_a_problem_too() -> None:
    found = encoded(request(technicians=[]))
    assert (found.problem.n_orders, found.problem.n_shifts) == (0, 0)


def test_clocks_that_change_in_the_night_do_not_disturb_the_seconds() -> None:
    # In Berlin 2026-03-29 has 23 hours: from 20:00 to 08:00 it is 11 hours, not 12.
    berlin = {"start": "2026-03-28T20:00:00+01:00", "end": "2026-03-29T08:00:00+02:00"}
    night = technician(shifts=[shift(**berlin)])
    horizon = {"start": "2026-03-28T00:00:00+01:00", "end": "2026-03-30T00:00:00+02:00"}
    late = order(1, accepted_at="2026-03-28T09:00:00+01:00")
    changes = {"horizon": horizon, "time_zone": "Europe/Berlin", "now": "2026-03-28T10:00:00+01:00"}
    found = encoded(request(late, technicians=[night], **changes)).problem
    assert int(found.shift_end_s[0] - found.shift_departure_s[0]) == 11 * 3_600
