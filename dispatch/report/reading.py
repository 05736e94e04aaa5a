"""Reads a plan against its request for showing: which technician, shift and order each entry means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dispatch.domain.plan import EndStop, Plan, PlanRoute, StartStop, Unassigned, VisitStop
from dispatch.domain.plan_fit import require_fit
from dispatch.domain.request import Order, Request, Shift, Technician
from dispatch.policy.promise import due_times
from dispatch.policy.settings import Policy


@dataclass(frozen=True, kw_only=True)
class ShownVisit:
    """A visit and the order it serves.

    Attributes
    ----------
    number
        Counts the visits of the plan from 0; what the parts of the page know it by.
    due
        As the promises say, whatever the plan says; None = nothing is promised.
    tardiness_s
        Seconds from `due` to the end of the visit.
    """

    number: int
    order: Order
    stop: VisitStop
    due: datetime | None
    tardiness_s: int


@dataclass(frozen=True, kw_only=True)
class ShownRoute:
    """A route whose every stop is understood.

    Attributes
    ----------
    number
        Counts the routes of the plan from 0.
    day
        Local day on which its shift starts.
    departure, arrival
        When it begins and ends.
    """

    number: int
    route: PlanRoute
    technician: Technician
    shift: Shift
    day: date
    departure: datetime
    arrival: datetime
    visits: tuple[ShownVisit, ...]


@dataclass(frozen=True, kw_only=True)
class IdleShift:
    """A shift that could have a route and has none."""

    technician: Technician
    shift: Shift
    day: date


@dataclass(frozen=True, kw_only=True)
class ShownOrder:
    """An order in no route; its due time as in `ShownVisit`."""

    order: Order
    entry: Unassigned
    due: datetime | None


@dataclass(frozen=True, kw_only=True)
class ShownPlan:
    """A plan, understood."""

    request: Request
    plan: Plan
    routes: tuple[ShownRoute, ...]
    idle: tuple[IdleShift, ...]
    unassigned: tuple[ShownOrder, ...]
    due_of_order: dict[str, datetime | None]

    @property
    def days(self) -> list[date]:
        """Local days with a shift, ascending."""
        return sorted({route.day for route in self.routes} | {idle.day for idle in self.idle})


def read_for_showing(request: Request, plan: Plan, policy: Policy) -> ShownPlan:
    """Return a plan put together with what its request says.

    Parameters
    ----------
    policy
        The effective one; it makes the due times.

    Raises
    ------
    BadInputError
        If the plan answers another request, names something that the request lacks, or has a route that is not
        start, stops, end.
    """
    require_fit(request, plan)
    due_of_order = {order.id: due_times(order, request, policy).due for order in request.orders}
    routes: list[ShownRoute] = []
    first = 0
    for route in plan.routes:
        routes.append(_route(len(routes), route, request, due_of_order, first))
        first += len(route.visits)
    unassigned = tuple(
        ShownOrder(order=request.orders_by_id[entry.order], entry=entry, due=due_of_order[entry.order])
        for entry in plan.unassigned
    )
    return ShownPlan(
        request=request,
        plan=plan,
        routes=tuple(routes),
        idle=tuple(_idle(request, plan)),
        unassigned=unassigned,
        due_of_order=due_of_order,
    )


def _route(
    number: int, route: PlanRoute, request: Request, due_of_order: dict[str, datetime | None], first_visit: int
) -> ShownRoute:
    technician = request.technicians_by_id[route.technician]
    shift = technician.shifts_by_id[route.shift]
    visits = []
    for visit_number, stop in enumerate(route.visits, first_visit):
        due = due_of_order[stop.order]
        late_s = 0 if due is None else max(0, int((stop.end - due).total_seconds()))
        order = request.orders_by_id[stop.order]
        visits.append(ShownVisit(number=visit_number, order=order, stop=stop, due=due, tardiness_s=late_s))
    return ShownRoute(
        number=number,
        route=route,
        technician=technician,
        shift=shift,
        day=_day_of(shift, request),
        departure=next(stop.departure for stop in route.stops if isinstance(stop, StartStop)),
        arrival=next(stop.arrival for stop in route.stops if isinstance(stop, EndStop)),
        visits=tuple(visits),
    )


def _idle(request: Request, plan: Plan) -> Iterator[IdleShift]:
    """Yield the shifts that overlap the horizon, are not over yet and have no route."""
    used = {(route.technician, route.shift) for route in plan.routes}
    for technician in request.technicians:
        free_from = request.now if technician.available is None else max(request.now, technician.available.from_)
        for shift in technician.shifts:
            overlaps = shift.start <= request.horizon.end and shift.latest_end >= request.horizon.start
            if overlaps and free_from <= shift.latest_end and (technician.id, shift.id) not in used:
                yield IdleShift(technician=technician, shift=shift, day=_day_of(shift, request))


def _day_of(shift: Shift, request: Request) -> date:
    return shift.start.astimezone(request.zone).date()
