from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.solvers.carried import NO_WAY, carry, features, shifts_alike, skills_of
from benchmarks.solvers.working_clock import clock_without_breaks
from solver.problem import NOT_ELIGIBLE, UNREACHABLE_S, Prices
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem

LUNCH = BreakSpec(earliest_s=300, latest_s=500, duration_s=100)
"""May begin from 300 to 400; the middle, 350 to 450, is cut out."""


def test_moments_count_from_the_first_departure_and_windows_end_with_the_last_shift() -> None:
    problem = build_problem(
        [OrderSpec(windows=((0, 150), (160, 5_000)))], [ShiftSpec(departure_s=100), ShiftSpec(departure_s=120)]
    )
    carried = carry(problem)
    assert carried.windows == (((0, 50), (60, 900)),)
    assert (carried.departure_s(1), carried.latest_s(1)) == (20, 900)


def test_legs_that_do_not_exist_are_dear_and_long() -> None:
    problem = build_problem([OrderSpec()], travel_s=[[0, UNREACHABLE_S], [7, 0]], prices=Prices(travel=2))
    carried = carry(problem)
    assert carried.leg_cost[0].tolist() == [[0, NO_WAY], [14, 0]]
    assert carried.leg_s[0].tolist() == [[0, NO_WAY], [7, 0]]


def test_locks_and_missing_tools_make_shifts_ineligible() -> None:
    problem = build_problem(
        [OrderSpec(), OrderSpec(tools=frozenset({"splicer"}))],
        [ShiftSpec(tools=frozenset({"splicer"})), ShiftSpec()],
        locked_routes=[(), (0,)],
    )
    assert carry(problem).is_allowed.tolist() == [[False, True], [True, False]]


def test_stock_limits_only_without_a_depot() -> None:
    problem = build_problem([OrderSpec(parts={"ont": 1})], [ShiftSpec(parts={"ont": 2})])
    assert carry(problem).stock.tolist() == [[2]]
    assert features(problem) == {"stock"}
    with_depot = replace(problem, depot_location=np.array([0], np.int32))
    assert carry(with_depot).stock.tolist() == [[]]
    assert features(with_depot) == {"restocking"}


def test_windows_in_time_end_where_the_slowest_shift_would_be_late() -> None:
    """Due at 200, 10 s of service, 15 s at 1.5 times: to be started by 185."""
    problem = build_problem([OrderSpec(due_s=200), OrderSpec(due_s=5)], [ShiftSpec(), ShiftSpec(service_permille=1500)])
    carried = carry(problem)
    assert carried.windows_in_time(0) == ((0, 185),)
    assert carried.windows_in_time(1) == ((0, 1_000),)  # late whatever happens


def test_orders_that_the_same_shifts_may_serve_need_the_same_skill() -> None:
    problem = build_problem(
        [OrderSpec(), OrderSpec(eligibility={0: NOT_ELIGIBLE}), OrderSpec()], [ShiftSpec(), ShiftSpec()]
    )
    skills = skills_of(carry(problem))
    assert skills.of_order == (0, 1, 0)
    assert skills.of_shift == ({0}, {0, 1})


def test_shifts_are_alike_unless_something_tells_them_apart() -> None:
    problem = build_problem([OrderSpec()], [ShiftSpec(), ShiftSpec(end_s=900), ShiftSpec()])
    assert shifts_alike(carry(problem)) == ((0, 2), (1,))


@pytest.mark.parametrize(("moment_s", "working_s"), [(0, 0), (350, 350), (400, 350), (450, 350), (1_000, 900)])
def test_a_clock_without_breaks_stands_still_in_the_middle_of_their_window(moment_s: int, working_s: int) -> None:
    carried = carry(build_problem([OrderSpec()], [ShiftSpec(breaks=(LUNCH,))]))
    assert clock_without_breaks(carried).working_s(moment_s) == working_s


def test_windows_leave_out_starts_that_leave_no_room_for_the_break() -> None:
    """200 s of service: ended by 400 or begun from 400 on; 400 is 350 by the clock."""
    clock = clock_without_breaks(carry(build_problem([OrderSpec()], [ShiftSpec(breaks=(LUNCH,))])))
    assert clock.working_windows([(0, 1_000)], 200) == ((0, 200), (350, 900))
    assert clock.working_windows([(0, 1_000)], 20) == ((0, 900),)


def test_a_break_that_is_not_the_common_one_shortens_its_shift() -> None:
    other = BreakSpec(earliest_s=600, latest_s=800, duration_s=50)
    shifts = [ShiftSpec(breaks=(LUNCH,)), ShiftSpec(breaks=(LUNCH,)), ShiftSpec(breaks=(other,))]
    clock = clock_without_breaks(carry(build_problem([OrderSpec()], shifts)))
    assert [clock.shift_end_s(shift, 1_000) for shift in range(3)] == [900, 900, 850]
