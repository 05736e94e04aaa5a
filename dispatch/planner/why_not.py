"""Why not this technician: what rules them out, or what having them go costs, term by term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from dispatch.domain.plan import Reason, ReasonCode
from dispatch.domain.request import Request
from dispatch.planner.alternatives import Alternative, Alternatives, difference_by_term
from dispatch.planner.encode import Encoded
from dispatch.planner.reason_details import Exclusion, detail_of
from dispatch.planner.ruled_out import Exclusions
from dispatch.planner.vicinity import NEAREST_SHIFTS, Vicinity, nearest_shifts
from dispatch.policy.settings import Policy
from solver.cost import RouteTimer
from solver.problem import NO_LOCK, NOT_ELIGIBLE
from solver.solution import Routes


@dataclass(frozen=True, kw_only=True)
class Forced:
    """The best plan found in which a technician serves an order, with the visits around it planned anew.

    Attributes
    ----------
    extra_cost
        What it costs more than the best plan found in the same way without that demand.
    extra_by_term
        The same by cost term, without those that do not change.
    moved
        Other orders that have another technician or shift then than in the plan as it is.
    left_out
        Other orders that are in no route then, and were in one.
    """

    shift: str
    start: datetime
    end: datetime
    extra_cost: int
    extra_by_term: dict[str, int]
    moved: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class WhyNot:
    """Why a technician does not serve an order.

    Attributes
    ----------
    is_served_by
        The technician serves it: nothing has to be explained.
    ruled_out
        The proved reason why the technician cannot; None = could.
    at_once
        The cheapest place among the technician's visits as they are; None = the order fits nowhere between them.
    after_search
        The best that planning the vicinity anew found; None if the technician is ruled out, or nothing was found.
    """

    order: str
    technician: str
    is_served_by: bool
    ruled_out: Reason | None
    at_once: Alternative | None
    after_search: Forced | None


@dataclass(frozen=True, kw_only=True, eq=False)
class WhyNotAsker:
    """Answers for one plan; `policy` is the effective one."""

    encoded: Encoded
    request: Request
    policy: Policy
    routes: Routes
    timer: RouteTimer

    def ask(self, number: int, technician: str) -> WhyNot:
        """Return why a technician of the request does not serve order `number`."""
        order = self.encoded.order_ids[number]
        own = [shift for shift, planned in enumerate(self.encoded.shifts) if planned.technician.id == technician]
        is_served_by = any(number in self.routes[shift] for shift in own)
        ruled_out = None if is_served_by else self._ruled_out(number, technician, own)
        at_once, after_search = None, None
        if ruled_out is None and not is_served_by:
            places = Alternatives(self.encoded, self.routes, self.timer, number, zone=self.request.zone)
            at_once = next((one for one in places.by_technician() if one.technician == technician), None)
            after_search = self._forced(number, technician, own)
        return WhyNot(
            order=order,
            technician=technician,
            is_served_by=is_served_by,
            ruled_out=ruled_out,
            at_once=at_once,
            after_search=after_search,
        )

    def _ruled_out(self, number: int, technician: str, own: list[int]) -> Reason | None:
        lock = int(self.encoded.problem.order_lock_shift[number])
        if lock != NO_LOCK:
            keeper, shift = self.encoded.shifts[lock].key
            return Reason(code="locked", detail=f"locked to technician {keeper} on shift {shift}", technicians=1)
        exclusions = Exclusions.of(self.request, self.policy, self.encoded, self.timer)
        who = [one.id for one in self.request.technicians].index(technician)
        by_code = exclusions.ruled_out(number).technicians
        code: ReasonCode | None = next((code for code, numbers in by_code.items() if who in numbers), None)
        if code is None:
            return None
        exclusion = Exclusion(
            order=self.request.orders[number],
            request=self.request,
            technicians=[self.request.technicians[who]],
            windows=self.encoded.terms[number].windows,
            shifts=[self.encoded.shifts[shift] for shift in own],
        )
        return Reason(code=code, detail=detail_of(code, exclusion), technicians=1)

    def _forced(self, number: int, technician: str, own: list[int]) -> Forced | None:
        able = np.flatnonzero(self.encoded.problem.eligibility[number] != NOT_ELIGIBLE)
        near = nearest_shifts(self.encoded, self.routes, number, able)[:NEAREST_SHIFTS]
        vicinity = Vicinity.of(
            self.encoded, self.request, self.policy, self.routes, number=number, shifts=[*near, *own]
        )
        free = vicinity.solve()
        order = self.encoded.order_ids[number]
        orders = tuple(
            one.model_copy(update={"required_technician": technician}) if one.id == order else one
            for one in vicinity.request.orders
        )
        forced = vicinity.solve(
            vicinity.request.model_copy(update={"orders": orders}), start=free.solution.routes, must_serve=True
        )
        placed = forced.placed
        if placed is None:
            return None
        if forced.cost < free.cost:
            free = forced  # a plan with that technician is a plan without the demand, too
        route, visit = placed
        was, is_now = _keys(vicinity.routes, forced.encoded), _keys(forced.solution.routes, forced.encoded)
        epoch, zone = forced.encoded.epoch, self.request.zone
        others = sorted(was.keys() - {order})
        return Forced(
            shift=forced.encoded.shifts[route.shift].key[1],
            start=epoch.instant_of(visit.start_s, zone),
            end=epoch.instant_of(visit.end_s, zone),
            extra_cost=forced.cost - free.cost,
            extra_by_term=difference_by_term(forced.solution.terms, free.solution.terms),
            moved=tuple(one for one in others if one in is_now and is_now[one] != was[one]),
            left_out=tuple(one for one in others if one not in is_now),
        )


def _keys(routes: Routes, encoded: Encoded) -> dict[str, tuple[str, str]]:
    """Return technician and shift of each order that is in a route."""
    return {
        encoded.order_ids[order]: encoded.shifts[shift].key for shift, route in enumerate(routes) for order in route
    }
