"""The problems that are timed: a long road with any number of visits, and synthetic days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

import numpy as np

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from benchmarks.instances.plain import PlainOrders, PlainShifts, plain_problem
from dispatch.domain.request import Request
from dispatch.planner.encode import encode
from dispatch.policy.settings import effective_policy
from solver.problem import ELIGIBLE, Prices, Problem
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit

Size = Literal["district", "city"]

_LEG_S: Final = 600
_SERVICE_S: Final = 1_800
_BREAK_S: Final = 1_800
_SETTLING: Final[dict[Size, int]] = {"district": 3_000, "city": 2_000}
"""Iterations until a day's routes look like those of a plan."""


def road(visits: int, *, has_breaks: bool) -> Problem:
    """Make a problem of one shift: orders one leg apart on a road, each with a due time that its visit just misses.

    With breaks there is one after every sixth visit or so, in a window of two visits' time.
    """
    places = np.arange(visits + 1, dtype=np.int32)
    moments_s = (places[1:].astype(np.int64)) * (_LEG_S + _SERVICE_S)
    end_s = int(moments_s[-1]) * 3
    plain = plain_problem(
        legs=(_LEG_S * np.abs(places[:, np.newaxis] - places)).astype(np.int32),
        orders=PlainOrders(
            location=places[1:],
            service_s=np.full(visits, _SERVICE_S, np.int32),
            open_s=np.zeros(visits, np.int64),
            close_s=np.full(visits, end_s, np.int64),
            parts=np.zeros((visits, 0), np.int32),
            tools=np.zeros((visits, 0), np.bool_),
        ),
        shifts=PlainShifts(
            location=np.zeros(1, np.int32),
            open_s=np.zeros(1, np.int64),
            close_s=np.full(1, end_s, np.int64),
            parts=np.zeros((1, 0), np.int32),
            tools=np.zeros((1, 0), np.bool_),
        ),
        eligibility=np.full((visits, 1), ELIGIBLE, np.uint8),
        prices=Prices(),
    )
    due = replace(plain, order_due_s=moments_s - 1, order_missed_cost=np.full(visits, 10_000, np.int64))
    if not has_breaks:
        return due
    earliest_s = moments_s[2::6]
    return replace(
        due,
        shift_break_first=np.array([0, len(earliest_s)], np.int32),
        break_earliest_s=earliest_s,
        break_latest_s=earliest_s + 2 * (_LEG_S + _SERVICE_S) + _BREAK_S,
        break_duration_s=np.full(len(earliest_s), _BREAK_S, np.int64),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Day:
    """A synthetic day: the request, its problem, and routes as a short search leaves them."""

    request: Request
    problem: Problem
    routes: Routes


@cache
def day(size: Size) -> Day:
    """Generate a day at load 0.9 and search it for a fixed number of iterations: the same day each time."""
    request = generate_city(CitySpec(size=size, seed=7, load=0.9))
    problem = encode(request, effective_policy(request)).problem
    routes = solve(problem, stop=IterationLimit(_SETTLING[size])).solution.routes
    return Day(request=request, problem=problem, routes=routes)
