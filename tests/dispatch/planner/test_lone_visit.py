"""The quick judgement of lone visits agrees with the naive twin on random problems."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dispatch.planner.alone import alone
from dispatch.planner.lone_visit import LoneVisit
from solver.cost import RouteTimer
from solver.problem import NO_LOCK, Problem
from tests.naive import naive_time_route
from tests.random_problems import random_problem
from tests.seeds import seeds


def naive(problem: Problem, order: int, shift: int, *, with_travel: bool, with_equipment: bool) -> bool:
    cut = alone(problem, shift, [order])
    if not with_travel:
        cut = replace(cut, travel_s=np.zeros_like(cut.travel_s))
    if not with_equipment:
        cut = replace(cut, order_parts=np.zeros_like(cut.order_parts), order_tools=np.zeros_like(cut.order_tools))
    return naive_time_route(cut, 0, [0]) is not None


@pytest.mark.parametrize("seed", seeds(20, in_all=60))
@pytest.mark.parametrize(("with_travel", "with_equipment"), [(True, True), (True, False), (False, False)])
def test_quick_judgement_of_lone_visits_is_exact(seed: int, with_travel: bool, with_equipment: bool) -> None:
    problem = random_problem(seed)
    problem = replace(problem, order_lock_shift=np.full_like(problem.order_lock_shift, NO_LOCK))
    everywhere = np.ones(problem.n_shifts, np.bool_)
    for order in range(problem.n_orders):
        found = LoneVisit(RouteTimer(problem), order).feasible_shifts(
            everywhere, with_travel=with_travel, with_equipment=with_equipment
        )
        expected = [
            naive(problem, order, shift, with_travel=with_travel, with_equipment=with_equipment)
            for shift in range(problem.n_shifts)
        ]
        assert found.tolist() == expected


def test_shifts_that_are_not_asked_for_are_not_reported() -> None:
    problem = random_problem(1)
    assert not LoneVisit(RouteTimer(problem), 0).feasible_shifts(np.zeros(problem.n_shifts, np.bool_)).any()
