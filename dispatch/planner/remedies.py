"""What would help an order that is in no route or late: the least change of each kind, verified by planning with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np

from dispatch.domain.request import Request
from dispatch.planner.encode import Encoded
from dispatch.planner.levers import Lever, RemedyKind, lever_of_excluded, levers_of_able, levers_of_order
from dispatch.planner.vicinity import NEAREST_SHIFTS, Solved, Vicinity, nearest_shifts
from dispatch.policy.eligibility import exclusions
from dispatch.policy.settings import Policy
from dispatch.policy.windows import hard_hold
from solver.errors import InfeasibleRouteError
from solver.problem import NOT_ELIGIBLE
from solver.solution import Routes

_MOST_OF_KIND: Final = 2
_TECHNICIANS_TRIED: Final = 4
"""For each kind of change so many technicians are tried, the nearest first, until two remedies are found."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A change with which the order is served, and in time if it is late now, at a lower cost than without.

    Attributes
    ----------
    steps
        How much of it: 5 minutes of a shift, 15 minutes of a window or an agreed time, one part or visit. One step less
        does not suffice, as far as the same search can tell.
    technician, shift, start, end
        The visit then.
    saves
        By how much the best plan found with it is cheaper than the best one found without.
    """

    kind: RemedyKind
    text: str
    steps: int
    technician: str
    shift: str
    start: datetime
    end: datetime
    saves: int


@dataclass(frozen=True, kw_only=True)
class Remedies:
    """What would help an order.

    Attributes
    ----------
    needs_none
        A longer search is enough: planning the vicinity anew has found a better plan with the order, without a change.
    """

    order: str
    needs_none: bool
    remedies: tuple[Remedy, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The remedies in words, as in the plan's `unassigned`."""
        return tuple(remedy.text for remedy in self.remedies)


def remedies_for(encoded: Encoded, request: Request, policy: Policy, routes: Routes, number: int) -> Remedies:
    """Return what would help order `number`.

    The shifts around it are cut out of the plan and planned again with more and more of each change; bisection gives
    the least that suffices. A remedy counts only if the same routes are impossible or dearer without it.

    Parameters
    ----------
    policy
        The effective one.
    routes
        Of a plan; feasible.
    """
    if hard_hold(request.orders[number], request):
        return Remedies(order=encoded.order_ids[number], needs_none=False, remedies=())
    levers, shifts = _levers(encoded, request, routes, number)
    vicinity = Vicinity.of(encoded, request, policy, routes, number=number, shifts=shifts)
    trial = _Trial(vicinity=vicinity, base=vicinity.solve(), request=request)
    if trial.needs_none():
        return Remedies(order=vicinity.order, needs_none=True, remedies=())
    found: list[Remedy] = []
    count: Counter[RemedyKind] = Counter()
    for lever in levers:
        if count[lever.kind] < _MOST_OF_KIND:
            remedy = trial.least(lever)
            if trial.needs_none():
                return Remedies(order=vicinity.order, needs_none=True, remedies=())
            if remedy is not None:
                found.append(remedy)
                count[lever.kind] += 1
    return Remedies(order=vicinity.order, needs_none=False, remedies=tuple(found))


@dataclass(eq=False)
class _Trial:
    """Tries changes in one vicinity; `base` is the best plan of it that is known without any."""

    vicinity: Vicinity
    base: Solved
    request: Request

    def needs_none(self) -> bool:
        return self.base.is_served_on_time

    def least(self, lever: Lever) -> Remedy | None:
        """Return the remedy of the fewest steps; None if the most do not suffice."""
        high, best = lever.most, self._solved(lever, lever.most)
        if best is None:
            return None
        low = 1
        while low < high:
            middle = (low + high) // 2
            fewer = self._solved(lever, middle)
            if fewer is None:
                low = middle + 1
            else:
                high, best = middle, fewer
        placed = best.placed
        if placed is None:
            return None
        route, visit = placed
        technician, shift = best.encoded.shifts[route.shift].key
        epoch, zone = best.encoded.epoch, self.request.zone
        return Remedy(
            kind=lever.kind,
            text=lever.text(self.request, high),
            steps=high,
            technician=technician,
            shift=shift,
            start=epoch.instant_of(visit.start_s, zone),
            end=epoch.instant_of(visit.end_s, zone),
            saves=self.base.cost - best.cost,
        )

    def _solved(self, lever: Lever, steps: int) -> Solved | None:
        """Return the plan with a change if it helps: the order is served in time, for less, thanks to the change."""
        solved = self.vicinity.solve(lever.applied(self.vicinity.request, steps), start=self.base.solution.routes)
        self._look_without(solved)
        return solved if solved.is_served_on_time and solved.cost < self.base.cost else None

    def _look_without(self, solved: Solved) -> None:
        """Take the routes found with a change as the base, if they are legal and better without it."""
        try:
            solution = self.base.timer.evaluate(solved.solution.routes)
        except InfeasibleRouteError:
            return
        if solution.cost < self.base.cost:
            self.base = replace(self.base, solution=solution)


def _levers(encoded: Encoded, request: Request, routes: Routes, number: int) -> tuple[list[Lever], list[int]]:
    """Return what may help, what is most usual first, and the shifts that have a part in it."""
    order = request.orders[number]
    able = np.flatnonzero(encoded.problem.eligibility[number] != NOT_ELIGIBLE)
    near = nearest_shifts(encoded, routes, number, able)[:NEAREST_SHIFTS]
    excluded = list(_of_excluded(encoded, request, routes, number))
    if order.required_technician is not None:
        anybody = order.model_copy(update={"required_technician": None})
        may = [shift for shift, one in enumerate(encoded.shifts) if not exclusions(anybody, one.technician, request)]
        near += nearest_shifts(encoded, routes, number, may)[:NEAREST_SHIFTS]
    levers = [
        *(
            lever
            for shift in near[:_TECHNICIANS_TRIED]
            for lever in levers_of_able(order, encoded.shifts[shift].technician, encoded.shifts[shift].shift, request)
        ),
        *levers_of_order(order, request),
        *(lever for lever, _ in excluded),
    ]
    return levers, [*near, *(shift for _, shift in excluded)]


def _of_excluded(encoded: Encoded, request: Request, routes: Routes, number: int) -> Iterator[tuple[Lever, int]]:
    """Yield, for each rule, what would let the nearest technicians go whom it alone excludes, and their shifts."""
    order = request.orders[number]
    eligibility = encoded.problem.eligibility[number]
    lever_of: dict[str, Lever | None] = {
        technician.id: lever_of_excluded(order, technician, request) for technician in request.technicians
    }
    shifts = [
        shift
        for shift, planned in enumerate(encoded.shifts)
        if eligibility[shift] == NOT_ELIGIBLE and lever_of[planned.technician.id] is not None
    ]
    tried: Counter[RemedyKind] = Counter()
    for shift in nearest_shifts(encoded, routes, number, shifts):
        lever = lever_of[encoded.shifts[shift].technician.id]
        if lever is not None and tried[lever.kind] < _TECHNICIANS_TRIED:
            tried[lever.kind] += 1
            yield lever, shift
