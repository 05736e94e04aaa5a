"""What a bound says of small problems that can be worked out by hand, and how a proof ends."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from solver import _core
from solver.bounds import lower_bound
from solver.bounds_master import CutShape
from solver.bounds_pricing import SCALE, PricingTask, shift_classes
from solver.bounds_values import ExtraShift, savings
from solver.cost import RouteTimer
from solver.errors import InvalidRoutesError
from solver.problem import NOT_ELIGIBLE, Prices, Problem
from tests.problems import OrderSpec, ShiftSpec, build_problem
from tests.random_problems import random_problem


def no_limit() -> float:
    return 0.0


def ticking() -> Iterator[float]:
    """A clock that moves on by a second at every look."""
    seconds = 0.0
    while True:
        seconds += 1.0
        yield seconds


def three_pairs() -> Problem:
    """Three orders at one place; a route costs 10 and has room for two of them: 20 of its 25 seconds."""
    nowhere = np.zeros((4, 4), np.int32)
    return build_problem(
        [OrderSpec() for _ in range(3)], [ShiftSpec(end_s=25)] * 2, travel_s=nowhere, prices=Prices(shift_used=10)
    )


def task(problem: Problem, **changes: object) -> PricingTask:
    n = problem.n_orders
    values: dict[str, object] = {
        "duals": [0] * n,
        "cuts": (),
        "neighbours": [list(range(n))] * n,
        "scale": SCALE,
        "threshold": 0,
        "max_routes": 10,
        "heuristic": False,
        "max_arcs": 0,
        "max_labels": 1_000_000,
    }
    return PricingTask(**{**values, **changes})  # type: ignore[arg-type]


def test_a_problem_without_orders_costs_at_least_nothing():
    assert lower_bound(build_problem(), limit_s=1, clock=no_limit).value == 0


def test_orders_that_nobody_may_serve_are_a_constant_of_the_bound():
    orders = [OrderSpec(unassigned_cost=500, eligibility={0: NOT_ELIGIBLE}), OrderSpec(unassigned_cost=1_000)]
    bound = lower_bound(build_problem(orders), limit_s=1, clock=no_limit)
    # The second order is 20 s away: 40 s of travel; the first costs 500 in every plan.
    assert (bound.value, bound.unservable_cost) == (540, 500)
    assert bound.gap(580) == 40 / 80


def test_a_subset_row_cut_closes_what_the_relaxation_leaves_open():
    # Half of each of the three pairs would serve all orders at 15; of these routes only one fits into a solution.
    bound = lower_bound(three_pairs(), limit_s=1, clock=no_limit)
    assert bound.value == 20
    assert bound.n_cuts == 1
    assert bound.is_converged


def test_equal_shifts_are_one_class():
    core = RouteTimer(build_problem([OrderSpec()], [ShiftSpec(), ShiftSpec(end_s=900), ShiftSpec()])).core
    assert [shift_class.shifts for shift_class in shift_classes(core)] == [(0, 2), (1,)]


def test_a_proof_that_is_out_of_time_says_what_it_has():
    problem = random_problem(3)
    clock = ticking()
    bound = lower_bound(problem, limit_s=1, clock=lambda: next(clock))
    assert not bound.is_converged
    assert bound.value == bound.unservable_cost


def test_a_proof_ends_when_it_is_cancelled():
    bound = lower_bound(random_problem(3), limit_s=60, clock=no_limit, is_cancelled=lambda: True)
    assert not bound.is_converged


def test_better_bounds_are_told_in_turn():
    told: list[int] = []
    bound = lower_bound(random_problem(5), limit_s=1, clock=no_limit, on_progress=told.append)
    assert told == sorted(set(told))
    assert told[-1:] == [bound.value]


def test_routes_that_are_none_are_refused():
    with pytest.raises(InvalidRoutesError, match="routes given"):
        lower_bound(random_problem(3), limit_s=1, clock=no_limit, incumbent=())


def test_the_core_finds_the_route_of_least_reduced_cost():
    # Orders at 10 and 20 s on a line: serving both costs 40 s of travel and earns 30 + 50; the second alone earns 10.
    problem = build_problem(
        [OrderSpec(), OrderSpec()], travel_s=np.array([[0, 10, 20], [10, 0, 10], [20, 10, 0]], np.int32)
    )
    pricer = _core.Pricer(_core.Problem(problem), 0)
    least, is_exact, _, routes = pricer.price(task(problem, duals=[30 * SCALE, 50 * SCALE]))
    assert (least, is_exact) == (-40 * SCALE, True)
    assert routes[0][0] == 40
    assert sorted(routes[0][1]) == [0, 1]


def test_too_many_labels_prove_nothing():
    problem = build_problem([OrderSpec() for _ in range(6)])
    pricer = _core.Pricer(_core.Problem(problem), 0)
    _, is_exact, _, _ = pricer.price(task(problem, duals=[1_000 * SCALE] * 6, max_labels=3))
    assert not is_exact


def test_a_cut_counts_pairs_of_its_orders_while_it_is_remembered():
    cut = CutShape(orders=(1, 2, 3), memory=frozenset({1, 2, 3, 7}))
    assert cut.times_in((1, 7, 2)) == 1
    assert cut.times_in((1, 8, 2)) == 0
    assert cut.times_in((1, 2, 3)) == 1
    assert cut.times_in((1, 2, 3, 1)) == 2


def test_one_more_shift_is_worth_what_it_saves():
    # Two orders 10 s away in opposite corners; the only shift has time for one of them, 10 + 10 + 10 of 30 seconds.
    # Another one would serve the second at 20 of travel in place of 500.
    travel = np.array([[0, 10, 10], [10, 0, 20], [10, 20, 0]], np.int32)
    orders = [OrderSpec(unassigned_cost=500) for _ in range(2)]
    problem = build_problem(orders, [ShiftSpec(end_s=30)], travel_s=travel)
    bound = lower_bound(problem, limit_s=1, clock=no_limit, incumbent=((0,),))
    everything, half = frozenset({0, 1}), frozenset({1})
    extras = [
        ExtraShift(like=0, departure_s=0, end_s=30, orders=everything),
        ExtraShift(like=0, departure_s=0, end_s=30, orders=half),
        ExtraShift(like=0, departure_s=0, end_s=29, orders=everything),
    ]
    assert bound.value == 520
    assert savings(problem, bound, extras) == (480, 480, 0)
