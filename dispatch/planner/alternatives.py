"""Where else an order could go as the plan stands: the cheapest place with each technician, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo

import numpy as np

from dispatch.planner.encode import Encoded
from solver.cost import RouteTimer, terms_of_unassigned
from solver.problem import NOT_ELIGIBLE
from solver.solution import CostTerms, Routes, TimedRoute


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """Another place for an order; all other visits keep their technician and sequence.

    Attributes
    ----------
    extra_cost
        What the plan costs more with it than as it is; negative = less.
    extra_by_term
        The same by cost term, without those that do not change.
    is_late
        Whether the visit ends after it is due.
    newly_late
        Other orders whose visits end after they are due, and did not before.
    """

    technician: str
    shift: str
    start: datetime
    end: datetime
    extra_cost: int
    extra_by_term: dict[str, int]
    is_late: bool
    newly_late: tuple[str, ...]


class Alternatives:
    """The places for one order in the routes of a plan, each timed exactly: O(visits) routes.

    Parameters
    ----------
    routes
        Of the plan. The order may be in none of them. A route that breaks a rule has no place to tell the cost of.
    zone
        In which moments are told.
    """

    def __init__(self, encoded: Encoded, routes: Routes, timer: RouteTimer, number: int, *, zone: tzinfo) -> None:
        self._encoded, self._routes, self._timer, self._zone = encoded, routes, timer, zone
        self._number = number
        self._at = next((shift for shift, route in enumerate(routes) if number in route), None)
        if self._at is None:
            self._without: tuple[int, ...] = ()
            self._saved: CostTerms | None = terms_of_unassigned(encoded.problem, [number])
            self._left: CostTerms | None = CostTerms()
        else:
            self._without = tuple(order for order in routes[self._at] if order != number)
            self._saved = self._terms(self._at, routes[self._at])
            self._left = self._terms(self._at, self._without)

    def by_technician(self, *, on_time: bool = False) -> tuple[Alternative, ...]:
        """Return the cheapest place with each technician who can take the order as things are, the cheapest first.

        For the technician who has it already that is another place than the present one.

        Parameters
        ----------
        on_time
            Only places where the visit ends by its due time.
        """
        cheapest: dict[str, Alternative] = {}
        for shift in np.flatnonzero(self._encoded.problem.eligibility[self._number] != NOT_ELIGIBLE).tolist():
            found = self._cheapest_on(shift, on_time=on_time)
            if found is not None:
                known = cheapest.setdefault(found.technician, found)
                if found.extra_cost < known.extra_cost:
                    cheapest[found.technician] = found
        return tuple(sorted(cheapest.values(), key=lambda one: (one.extra_cost, one.start)))

    def _cheapest_on(self, shift: int, *, on_time: bool) -> Alternative | None:
        """Return the cheapest place on one shift; None if the order fits nowhere."""
        route = self._without if shift == self._at else self._routes[shift]
        base = self._base(shift)
        if base is None:
            return None
        best: TimedRoute | None = None
        for at in range(len(route) + 1):
            longer = (*route[:at], self._number, *route[at:])
            if longer == self._routes[shift]:
                continue
            timed = self._timed(shift, longer)
            if timed is None or (on_time and timed.visits[at].end_s > self._encoded.problem.order_due_s[self._number]):
                continue
            if best is None or timed.terms.total < best.terms.total:
                best = timed
        return None if best is None else self._told(shift, best, base)

    def _base(self, shift: int) -> CostTerms | None:
        """Return what a route of this shift with the order may cost for the plan to cost the same; None = not known."""
        if shift == self._at:
            return self._saved
        own = self._terms(shift, self._routes[shift])
        if own is None or self._saved is None or self._left is None:
            return None
        return _minus(self._saved + own, self._left)

    def _told(self, shift: int, timed: TimedRoute, base: CostTerms) -> Alternative:
        encoded = self._encoded
        technician, name = encoded.shifts[shift].key
        due_s = encoded.problem.order_due_s
        late = {visit.order for visit in timed.visits if visit.end_s > due_s[visit.order]}
        before = self._timed(shift, self._routes[shift])
        late_before = set() if before is None else {v.order for v in before.visits if v.end_s > due_s[v.order]}
        visit = next(visit for visit in timed.visits if visit.order == self._number)
        return Alternative(
            technician=technician,
            shift=name,
            start=encoded.epoch.instant_of(visit.start_s, self._zone),
            end=encoded.epoch.instant_of(visit.end_s, self._zone),
            extra_cost=timed.terms.total - base.total,
            extra_by_term=difference_by_term(timed.terms, base),
            is_late=self._number in late,
            newly_late=tuple(encoded.order_ids[order] for order in sorted(late - late_before - {self._number})),
        )

    def _terms(self, shift: int, route: Sequence[int]) -> CostTerms | None:
        """Return the cost of a route, an empty one's too; None if it breaks a rule."""
        if not route:
            return CostTerms()
        timed = self._timed(shift, route)
        return None if timed is None else timed.terms

    def _timed(self, shift: int, route: Sequence[int]) -> TimedRoute | None:
        return self._timer.time_route(shift, route) if route else None


def difference_by_term(one: CostTerms, other: CostTerms) -> dict[str, int]:
    """Return by how much each term of `one` exceeds that of `other`, without those that are equal."""
    extra = _minus(one, other)
    by_term = {field.name: int(getattr(extra, field.name)) for field in fields(CostTerms)}
    return {term: change for term, change in by_term.items() if change}


def _minus(one: CostTerms, other: CostTerms) -> CostTerms:
    return CostTerms(
        **{field.name: getattr(one, field.name) - getattr(other, field.name) for field in fields(CostTerms)}
    )
