"""Why a visit is late: which promise, whether anybody could still keep it, and what keeping it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from dispatch.planner.alternatives import Alternative, Alternatives
from dispatch.planner.encode import Encoded
from dispatch.policy.promise import Promise
from solver.cost import RouteTimer
from solver.problem import NEVER_S, NOT_ELIGIBLE, UNREACHABLE_S
from solver.solution import Routes


@dataclass(frozen=True, kw_only=True)
class Alone:
    """The earliest visit that anybody could make with nothing else to do."""

    technician: str
    shift: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class WhyLate:
    """Why a visit ends after it is due.

    Attributes
    ----------
    promise
        The one that is missed; None = the order's own due time.
    earliest
        None = nobody could serve it, whatever the time.
    possible_until
        By then somebody able had to set out, from where their route starts, with nothing else to do: later nobody can
        keep `due`. None = never, since its windows open too late, or nobody is able.
    on_time
        The cheapest place in the plan as it is where it ends in time; None = there is none.
    """

    due: datetime
    promise: Promise | None
    earliest: Alone | None
    possible_until: datetime | None
    on_time: Alternative | None

    @property
    def is_possible(self) -> bool:
        """Whether somebody with nothing else to do would be in time."""
        return self.earliest is not None and self.earliest.end <= self.due


def why_late(encoded: Encoded, routes: Routes, timer: RouteTimer, number: int, *, zone: tzinfo) -> WhyLate | None:
    """Return why order `number` is late in feasible `routes`; None if nothing is promised.

    Parameters
    ----------
    zone
        In which moments are told.
    """
    terms = encoded.terms[number]
    if terms.due.due is None:
        return None
    on_time = Alternatives(encoded, routes, timer, number, zone=zone).by_technician(on_time=True)
    until_s = _possible_until_s(encoded, number)
    return WhyLate(
        due=terms.due.due,
        promise=next((promise for promise in terms.due.promises if promise.due == terms.due.due), None),
        earliest=_earliest(encoded, timer, number, zone),
        possible_until=None if until_s is None else encoded.epoch.instant_of(until_s, zone),
        on_time=on_time[0] if on_time else None,
    )


def _able(encoded: Encoded, number: int) -> list[int]:
    able: list[int] = np.flatnonzero(encoded.problem.eligibility[number] != NOT_ELIGIBLE).tolist()
    return able


def _earliest(encoded: Encoded, timer: RouteTimer, number: int, zone: tzinfo) -> Alone | None:
    tried = ((shift, timer.time_route(shift, (number,))) for shift in _able(encoded, number))
    ends = [(timed.visits[0].end_s, shift, timed.visits[0].start_s) for shift, timed in tried if timed is not None]
    if not ends:
        return None
    end_s, shift, start_s = min(ends)
    technician, name = encoded.shifts[shift].key
    epoch = encoded.epoch
    return Alone(
        technician=technician, shift=name, start=epoch.instant_of(start_s, zone), end=epoch.instant_of(end_s, zone)
    )


def _possible_until_s(encoded: Encoded, number: int) -> int | None:
    """Return the latest departure of anybody able that ends in time; breaks and shifts are not looked at."""
    problem = encoded.problem
    first, last = problem.order_window_first[number : number + 2]
    latest: int | None = None
    for shift in _able(encoded, number):
        permille = int(problem.shift_service_permille[shift])
        service_s = -(-int(problem.order_service_s[number]) * permille // 1000)
        start_s = int(problem.order_due_s[number]) - service_s
        usable = [
            min(start_s, int(problem.window_close_s[window]))
            for window in range(first, last)
            if problem.window_open_s[window] <= start_s < NEVER_S
        ]
        way_s = int(
            problem.travel_s[
                problem.shift_profile[shift], problem.shift_start_location[shift], problem.order_location[number]
            ]
        )
        if usable and way_s < UNREACHABLE_S:
            latest = max(usable[-1] - way_s, latest if latest is not None else usable[-1] - way_s)
    return latest
