"""Every way a problem can break its contract is refused by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solver.errors import InvalidProblemError
from solver.problem import NOT_ELIGIBLE, Prices, Problem
from solver.validate import validate
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem, with_disruption, with_risk
from tests.random_problems import random_problem


def valid_problem() -> Problem:
    pauses = (
        BreakSpec(earliest_s=10, latest_s=40, duration_s=20),
        BreakSpec(earliest_s=30, latest_s=70, duration_s=20),
    )
    return build_problem(
        [OrderSpec(windows=((0, 10), (20, 30)), parts={"ont": 1}, tools=frozenset({"splicer"})), OrderSpec()],
        [ShiftSpec(), ShiftSpec(breaks=pauses)],
        depots=[3],
        locked_routes=[(), (1,)],
    )


def with_value(field: str, index: Any, value: Any) -> dict[str, Any]:
    array = getattr(valid_problem(), field).copy()
    array[index] = value
    return {field: array}


def test_a_valid_problem_passes():
    validate(valid_problem())


def test_a_problem_without_orders_and_shifts_passes():
    validate(build_problem())
    validate(build_problem([], []))


@pytest.mark.parametrize("seed", range(50))
def test_random_problems_are_valid(seed: int):
    validate(random_problem(seed))


@pytest.mark.parametrize("seed", range(30))
def test_travel_of_random_problems_is_closed_under_the_triangle_inequality(seed: int):
    for travel in random_problem(seed).travel_s.astype(np.int64):
        assert (travel[:, None, :] <= travel[:, :, None] + travel[None, :, :]).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"travel_s": [[[0]]]}, r"travel_s is a list, expected a NumPy array of int32"),
        ({"order_due_s": np.zeros(2, dtype=np.int32)}, r"order_due_s has dtype int32, expected int64"),
        ({"travel_s": np.zeros((4, 4), dtype=np.int32)}, r"travel_s has shape \(4, 4\), expected 3 axes \(P, L, L\)"),
        (
            {"travel_s": np.zeros((1, 4, 5), dtype=np.int32)},
            r"travel_s has shape \(1, 4, 5\), expected L = 4 \(L as in travel_s\)",
        ),
        (
            {"distance_m": np.zeros((2, 4, 4), dtype=np.int32)},
            r"distance_m has shape \(2, 4, 4\), expected P = 1 \(P as in travel_s\)",
        ),
        ({"order_service_s": np.zeros(3, dtype=np.int32)}, r"order_service_s has shape \(3,\), expected n = 2"),
        ({"shift_break_first": np.zeros(2, dtype=np.int32)}, r"shift_break_first has shape \(2,\), expected S\+1"),
        (
            {"eligibility": np.ones((4, 2), dtype=np.uint8)[::2]},
            r"eligibility is not C-contiguous\nMaybe np.ascontiguousarray",
        ),
        (
            {"order_tools": np.zeros((2, 65), dtype=np.bool_), "shift_tools": np.zeros((2, 65), dtype=np.bool_)},
            r"order_tools has 65 kinds of tools, expected at most 64",
        ),
        (with_value("travel_s", (0, 1, 2), -1), r"travel_s\[0, 1, 2\] is -1, expected a value in \[0, 1073741824\]"),
        (with_value("distance_m", (0, 0, 1), -1), r"distance_m\[0, 0, 1\] is -1"),
        (with_value("order_location", 1, 4), r"order_location\[1\] is 4, expected a value in \[0, 3\]"),
        (with_value("order_service_s", 0, -5), r"order_service_s\[0\] is -5"),
        (with_value("window_close_s", 2, 2**40 + 1), r"window_close_s\[2\] is 1099511627777"),
        (
            with_value("window_close_s", 0, 20),
            r"window_open_s\[1\] is 20, expected more than .* = 20: windows of order 0",
        ),
        (with_value("window_open_s", 1, 31), r"window_close_s\[1\] is 30, expected at least window_open_s\[1\] = 31"),
        (with_value("order_window_first", 1, 4), r"order_window_first\[2\] is 3, expected at least .*\[1\] = 4"),
        (with_value("order_window_first", 2, 2), r"order_window_first runs from 0 to 2, expected from 0 to 3"),
        (with_value("order_missed_cost", 0, -1), r"order_missed_cost\[0\] is -1"),
        (with_value("order_parts", (0, 0), -1), r"order_parts\[0, 0\] is -1"),
        (with_value("eligibility", (0, 1), 3), r"eligibility\[0, 1\] is 3, expected a value in \[0, 2\]"),
        (with_value("eligibility", (1, 1), NOT_ELIGIBLE), r"eligibility\[1, 1\] is 0 .*order 1 is locked to shift 1"),
        (with_value("shift_profile", 0, 1), r"shift_profile\[0\] is 1, expected a value in \[0, 0\]"),
        (with_value("shift_end_location", 0, -2), r"shift_end_location\[0\] is -2, expected a value in \[-1, 3\]"),
        (
            with_value("shift_latest_s", 1, 999),
            r"shift_latest_s\[1\] is 999, expected at least shift_end_s\[1\] = 1000",
        ),
        (with_value("depot_location", 0, 9), r"depot_location\[0\] is 9"),
        (with_value("break_duration_s", 0, 0), r"break_duration_s\[0\] is 0, expected a value in \[1,"),
        (with_value("break_latest_s", 0, 29), r"break_latest_s\[0\] is 29, expected at least .* = 30"),
        (with_value("break_earliest_s", 0, 31), r"break_latest_s\[0\] is 40, expected at least .* = 51"),
        (
            with_value("break_latest_s", 0, 80),
            r"break_latest_s - break_duration_s of break 1 is 50, expected at least 60",
        ),
        ({"locked_routes": ((),)}, r"locked_routes has 1 routes, expected one for each of 2 shifts"),
        ({"locked_routes": ((), (2,))}, r"locked_routes\[1\] has order 2, expected 0 to 1"),
        ({"locked_routes": ((), (1, 1))}, r"locked_routes\[1\] has order 1 a second time"),
        ({"locked_routes": ((1,), ())}, r"order_lock_shift\[1\] is 1, expected 0 as in locked_routes"),
        ({"locked_routes": ((), ())}, r"order_lock_shift\[1\] is 1, expected -1: order 1 is in none of locked_routes"),
        ({"prices": Prices(travel=-1)}, r"prices.travel is -1, expected an integer in \[0, 2\*\*53\)"),
        ({"prices": Prices(travel=True)}, r"prices.travel is True, expected an integer"),
        ({"prices": {"travel": 1}}, r"prices is a dict, expected Prices"),
        ({"prices": Prices(agreed_broken=2**52)}, r"may sum up to \d+, expected less than 2\*\*53"),
    ],
)
def test_a_problem_that_breaks_its_contract_is_refused_by_name(changes: dict[str, Any], message: str):
    with pytest.raises(InvalidProblemError, match=message):
        validate(replace(valid_problem(), **changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"assignment_cost": np.zeros((2, 3), np.int32)},
            r"disruption\.assignment_cost must be a C-contiguous NumPy array of int32 with shape \(2, 2\)",
        ),
        ({"moved_cost": np.zeros(2, np.int32)}, r"disruption\.moved_cost must be .* of int64 with shape \(2,\)"),
        ({"dropped_cost": np.array([0, -1])}, r"disruption\.dropped_cost\[1\] is -1, expected a value in"),
        ({"moved_from_s": np.array([0, 2**40 + 1])}, r"disruption\.moved_from_s\[1\] is 1099511627777"),
        ({"dropped_cost": np.array([2**52, 2**52])}, r"may sum up to \d+, expected less than 2\*\*53"),
    ],
)
def test_prices_of_disruption_that_break_the_contract_are_refused_by_name(changes: dict[str, Any], message: str):
    problem = with_disruption(valid_problem())
    validate(problem)
    assert problem.disruption is not None
    with pytest.raises(InvalidProblemError, match=message):
        validate(replace(problem, disruption=replace(problem.disruption, **changes)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"end_rate": np.zeros(2, np.int32)}, r"risk\.end_rate must be .* of int64 with shape \(2,\)"),
        ({"start_cap_s": np.array([0, -1])}, r"risk\.start_cap_s\[1\] is -1, expected a value in"),
        ({"end_rate": np.array([2**40, 0]), "end_cap_s": np.array([2**20, 0])}, r"may sum up to \d+, expected less"),
    ],
    ids=["dtype", "negative", "sum"],
)
def test_prices_of_risk_that_break_the_contract_are_refused_by_name(changes: dict[str, Any], message: str):
    problem = with_risk(valid_problem())
    validate(problem)
    assert problem.risk is not None
    with pytest.raises(InvalidProblemError, match=message):
        validate(replace(problem, risk=replace(problem.risk, **changes)))


def test_risk_does_not_go_with_routes_that_depart_as_late_as_keeps_their_end():
    with pytest.raises(InvalidProblemError, match="risk does not go with departure_keeps_end"):
        validate(with_risk(build_problem([OrderSpec()], departure_keeps_end=True)))


def test_disruption_does_not_go_with_routes_that_depart_as_late_as_keeps_their_end():
    with pytest.raises(InvalidProblemError, match="disruption does not go with departure_keeps_end"):
        validate(with_disruption(build_problem([OrderSpec()], departure_keeps_end=True)))
