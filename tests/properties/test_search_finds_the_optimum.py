"""On problems small enough to be solved exactly the search finds the optimum."""

from __future__ import annotations

import pytest

from solver.exact import solve_exactly
from solver.solve import solve
from solver.stop import IterationLimit
from tests.naive import naive_evaluate
from tests.random_problems import random_problem
from tests.seeds import seeds

ITERATIONS = 20_000


def assert_search_finds_the_optimum(seed: int) -> None:
    problem = random_problem(seed)
    exact = solve_exactly(problem)
    found = solve(problem, stop=IterationLimit(ITERATIONS), seed=seed).solution
    judged = naive_evaluate(problem, found.routes)
    assert exact.proven
    assert judged is not None
    assert judged.cost == found.cost
    assert found.cost == exact.solution.cost


@pytest.mark.parametrize("seed", seeds(15, in_all=40))
def test_search_finds_the_optimum(seed: int):
    assert_search_finds_the_optimum(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first_seed", range(1_000, 1_300, 20))
def test_search_finds_the_optimum_at_length(first_seed: int):
    for seed in range(first_seed, first_seed + 20):
        assert_search_finds_the_optimum(seed)
