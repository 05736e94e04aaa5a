"""The running day: what was planned, what has happened since, where everybody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from dispatch.domain.plan import Plan, PlanRoute, VisitStop
from dispatch.domain.request import Location, Order, Request, Shift, Technician
from dispatch.domain.values import Instant, TravelFactor

Outcome = Literal["done", "withdrawn", "cannot_install", "remedy_pending", "restored_by_parent"]


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit under way.

    Attributes
    ----------
    shift
        Id of the technician's shift.
    is_on_site
        False = the technician is on the way.
    expected_end
        When the technician will be free.
    """

    order: str
    technician: str
    shift: str
    is_on_site: bool
    expected_end: Instant


@dataclass(frozen=True, kw_only=True)
class Finished:
    """An order that is closed.

    Attributes
    ----------
    technician
        Id of who did it; None = nobody.
    """

    order: Order
    outcome: Outcome
    at: Instant
    technician: str | None = None


@dataclass(frozen=True, kw_only=True)
class ShiftUse:
    """What of a shift is used up.

    Attributes
    ----------
    visits
        Begun so far.
    breaks
        Taken so far, the first ones of the shift.
    parts
        Used so far.
    """

    visits: int = 0
    breaks: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LastSeen:
    """Where and from when on a technician is free, by the last news of a visit or a break.

    Attributes
    ----------
    location
        None = unchanged: where the shift starts.
    """

    free_from: Instant
    location: Location | None


@dataclass(frozen=True, kw_only=True)
class LiveDay:
    """The state of the running day; `dispatch.domain.apply_event` leads from one to the next.

    Attributes
    ----------
    base
        Technicians, communities, depots, travel and horizon, as at the beginning; its orders are those of then.
    plan, plan_request
        The plan in force and the request it answers.
    now
        Moment of the last news, or of the clock.
    orders
        Open orders by id, those under way included.
    under_way
        Visits under way by technician.
    finished
        Closed orders by id.
    off
        Technicians who do not work, and until when; None = for all that is planned.
    accepted
        Orders that their technician has accepted.
    parent_of
        Orders of a mass outage that end with the order named (R03).
    used
        What of the shifts is used up, by technician and shift.
    last_seen
        By technician.
    travel_factor, travel_until
        Travel takes so many times its usual seconds, until then; None = until told otherwise.
    events
        Ids of the events that are in this state already.
    """

    base: Request
    plan: Plan
    plan_request: Request
    now: Instant
    orders: Mapping[str, Order]
    under_way: Mapping[str, Visit] = field(default_factory=dict)
    finished: Mapping[str, Finished] = field(default_factory=dict)
    off: Mapping[str, Instant | None] = field(default_factory=dict)
    accepted: frozenset[str] = frozenset()
    parent_of: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, Mapping[str, ShiftUse]] = field(default_factory=dict)
    last_seen: Mapping[str, LastSeen] = field(default_factory=dict)
    travel_factor: TravelFactor = 1.0
    travel_until: Instant | None = None
    events: frozenset[str] = frozenset()

    def at(self, now: datetime) -> LiveDay:
        """Return the day at a later moment without news; an earlier one changes nothing."""
        return replace(self, now=max(self.now, now))

    def with_plan(self, request: Request, plan: Plan) -> LiveDay:
        """Return the day with another plan in force, and the request that it answers."""
        return replace(self, plan=plan, plan_request=request)

    def with_use(self, technician: str, shift: str, use: ShiftUse) -> LiveDay:
        """Return the day with more of a shift used up."""
        return replace(self, used={**self.used, technician: {**self.used.get(technician, {}), shift: use}})

    def visit_of(self, order: str) -> Visit | None:
        """Return the visit under way at an order; None if there is none."""
        return next((visit for visit in self.under_way.values() if visit.order == order), None)

    def planned_visit(self, order: str) -> tuple[PlanRoute, VisitStop] | None:
        """Return where the plan in force serves an order; None if it does not."""
        return next(
            ((route, visit) for route in self.plan.routes for visit in route.visits if visit.order == order), None
        )

    def is_off(self, technician: str) -> bool:
        """Tell whether a technician does not work now."""
        return technician in self.off and ((until := self.off[technician]) is None or until > self.now)

    def use_of(self, technician: str, shift: str) -> ShiftUse:
        """Return what of a shift is used up."""
        return self.used.get(technician, {}).get(shift, ShiftUse())


def begin_day(request: Request, plan: Plan) -> LiveDay:
    """Return the day as it begins: a request and the plan that was made of it and published."""
    return LiveDay(base=request, plan=plan, plan_request=request, now=request.now, orders=dict(request.orders_by_id))


def shift_at(technician: Technician, moment: datetime) -> Shift | None:
    """Return the shift a technician works on at a moment: the running one, else the next, else the last."""
    in_order = sorted(technician.shifts, key=lambda shift: shift.start)
    return next((shift for shift in in_order if moment <= shift.latest_end), in_order[-1] if in_order else None)


def service_time(order: Order, technician: Technician) -> timedelta:
    """Return how long a technician needs for an order: whole seconds, rounded up."""
    seconds = order.duration // timedelta(seconds=1)
    return timedelta(seconds=-(-seconds * technician.service_permille // 1000))
