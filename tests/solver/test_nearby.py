"""What lies near what is found once for problems that differ in prices alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solver.nearby import Nearby
from solver.problem import Prices
from solver.solve import solve
from solver.stop import IterationLimit
from tests.random_problems import random_problem


def test_a_search_is_the_same_whoever_found_what_lies_near() -> None:
    problem = random_problem(7)
    given = solve(problem, stop=IterationLimit(400), nearby=Nearby.of(problem))
    found = solve(problem, stop=IterationLimit(400))
    assert given.solution.routes == found.solution.routes


def test_prices_and_due_times_have_no_say() -> None:
    problem = random_problem(7)
    dearer = replace(problem, order_missed_cost=2 * problem.order_missed_cost, prices=Prices(overtime=9))
    nearby = Nearby.of(problem)
    assert nearby.fits(dearer)
    given = solve(dearer, stop=IterationLimit(400), nearby=nearby)
    assert given.solution.routes == solve(dearer, stop=IterationLimit(400)).solution.routes


def test_what_was_found_for_another_problem_is_refused() -> None:
    problem = random_problem(7)
    slower = replace(problem, travel_s=2 * problem.travel_s)
    with pytest.raises(ValueError, match="nearby was found for a problem that differs in more than prices"):
        solve(slower, stop=IterationLimit(1), nearby=Nearby.of(problem))
