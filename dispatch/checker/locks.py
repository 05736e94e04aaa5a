"""What the plan in force holds fast, and whether the plan kept it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from dispatch.checker.findings import Findings, second_of
from dispatch.checker.reading import ReadVisit
from dispatch.domain.plan import Plan, PlanRoute, VisitStatus, VisitStop
from dispatch.domain.request import Request

_STRENGTH = {"free": 0, "technician": 1, "technician_and_time": 2}


@dataclass(frozen=True, kw_only=True)
class Held:
    """A visit of the plan in force."""

    route: PlanRoute
    stop: VisitStop

    @property
    def is_locked(self) -> bool:
        """Whether it may not go to another technician or shift."""
        return self.stop.effective_lock != "free"

    @property
    def is_locked_in_time(self) -> bool:
        """Whether its start may not move either."""
        return self.stop.effective_lock == "technician_and_time"

    @property
    def start_s(self) -> int:
        """Its start; seconds since 1970."""
        return second_of(self.stop.start)

    def is_on(self, route: PlanRoute) -> bool:
        """Tell whether it belongs to the technician and shift of a route."""
        return (self.route.technician, self.route.shift) == (route.technician, route.shift)


@dataclass(frozen=True, kw_only=True)
class Locks:
    """Visits of the plan in force, by order.

    Attributes
    ----------
    held
        Only orders that are still in the request.
    """

    held: dict[str, Held]

    def locked_start_s(self, route: PlanRoute, order: str) -> int | None:
        """Return when a visit of this route has to start; None if its time is not locked, or it belongs elsewhere."""
        held = self.held.get(order)
        return held.start_s if held and held.is_locked_in_time and held.is_on(route) else None

    def is_locked(self, order: str | None) -> bool:
        """Tell whether an order is locked to a technician and shift; None is not."""
        held = self.held.get(order) if order else None
        return held is not None and held.is_locked

    def is_route_locked_in_time(self, route: PlanRoute) -> bool:
        """Tell whether the plan in force has visits on this technician's shift that are locked in time."""
        return (route.technician, route.shift) in self._shifts_locked_in_time

    @cached_property
    def _shifts_locked_in_time(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (held.route.technician, held.route.shift) for held in self.held.values() if held.is_locked_in_time
        )

    def has_locked_visit(self, technician: str | None, shift: str | None) -> bool:
        """Tell whether a technician has locked visits, on this shift if one is named."""
        return any(
            held.is_locked and held.route.technician == technician and shift in (None, held.route.shift)
            for held in self.held.values()
        )


def locks_of(request: Request) -> Locks:
    """Return the visits of the request's plan in force."""
    current: Plan | None = request.current_plan
    return Locks(
        held={
            stop.order: Held(route=route, stop=stop)
            for route in (current.routes if current else ())
            for stop in route.visits
            if stop.order in request.orders_by_id
        }
    )


def check_locks(plan: Plan, locks: Locks, findings: Findings) -> None:
    """Note locked visits that went to somebody else or moved in time, and locks and statuses that were lost."""
    places = {stop.order: (route, stop) for route in plan.routes for stop in route.visits}
    for order, held in locks.held.items():
        kept = places.get(order)
        if kept is None:
            if held.is_locked:
                findings.add("lock_technician", order=order, expected=_owner(held.route), found="no visit")
            continue
        route, stop = kept
        if held.is_locked and not held.is_on(route):
            findings.add("lock_technician", route=route, order=order, expected=_owner(held.route), found=_owner(route))
        elif held.is_locked_in_time and second_of(stop.start) != held.start_s:
            expected, found = findings.moment(held.start_s), findings.moment(second_of(stop.start))
            findings.add("lock_time", route=route, order=order, expected=expected, found=found)
        if _STRENGTH[stop.effective_lock] < _STRENGTH[held.stop.effective_lock] and stop.status == held.stop.status:
            findings.add(
                "lock_dropped", route=route, order=order, expected=held.stop.effective_lock, found=stop.effective_lock
            )


def check_status(route: PlanRoute, visit: ReadVisit, locks: Locks, findings: Findings) -> None:
    """Note a status that is not the one of the plan in force (`planned` for a visit that is new)."""
    held = locks.held.get(visit.order.id)
    expected: VisitStatus = held.stop.status if held else "planned"
    if visit.stop.status != expected:
        findings.add("status", route=route, order=visit.order.id, expected=expected, found=visit.stop.status)


def _owner(route: PlanRoute) -> str:
    return f"{route.technician} on {route.shift}"
