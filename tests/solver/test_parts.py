"""Parts of a problem that threads work on: nothing is lost or done twice, costs add up, runs repeat."""

from __future__ import annotations

import numpy as np
import pytest

import solver.solve
from solver.cost import evaluate
from solver.parts import cut, joined
from solver.problem import Problem
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit
from tests.problems import OrderSpec, ShiftSpec, build_problem
from tests.random_problems import random_problem


@pytest.fixture
def always_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver.solve, "_ORDERS_A_PART", 1)


def some_routes(seed: int) -> tuple[Problem, Routes]:
    problem = random_problem(seed)
    return problem, solve(problem, stop=IterationLimit(20), seed=seed).solution.routes


@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(20))
def test_every_shift_and_every_order_left_out_is_in_one_part(seed: int, count: int) -> None:
    problem, routes = some_routes(seed)
    parts = cut(problem, routes, count, np.random.default_rng(seed))
    assert len(parts) == count
    assert sorted(shift for part in parts for shift in part.shifts) == list(range(problem.n_shifts))
    planned = {order for orders in routes for order in orders}
    assert sorted(order for part in parts for order in part.unassigned) == [
        order for order in range(problem.n_orders) if order not in planned
    ]
    assert joined(parts, [routes] * count, problem.n_shifts) == routes


def test_parts_are_neighbouring_routes_with_as_many_visits() -> None:
    # Orders at 10, 20, ... 80; a route for each two that follow each other.
    problem = build_problem([OrderSpec()] * 8, [ShiftSpec()] * 6)
    routes = ((6, 7), (), (0, 1), (4, 5), (2, 3), ())
    for seed in range(10):
        parts = cut(problem, routes, 2, np.random.default_rng(seed))
        assert {frozenset(shift for shift in part.shifts if routes[shift]) for part in parts} == {
            frozenset({2, 4}),
            frozenset({0, 3}),
        }
        assert [len(part.shifts) for part in parts] == [3, 3]


@pytest.mark.usefixtures("always_parts")
@pytest.mark.parametrize("threads", [2, 3])
@pytest.mark.parametrize("seed", range(30))
def test_the_parts_costs_are_the_plans(seed: int, threads: int) -> None:
    problem = random_problem(seed)
    result = solve(problem, stop=IterationLimit(200), seed=seed, threads=threads)
    assert result.trajectory[-1].cost == result.solution.cost == evaluate(problem, result.solution.routes).cost
    assert solve(
        problem, stop=IterationLimit(100), seed=7, threads=2, initial=result.solution.routes
    ).solution.cost <= (result.solution.cost)


@pytest.mark.usefixtures("always_parts")
def test_slices_of_parts_do_not_alter_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(11, n_orders=7)
    whole = solve(problem, stop=IterationLimit(1_000), seed=5, threads=2)
    monkeypatch.setattr(solver.solve, "_FIXED_SLICE", 7)
    assert solve(problem, stop=IterationLimit(1_000), seed=5, threads=2).solution == whole.solution


@pytest.mark.usefixtures("always_parts")
@pytest.mark.parametrize("seed", range(10))
def test_locked_visits_stay_where_they_are(seed: int) -> None:
    problem = random_problem(seed)
    routes = solve(problem, stop=IterationLimit(300), seed=seed, threads=2).solution.routes
    for locked, orders in zip(problem.locked_routes, routes, strict=True):
        assert set(locked) <= set(orders)
