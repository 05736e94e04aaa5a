"""What it would take to serve an order that the plan leaves out: the cheapest insertion, or what it would displace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.cost import RouteTimer
from solver.problem import I64, LAST_STOP, NO_LOCK, Problem
from solver.solution import Routes

MOST_SHIFTS: Final = 12
"""So many shifts, those with the shortest detour to the order, are tried with every position."""
MOST_DISPLACING: Final = 4
"""In so many of them each visit in turn is taken out to make room."""


@dataclass(frozen=True, kw_only=True)
class Insertion:
    """The cheapest way found to serve an order.

    Attributes
    ----------
    shift
        Where.
    route_cost
        What the route costs more with the order (and without `displaced`); negative = less.
    displaced
        Order that drops out for it; None = the order fits as it is.
    """

    shift: int
    route_cost: int
    displaced: int | None = None


class Gaps:
    """The gaps of a plan: places between two stops where a visit might go.

    Parameters
    ----------
    problem, routes
        The routes are feasible.
    """

    def __init__(self, problem: Problem, routes: Routes, timer: RouteTimer) -> None:
        self._problem = problem
        self._routes = routes
        self._left_out_cost = problem.order_left_out_cost
        self._timer = timer
        gaps = [gap for shift, route in enumerate(routes) for gap in _gaps_of(problem, shift, route)]
        self._shift, self._from, self._to = np.array(gaps, np.int64).reshape(len(gaps), 3).T
        self._cost_of_shift = [
            timed.terms.total if route and (timed := timer.time_route(shift, route)) else 0
            for shift, route in enumerate(routes)
        ]

    def cheapest(self, order: int, able_shifts: I64) -> Insertion | None:
        """Return the cheapest way found to serve `order` on one of `able_shifts`; None if none was found.

        Only if no insertion is cheaper than leaving the order out, others are displaced for it.
        """
        near = self._nearest(order, able_shifts)
        fitting = [found for shift in near if (found := self._insertion(order, shift, None)) is not None]
        cheapest = min(fitting, key=self.price, default=None)
        if cheapest is not None and self.price(cheapest) < self._left_out_cost[order]:
            return cheapest
        displacing = [
            found
            for shift in near[:MOST_DISPLACING]
            for visited in self._routes[shift]
            if self._problem.order_lock_shift[visited] == NO_LOCK
            and (found := self._insertion(order, shift, visited)) is not None
        ]
        return min([*fitting, *displacing], key=self.price, default=None)

    def price(self, insertion: Insertion) -> int:
        """Return what the plan costs more with an insertion, apart from the order's own price if it is left out."""
        displaced = insertion.displaced
        return insertion.route_cost + (0 if displaced is None else int(self._left_out_cost[displaced]))

    def _nearest(self, order: int, able_shifts: I64) -> list[int]:
        """Return the able shifts with the shortest detours, shortest first."""
        problem, location = self._problem, self._problem.order_location[order]
        candidates = np.flatnonzero(np.isin(self._shift, able_shifts))
        profile = problem.shift_profile[self._shift[candidates]]
        begin, end = self._from[candidates], self._to[candidates]
        is_open = end == LAST_STOP
        onward_s = np.where(is_open, 0, problem.travel_s[profile, location, end])
        direct_s = np.where(is_open, 0, problem.travel_s[profile, begin, end])
        detour_s = problem.travel_s[profile, begin, location].astype(np.int64) + onward_s - direct_s
        by_detour = self._shift[candidates[np.argsort(detour_s, kind="stable")]]
        return [int(shift) for shift in dict.fromkeys(by_detour.tolist())][:MOST_SHIFTS]

    def _insertion(self, order: int, shift: int, displaced: int | None) -> Insertion | None:
        """Return the cheapest position in one route, `displaced` taken out of it."""
        route = tuple(visited for visited in self._routes[shift] if visited != displaced)
        tries = (self._timer.time_route(shift, (*route[:at], order, *route[at:])) for at in range(len(route) + 1))
        costs = [timed.terms.total for timed in tries if timed is not None]
        if not costs:
            return None
        return Insertion(shift=shift, route_cost=min(costs) - self._cost_of_shift[shift], displaced=displaced)


def _gaps_of(problem: Problem, shift: int, route: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(shift, location before, location after) of each gap of a route."""
    start, end = int(problem.shift_start_location[shift]), int(problem.shift_end_location[shift])
    visited = [int(problem.order_location[order]) for order in route]
    for before, after in zip([start, *visited], [*visited, end], strict=True):
        yield shift, before, after
