"""A bound never exceeds the optimum, whatever features of the model are on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver import bounds
from solver.bounds import lower_bound
from solver.exact import solve_exactly
from solver.solve import solve
from solver.stop import IterationLimit
from tests.brute_force import brute_force
from tests.random_problems import FEATURES, random_problem
from tests.seeds import seeds

ITERATIONS = 3_000
LATE_DEPARTURE_FEATURES = {
    "windows",
    "max_visits",
    "service_permille",
    "eligibility",
    "work_time",
    "shift_used",
    "profiles",
}
"""What goes with `departure_keeps_end`."""


def no_limit() -> float:
    return 0.0


@pytest.mark.parametrize("seed", seeds(20, in_all=120))
def test_bound_is_at_most_the_cost_of_the_best_of_all_solutions(seed: int):
    problem = random_problem(seed, max_orders=5)
    optimum = brute_force(problem).cost
    assert lower_bound(problem, limit_s=1, clock=no_limit).value <= optimum


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 260))
def test_bound_is_at_most_the_optimum_of_the_oracle(seed: int):
    problem = random_problem(seed)
    exact = solve_exactly(problem)
    bound = lower_bound(problem, limit_s=1, clock=no_limit, incumbent=exact.solution.routes)
    assert exact.proven
    assert bound.value <= exact.solution.cost


@pytest.mark.parametrize("first_seed", seeds(1, in_all=20))
def test_bound_is_at_most_what_the_search_finds_and_mostly_equal(first_seed: int):
    closed = 0
    for seed in range(10_000 + 100 * first_seed, 10_100 + 100 * first_seed):
        problem = random_problem(seed)
        found = solve(problem, stop=IterationLimit(ITERATIONS), seed=seed).solution
        bound = lower_bound(problem, limit_s=1, clock=no_limit, incumbent=found.routes if seed % 2 else None)
        assert bound.value <= found.cost
        closed += bound.value == found.cost
    assert closed >= 90  # measured: 97 to 100


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(10))
def test_bound_is_at_most_what_the_search_finds_with_every_feature_on(first_seed: int):
    for seed in range(100 * first_seed, 100 * first_seed + 100):
        problem = random_problem(seed, features=set(FEATURES) - {"unreachable"})
        found = solve(problem, stop=IterationLimit(ITERATIONS), seed=seed).solution
        bound = lower_bound(problem, limit_s=1, clock=no_limit, incumbent=found.routes)
        assert bound.value <= found.cost


@pytest.mark.parametrize("seed", seeds(10, in_all=100))
def test_bound_is_at_most_the_optimum_where_routes_depart_as_late_as_keeps_their_end(seed: int):
    problem = random_problem(seed, max_orders=4, features=LATE_DEPARTURE_FEATURES)
    limits_s = np.full(problem.n_shifts, 40 + seed % 40, np.int64)
    late = replace(problem, departure_keeps_end=True, shift_max_duration_s=limits_s)
    assert lower_bound(late, limit_s=1, clock=no_limit).value <= brute_force(late).cost


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", seeds(1, in_all=10))
def test_bound_of_pricing_that_is_given_up_is_at_most_what_the_search_finds(
    first_seed: int, monkeypatch: pytest.MonkeyPatch
):
    for seed in range(20_000 + 100 * first_seed, 20_100 + 100 * first_seed):
        monkeypatch.setattr(bounds, "MAX_LABELS", 2 + seed % 30)
        problem = random_problem(seed)
        found = solve(problem, stop=IterationLimit(ITERATIONS), seed=seed).solution
        assert lower_bound(problem, limit_s=1, clock=no_limit).value <= found.cost
