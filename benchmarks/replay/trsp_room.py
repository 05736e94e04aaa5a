"""Room for requests that may still come: copies of known ones, planned along at a low price and never carried out.

One scenario a search, in the manner of Bent and Van Hentenryck (2004), "Scenario-based planning for partially dynamic
vehicle routing with stochastic customers": a plan that could serve the copies, too, can serve others like them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.replay.trsp_crew import Crew, Remaining
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit


def plan_with_room(
    crew: Crew,
    left: Remaining,
    start: Routes,
    *,
    copied: Sequence[int],
    now_s: int,
    iterations: int,
    seed: int,
) -> Routes:
    """Search for the best way to do what is left and, where that is cheap, the copies; return the routes without them.

    Parameters
    ----------
    start
        Plan in force, by position in `left`.
    copied
        Orders of the static problem to plan along; leaving one out costs as much as the longest leg.
    """
    first, count = len(left.orders), len(copied)
    crowded = crew.remaining((*left.orders, *copied), now_s=now_s)
    problem = crowded.problem
    unassigned_cost = problem.order_unassigned_cost.copy()
    unassigned_cost[first : first + count] = problem.prices.work_time * int(problem.travel_s.max())
    problem = replace(problem, order_unassigned_cost=unassigned_cost)
    result = solve(problem, stop=IterationLimit(iterations), seed=seed, initial=crowded.with_pins(start))
    return tuple(
        tuple(order if order < first else order - count for order in route if not first <= order < first + count)
        for route in result.solution.routes
    )


def drawn_copies(
    known: Sequence[int], closes_s: Sequence[int], *, now_s: int, count: int, generator: np.random.Generator
) -> list[int]:
    """Draw known orders whose windows are not over: at most `count`, none twice.

    Parameters
    ----------
    closes_s
        By order.
    """
    possible = [order for order in known if closes_s[order] > now_s]
    return [int(order) for order in generator.choice(possible, size=min(count, len(possible)), replace=False)]
