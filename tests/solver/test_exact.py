"""The exact oracle against brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.errors import InfeasibleRouteError, InvalidProblemError
from solver.exact import price_exactly, solve_exactly
from solver.problem import NO_LOCK, Prices
from tests.brute_force import brute_force
from tests.naive import naive_evaluate
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem
from tests.random_problems import FEATURES, random_problem
from tests.relaxations import RELAXATIONS
from tests.seeds import seeds


def assert_is_an_optimum_of_brute_force(seed: int, max_orders: int) -> None:
    problem = random_problem(seed, max_orders=max_orders)
    result = solve_exactly(problem)
    judged = naive_evaluate(problem, result.solution.routes)
    assert result.proven
    assert judged is not None
    assert judged.unassigned == result.solution.unassigned
    assert result.bound == result.solution.cost == judged.cost == brute_force(problem).cost


@pytest.mark.parametrize("seed", seeds(50, in_all=150))
def test_the_exact_optimum_is_that_of_brute_force(seed: int):
    assert_is_an_optimum_of_brute_force(seed, max_orders=4)


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(1_000, 1_400, 100))
def test_the_exact_optimum_is_that_of_brute_force_at_length(first_seed: int):
    for seed in range(first_seed, first_seed + 100):
        assert_is_an_optimum_of_brute_force(seed, max_orders=5)


def test_terms_are_exact_where_only_one_timing_is_optimal():
    # One order at 10 s, service 10, due 15: travel 20, late by 5, at 1 each, and 100 for the broken promise.
    solution = solve_exactly(build_problem([OrderSpec(due_s=15, missed_cost=100)])).solution
    assert (solution.terms.travel, solution.terms.tardiness, solution.terms.promise_missed) == (20, 5, 100)


def test_a_problem_without_orders_costs_nothing():
    assert solve_exactly(build_problem()).solution.cost == 0


def test_an_order_without_a_window_stays_unassigned():
    result = solve_exactly(build_problem([OrderSpec(windows=(), unassigned_cost=70)]))
    assert (result.solution.unassigned, result.solution.cost) == ((0,), 70)


def test_the_first_visit_is_not_delayed_to_save_work_time():
    # Both at 10 s, the second not before 100: the first starts at 10, as early as feasible, though 80 would do.
    orders = [OrderSpec(windows=((0, 60),)), OrderSpec(location=1, windows=((100, 100),))]
    solution = solve_exactly(build_problem(orders, prices=Prices(travel=0, work_time=1))).solution
    assert solution.terms.work_time == 120  # from 0 to 100 + 10 + 10


def test_times_of_a_real_calendar_are_solved_as_well():
    # Two breaks, seconds since 1970, service of an hour: nothing in the model may depend on small numbers.
    day = 1_773_100_800
    pauses = tuple(
        BreakSpec(earliest_s=day + h * 3_600, latest_s=day + h * 3_600 + 7_200, duration_s=1_800) for h in (12, 17)
    )
    shift = ShiftSpec(departure_s=day + 28_800, end_s=day + 64_800, latest_s=day + 72_000, breaks=pauses)
    orders = [
        OrderSpec(service_s=3_600, windows=((day, day + 86_400),), due_s=day + 43_200 + j * 3_600) for j in range(4)
    ]
    problem = build_problem(orders, [shift], travel_s=np.full((5, 5), 900))
    result = solve_exactly(problem)
    assert result.proven
    assert result.solution.cost == brute_force(problem).cost


def test_locked_routes_that_are_infeasible_are_refused():
    problem = build_problem([OrderSpec(windows=((0, 5),))], locked_routes=[(0,)])
    with pytest.raises(InvalidProblemError, match=r"locked_routes is \(\(0,\),\), expected routes that are feasible"):
        solve_exactly(problem)


def test_without_time_the_locked_routes_are_the_solution():
    problem = build_problem([OrderSpec(unassigned_cost=70), OrderSpec()], locked_routes=[(1,)])
    result = solve_exactly(problem, limit_s=0.0)
    assert not result.proven
    assert result.solution.routes == ((1,),)
    assert result.bound <= result.solution.cost == 110  # 70 + 20 + 20


@pytest.mark.parametrize("seed", seeds(20, in_all=60))
def test_given_routes_are_priced_as_by_the_naive_twin(seed: int):
    problem = random_problem(seed, max_orders=5)
    rng = np.random.default_rng(seed)
    shift_of = rng.integers(-1, problem.n_shifts, size=problem.n_orders)
    shift_of = np.where(problem.order_lock_shift == NO_LOCK, shift_of, problem.order_lock_shift)
    routes = tuple(tuple(np.flatnonzero(shift_of == shift).tolist()) for shift in range(problem.n_shifts))
    judged = naive_evaluate(problem, routes)
    if judged is None:
        with pytest.raises(InfeasibleRouteError, match="expected routes that are feasible and hold every lock"):
            price_exactly(problem, routes)
    else:
        assert price_exactly(problem, routes).total == judged.cost


@pytest.mark.parametrize("feature", FEATURES)
def test_each_feature_alone_is_modelled(feature: str):
    for seed in range(3):
        problem = random_problem(seed, n_orders=4, features={feature})
        assert solve_exactly(problem).solution.cost == brute_force(problem).cost


@pytest.mark.slow
def test_every_feature_of_random_problems_matters_in_an_optimum():
    missing = set(RELAXATIONS)
    for seed in range(300):
        problem = random_problem(seed)
        best = solve_exactly(problem).solution
        free = replace(
            problem,
            order_lock_shift=np.full_like(problem.order_lock_shift, -1),
            locked_routes=((),) * problem.n_shifts,
        )
        cost_without_locks = solve_exactly(free).solution.cost
        for name in sorted(missing):
            unchanged, cost = (problem, best.cost) if name == "locks" else (free, cost_without_locks)
            if solve_exactly(RELAXATIONS[name](unchanged)).solution.cost != cost:
                missing.discard(name)
        if not missing:
            return
    assert missing == set()
