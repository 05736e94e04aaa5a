"""What every export reads: a plan together with the request that it answers, known to fit each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dispatch.domain.plan import EndStop, Plan, PlanRoute, StartStop, VisitStop
from dispatch.domain.plan_fit import end_of_route, require_fit, start_of_route
from dispatch.domain.request import Location, Order, Request, Shift, Technician
from dispatch.geocoding import geocoder_for, locations_of_orders
from dispatch.policy.settings import Policy, effective_policy
from dispatch.travel import places_of
from dispatch.travel_sources import TravelSources
from geo.point import Point


@dataclass(frozen=True, kw_only=True, eq=False)
class ExportedPlan:
    """A plan and the request that it answers.

    Attributes
    ----------
    policy
        The effective one.
    sources
        Where travel comes from.
    """

    request: Request
    plan: Plan
    policy: Policy
    sources: TravelSources

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are shown."""
        return self.request.zone

    def local(self, moment: datetime) -> datetime:
        """Return a moment on the wall clock of the request's zone."""
        return moment.astimezone(self.zone)

    def interval_text(self, start: datetime, end: datetime) -> str:
        """Return an interval on the wall clock: `2026-03-10 08:30-12:00`, with a second day if it ends on one."""
        begin, finish = self.local(start), self.local(end)
        day = "" if begin.date() == finish.date() else f"{finish:%Y-%m-%d} "
        return f"{begin:%Y-%m-%d %H:%M}-{day}{finish:%H:%M}"

    def technician_of(self, route: PlanRoute) -> Technician:
        """Return who drives a route."""
        return self.request.technicians_by_id[route.technician]

    def shift_of(self, route: PlanRoute) -> Shift:
        """Return the shift of a route."""
        return self.technician_of(route).shifts_by_id[route.shift]

    def start_of(self, route: PlanRoute) -> Location:
        """Return where a route starts: where the technician is free next if that is during its shift."""
        return start_of_route(self.technician_of(route), self.shift_of(route))

    def end_of(self, route: PlanRoute) -> Location | None:
        """Return where a route ends; None = where its last visit ends."""
        return end_of_route(self.technician_of(route), self.shift_of(route))

    @cached_property
    def location_of_order(self) -> dict[str, Location]:
        """Where each order is served, by its id: its own place, its geocoded address, or its community."""
        is_indexed = self.request.travel.provider == "matrix"
        locations = locations_of_orders(self.request, None if is_indexed else geocoder_for(self.policy))
        return {order.id: location for order, location in zip(self.request.orders, locations, strict=True)}

    @cached_property
    def point_of_order(self) -> dict[str, Point | None]:
        """Where each order is served in WGS-84, by its id; None = known only as a row of a matrix."""
        points = points_of(list(self.location_of_order.values()))
        return dict(zip(self.location_of_order, points, strict=True))

    @cached_property
    def visits(self) -> tuple[tuple[PlanRoute, VisitStop], ...]:
        """Every visit with its route, in the plan's order."""
        return tuple((route, visit) for route in self.plan.routes for visit in route.visits)

    def order_of(self, visit: VisitStop) -> Order:
        """Return the order of a visit."""
        return self.request.orders_by_id[visit.order]


def exported_plan(request: Request, plan: Plan, *, policy: Policy, sources: TravelSources) -> ExportedPlan:
    """Return a plan and its request as what the exports read.

    Parameters
    ----------
    policy
        The operator's; the request's own policy section overrides it.

    Raises
    ------
    BadInputError
        If the plan was made for another request, or names what is not in it.
    """
    require_fit(request, plan)
    return ExportedPlan(request=request, plan=plan, policy=effective_policy(request, policy), sources=sources)


def departure_of(route: PlanRoute) -> datetime:
    """Return when a route begins."""
    return next(stop.departure for stop in route.stops if isinstance(stop, StartStop))


def arrival_of(route: PlanRoute) -> datetime:
    """Return when a route is over."""
    return next(stop.arrival for stop in route.stops if isinstance(stop, EndStop))


def points_of(locations: Sequence[Location]) -> list[Point | None]:
    """Return the WGS-84 points of locations of any datum; None for a row of a matrix without coordinates."""
    known = [location for location in locations if location.lat is not None]
    points = iter(places_of(known))
    found: list[Point | None] = []
    for location in locations:
        point = next(points) if location.lat is not None else None
        found.append(point if isinstance(point, Point) else None)
    return found
