"""The core times and prices every route as the naive twin does."""

from __future__ import annotations

import numpy as np
import pytest

from solver.cost import RouteTimer
from solver.errors import InfeasibleRouteError
from solver.problem import NO_LOCK, NOT_ELIGIBLE, Problem
from solver.solution import Routes, TimedRoute
from tests.naive import naive_evaluate, naive_time_route
from tests.random_problems import random_problem

ROUTES_PER_PROBLEM = 20


def random_route(problem: Problem, shift: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Draw up to 5 orders that the shift may serve, most often few and in the order of their windows."""
    first = problem.order_window_first
    candidates = [
        j
        for j in range(problem.n_orders)
        if problem.eligibility[j, shift] != NOT_ELIGIBLE
        and problem.order_lock_shift[j] in (NO_LOCK, shift)
        and first[j] < first[j + 1]
    ]
    route = rng.permutation(candidates)[: 1 + min(rng.geometric(0.45), 4)].tolist()
    if rng.random() < 0.5:
        route.sort(key=lambda j: problem.window_close_s[first[j + 1] - 1])
    return tuple(int(j) for j in route)


def assert_same_route(core: TimedRoute | None, naive: TimedRoute | None) -> None:
    """Both are infeasible, or cost the same; timings may differ where several cost the same."""
    assert (core is None) == (naive is None)
    if core is None or naive is None:
        return
    assert core.terms.total == naive.terms.total
    if core.breaks == naive.breaks and core.depot == naive.depot and core.departure_s == naive.departure_s:
        assert core == naive


def compare_routes(seed: int) -> int:
    """Compare random routes of one problem; gives how many of them are feasible."""
    problem = random_problem(seed)
    timer = RouteTimer(problem)
    rng = np.random.default_rng(seed)
    n_feasible = 0
    for _ in range(ROUTES_PER_PROBLEM):
        shift = int(rng.integers(problem.n_shifts))
        route = random_route(problem, shift, rng)
        if not route:
            continue
        core = timer.time_route(shift, route)
        assert_same_route(core, naive_time_route(problem, shift, route))
        n_feasible += core is not None
    return n_feasible


def compare_solutions(seed: int) -> bool:
    """Compare the evaluation of random routes of all shifts; gives whether they are feasible."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    routes = random_routes(problem, rng)
    naive = naive_evaluate(problem, routes)
    try:
        core = RouteTimer(problem).evaluate(routes)
    except InfeasibleRouteError:
        assert naive is None
        return False
    assert naive is not None
    assert (core.routes, core.unassigned, core.cost) == (naive.routes, naive.unassigned, naive.cost)
    return True


def random_routes(problem: Problem, rng: np.random.Generator) -> Routes:
    routes: list[tuple[int, ...]] = []
    seen: set[int] = set()
    for shift in range(problem.n_shifts):
        if rng.random() < 0.3:
            route = problem.locked_routes[shift]
        else:
            fresh = [j for j in random_route(problem, shift, rng) if j not in seen]
            locked = [j for j in problem.locked_routes[shift] if j not in fresh]
            route = (*locked, *fresh)
        seen.update(route)
        routes.append(route)
    return tuple(routes)


@pytest.mark.parametrize("first_seed", range(0, 150, 50))
def test_routes_are_timed_as_by_the_naive_twin(first_seed: int):
    n_feasible = sum(compare_routes(seed) for seed in range(first_seed, first_seed + 50))
    assert n_feasible >= 200  # of 1,000: enough to compare


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(10_000, 12_500, 250))
def test_routes_are_timed_as_by_the_naive_twin_at_length(first_seed: int):
    for seed in range(first_seed, first_seed + 250):
        compare_routes(seed)


def test_solutions_are_priced_as_by_the_naive_twin():
    n_feasible = sum(compare_solutions(seed) for seed in range(500))
    assert n_feasible >= 50
