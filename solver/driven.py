"""Puts routes together for `solver.risk.simulate`: visit by visit, or from the timed routes of a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from solver.problem import I64, NEVER_S, Problem
from solver.risk import SimulatedRoutes
from solver.solution import TimedRoute


@dataclass(frozen=True, kw_only=True)
class DrivenVisit:
    """A visit of a route that is to be simulated; fields as in `SimulatedRoutes`."""

    leg_s: int
    service_s: int
    open_s: int
    close_s: int = NEVER_S
    due_s: int = NEVER_S
    kind: int = 0


@dataclass(frozen=True, kw_only=True)
class DrivenBreak:
    """A break on the way to visit `before` of its route; number of visits = on the way to the end."""

    before: int
    earliest_s: int
    duration_s: int


@dataclass(frozen=True, kw_only=True)
class DrivenRoute:
    """A route that is to be simulated; breaks in the sequence in which they are taken."""

    departure_s: int
    visits: Sequence[DrivenVisit]
    breaks: Sequence[DrivenBreak] = ()
    end_leg_s: int = 0
    shift_end_s: int = NEVER_S


def simulated_routes(routes: Sequence[DrivenRoute]) -> SimulatedRoutes:
    """Return routes as the arrays that are simulated; O(visits)."""
    visits = [visit for route in routes for visit in route.visits]
    breaks = [pause for route in routes for pause in route.breaks]
    return SimulatedRoutes(
        route_first=np.array([0, *accumulate(len(route.visits) for route in routes)], np.int32),
        departure_s=np.array([route.departure_s for route in routes], np.int64),
        leg_s=np.array([visit.leg_s for visit in visits], np.int64),
        service_s=np.array([visit.service_s for visit in visits], np.int64),
        open_s=np.array([visit.open_s for visit in visits], np.int64),
        close_s=np.array([visit.close_s for visit in visits], np.int64),
        due_s=np.array([visit.due_s for visit in visits], np.int64),
        service_kind=np.array([visit.kind for visit in visits], np.int32),
        end_leg_s=np.array([route.end_leg_s for route in routes], np.int64),
        shift_end_s=np.array([route.shift_end_s for route in routes], np.int64),
        break_first=np.array([0, *accumulate(len(route.breaks) for route in routes)], np.int32),
        break_before=np.array([pause.before for pause in breaks], np.int32),
        break_earliest_s=np.array([pause.earliest_s for pause in breaks], np.int64),
        break_duration_s=np.array([pause.duration_s for pause in breaks], np.int64),
    )


def driven_route(
    problem: Problem,
    timed: TimedRoute,
    *,
    kinds: Sequence[int],
    close_s: I64 | None = None,
    service_factor: float = 1.0,
) -> DrivenRoute:
    """Return a timed route of a problem as it is to be simulated.

    Parameters
    ----------
    kinds
        Kind of service of every order of the problem.
    close_s : (n,)
        Last start that is still on time, of every order; None = where the window of the planned start closes.
    service_factor
        How much longer this technician is known to take than planned.
    """
    return DrivenRoute(
        departure_s=timed.departure_s,
        visits=[
            _driven_visit(problem, timed, place, kinds=kinds, close_s=close_s, service_factor=service_factor)
            for place in range(len(timed.visits))
        ],
        breaks=driven_breaks(problem, timed),
        end_leg_s=timed.end_travel_s,
        shift_end_s=int(problem.shift_end_s[timed.shift]),
    )


def _driven_visit(
    problem: Problem, timed: TimedRoute, place: int, *, kinds: Sequence[int], close_s: I64 | None, service_factor: float
) -> DrivenVisit:
    visit, depot = timed.visits[place], timed.depot
    over_depot_s = depot.travel_s if depot is not None and depot.before == place else 0
    first, last = problem.order_window_first[visit.order : visit.order + 2]
    windows = zip(problem.window_open_s[first:last].tolist(), problem.window_close_s[first:last].tolist(), strict=True)
    opens, closes = next(w for w in windows if w[1] >= visit.start_s)
    return DrivenVisit(
        leg_s=over_depot_s + visit.travel_s,
        service_s=round((visit.end_s - visit.start_s) * service_factor),
        open_s=opens,
        close_s=closes if close_s is None else int(close_s[visit.order]),
        due_s=int(problem.order_due_s[visit.order]),
        kind=kinds[visit.order],
    )


def driven_breaks(problem: Problem, timed: TimedRoute) -> list[DrivenBreak]:
    """Return the breaks that the route takes, each with the earliest begin that the shift allows it."""
    first, last = problem.shift_break_first[timed.shift : timed.shift + 2].tolist()
    left = list(range(first, last))
    found = []
    for pause in timed.breaks:
        length = pause.end_s - pause.start_s
        while left and not _is_taken(problem, left[0], pause.start_s, length):
            left.pop(0)  # not needed
        earliest = int(problem.break_earliest_s[left.pop(0)]) if left else pause.start_s
        found.append(DrivenBreak(before=pause.before, earliest_s=earliest, duration_s=length))
    return found


def _is_taken(problem: Problem, number: int, start_s: int, length_s: int) -> bool:
    """Tell whether a break of the shift can be the one taken then."""
    earliest, latest = problem.break_earliest_s[number], problem.break_latest_s[number]
    return bool(problem.break_duration_s[number] == length_s and earliest <= start_s and start_s + length_s <= latest)
