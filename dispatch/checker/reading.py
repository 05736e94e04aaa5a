"""Reads the plan against the request: which technician, shift and order each entry means, and that none is lost.

What cannot be read (an unknown id, stops out of sequence) is reported here and judged no further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dispatch.checker.findings import Findings, second_of
from dispatch.domain.plan import BreakStop, DepotStop, EndStop, Plan, PlanRoute, StartStop, VisitStop
from dispatch.domain.request import Order, Request, Shift, Technician


@dataclass(frozen=True, kw_only=True)
class ReadVisit:
    """A visit and the order it serves; seconds since 1970."""

    stop: VisitStop
    order: Order
    arrival_s: int
    start_s: int
    end_s: int


@dataclass(frozen=True, kw_only=True)
class ReadRoute:
    """A route whose every stop is understood.

    Attributes
    ----------
    visits
        At least one.
    gaps
        Breaks and depot stops before each visit, and last those on the way to the end: one more than visits.
    departure_s, end_s
        Seconds since 1970.
    """

    route: PlanRoute
    technician: Technician
    shift: Shift
    visits: tuple[ReadVisit, ...]
    gaps: tuple[tuple[BreakStop | DepotStop, ...], ...]
    departure_s: int
    end: EndStop
    end_s: int


@dataclass(frozen=True, kw_only=True)
class ReadPlan:
    """What could be read of a plan.

    Attributes
    ----------
    is_complete
        Whether every route and order was understood; otherwise the cost cannot be recomputed.
    unvisited
        Orders in no visit, whether listed as unassigned or not.
    """

    routes: tuple[ReadRoute, ...]
    unvisited: tuple[Order, ...]
    is_complete: bool


def read(request: Request, plan: Plan, findings: Findings) -> ReadPlan:
    """Read a plan; notes what is unknown, doubled, lost or out of sequence."""
    routes = [_read_route(route, request, findings) for route in plan.routes]
    shifts = Counter((route.technician, route.shift) for route in plan.routes)
    for route in {(route.technician, route.shift): route for route in plan.routes}.values():
        times = shifts[route.technician, route.shift]
        if times > 1:
            findings.add("shift_doubled", route=route, expected="one route", found=f"{times} routes")
    visited = {visit.order for route in plan.routes for visit in route.visits}
    _check_orders(request, plan, findings)
    return ReadPlan(
        routes=tuple(route for route in routes if route is not None),
        unvisited=tuple(order for order in request.orders if order.id not in visited),
        is_complete=None not in routes and all(entry.order in request.orders_by_id for entry in plan.unassigned),
    )


def _check_orders(request: Request, plan: Plan, findings: Findings) -> None:
    """Note orders that are lost, doubled, unknown or unassigned without a reason."""
    places: dict[str, list[str]] = {}
    for route in plan.routes:
        for visit in route.visits:
            places.setdefault(visit.order, []).append(f"visited by {route.technician} on {route.shift}")
    for entry in plan.unassigned:
        places.setdefault(entry.order, []).append("unassigned")
        if not entry.reasons:
            findings.add("unassigned_reason", order=entry.order, expected="at least one reason", found="none")
        if entry.order not in request.orders_by_id:
            findings.add("unknown_order", order=entry.order, expected="an order of the request", found=entry.order)
    for order, where in places.items():
        if len(where) > 1:
            findings.add("order_doubled", order=order, expected="one place", found=" and ".join(where))
    for request_order in request.orders:
        if request_order.id not in places:
            expected = "a visit, or an entry in unassigned"
            findings.add("order_lost", order=request_order.id, expected=expected, found="neither")


def _read_route(route: PlanRoute, request: Request, findings: Findings) -> ReadRoute | None:
    """Return the route as understood; None, with the reason noted, if it cannot be judged."""
    technician = request.technicians_by_id.get(route.technician)
    if technician is None:
        findings.add("unknown_technician", route=route, expected="a technician of the request", found=route.technician)
        return None
    shift = technician.shifts_by_id.get(route.shift)
    if shift is None:
        known = ", ".join(list(technician.shifts_by_id)[:3]) or "none"
        findings.add("unknown_shift", route=route, expected=f"a shift of {technician.id} ({known})", found=route.shift)
        return None
    is_known = _knows_all_ids(route, request, findings)
    if not (_is_in_sequence(route, findings) and is_known):
        return None
    start, end = route.stops[0], route.stops[-1]
    if not isinstance(start, StartStop) or not isinstance(end, EndStop):
        return None
    return ReadRoute(
        route=route,
        technician=technician,
        shift=shift,
        visits=tuple(
            ReadVisit(
                stop=stop,
                order=request.orders_by_id[stop.order],
                arrival_s=second_of(stop.arrival),
                start_s=second_of(stop.start),
                end_s=second_of(stop.end),
            )
            for stop in route.visits
        ),
        gaps=tuple(_gaps(route.stops[1:-1])),
        departure_s=second_of(start.departure),
        end=end,
        end_s=second_of(end.arrival),
    )


def _knows_all_ids(route: PlanRoute, request: Request, findings: Findings) -> bool:
    is_known = True
    for stop in route.stops:
        if isinstance(stop, VisitStop) and stop.order not in request.orders_by_id:
            expected = "an order of the request"
            findings.add("unknown_order", route=route, order=stop.order, expected=expected, found=stop.order)
            is_known = False
        elif isinstance(stop, DepotStop) and stop.depot not in request.depots_by_id:
            findings.add("unknown_depot", route=route, expected="a depot of the request", found=stop.depot)
            is_known = False
    return is_known


def _is_in_sequence(route: PlanRoute, findings: Findings) -> bool:
    kinds = [stop.kind for stop in route.stops]
    if kinds[:1] != ["start"] or kinds[-1:] != ["end"] or "start" in kinds[1:] or "end" in kinds[:-1]:
        found = ", ".join([*kinds[:1], "...", *kinds[-1:]] if len(kinds) > 12 else kinds) or "no stops"
        findings.add("sequence", route=route, expected="start, then visits, breaks, depot, then end", found=found)
        return False
    if not route.visits:
        findings.add("empty_route", route=route, expected="at least one visit, or no route", found="no visit")
        return False
    return True


def _gaps(stops: Sequence[object]) -> Iterator[tuple[BreakStop | DepotStop, ...]]:
    """Return what lies before each visit, and last what lies behind all of them."""
    gap: list[BreakStop | DepotStop] = []
    for stop in stops:
        if isinstance(stop, VisitStop):
            yield tuple(gap)
            gap = []
        elif isinstance(stop, BreakStop | DepotStop):
            gap.append(stop)
    yield tuple(gap)
