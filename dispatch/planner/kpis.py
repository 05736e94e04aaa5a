"""Figures of a plan for people: what `plan.kpis` holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from dispatch.domain.plan import BreakStop, EndStop, PlanRoute, StartStop, Unassigned, VisitStop
from dispatch.domain.request import Order, Request
from dispatch.domain.unassigned_kinds import counts_of_kinds
from dispatch.planner.disruption import disturbed_of
from dispatch.planner.encode import Encoded

Outcome = Literal["kept", "missed", "open"]
_SECOND = timedelta(seconds=1)


def kpis_of(
    routes: Sequence[PlanRoute], unassigned: Sequence[Unassigned], encoded: Encoded, request: Request
) -> dict[str, Any]:
    """Return the figures of a plan.

    Returns
    -------
    dict
        `orders`, `planned`, `unassigned`: numbers of orders.
        `unassigned_by_kind`: each unassigned order with a reason once (`dispatch.domain.unassigned_kinds`).
        `promises`: `by_tier` and `by_kind`, for each name `kept` (visit ends by its due time), `missed` (it ends later,
        or the order is unassigned and due inside the horizon) and `open` (unassigned and due after the horizon).
        `on_time_share`: kept / (kept + missed), 4 decimals; None if nothing was promised.
        `tardiness_s`: sum over late visits.
        `travel_s`, `distance_m`, `service_s`, `wait_s`, `break_s`, `overtime_s`: sums over routes.
        `work_s`: sum of the time from departure to return.
        `utilisation`: (travel_s + service_s) / seconds of the used shifts (overtime apart), 4 decimals; None if none
        is used.
        `disturbed`: customers whom the plan disturbs, where changing the plan in force has prices
        (`dispatch.planner.disruption`); else None.
        `routes`, `technicians_used`, `shifts_available`, `visits_per_route` (2 decimals; None = no route).
    """
    visits = [visit for route in routes for visit in route.visits]
    legs = [stop for route in routes for stop in route.stops if not isinstance(stop, StartStop | BreakStop)]
    breaks = [stop for route in routes for stop in route.stops if isinstance(stop, BreakStop)]
    promises = _promises(visits, encoded, request)
    outcomes = [outcome for _, outcome in promises]
    kept, missed = outcomes.count("kept"), outcomes.count("missed")
    service_s = sum(_seconds(visit.start, visit.end) for visit in visits)
    travel_s = sum(stop.travel_s for stop in legs)
    shift_of_key = {shift.key: shift.shift for shift in encoded.shifts}
    used = [shift_of_key[route.technician, route.shift] for route in routes]
    departures = [stop.departure for route in routes for stop in route.stops if isinstance(stop, StartStop)]
    returns = [stop.arrival for route in routes for stop in route.stops if isinstance(stop, EndStop)]
    return {
        "orders": len(request.orders),
        "planned": len(visits),
        "unassigned": len(unassigned),
        "unassigned_by_kind": counts_of_kinds(unassigned),
        "promises": {
            "by_tier": _counted((request.tier_of(order), outcome) for order, outcome in promises),
            "by_kind": _counted((order.kind, outcome) for order, outcome in promises),
        },
        "on_time_share": _share(kept, kept + missed),
        "tardiness_s": sum(visit.tardiness_s for visit in visits),
        "travel_s": travel_s,
        "distance_m": sum(stop.distance_m for stop in legs),
        "service_s": service_s,
        "wait_s": sum(visit.wait_s for visit in visits),
        "break_s": sum(_seconds(stop.start, stop.end) for stop in breaks),
        "overtime_s": sum(max(0, _seconds(shift.end, end)) for shift, end in zip(used, returns, strict=True)),
        "work_s": sum(_seconds(start, end) for start, end in zip(departures, returns, strict=True)),
        "utilisation": _share(travel_s + service_s, sum(_seconds(shift.start, shift.end) for shift in used)),
        "disturbed": disturbed_of(encoded.commitments, routes, request),
        "routes": len(routes),
        "technicians_used": len({route.technician for route in routes}),
        "shifts_available": len(encoded.shifts),
        "visits_per_route": round(len(visits) / len(routes), 2) if routes else None,
    }


def _promises(visits: Iterable[VisitStop], encoded: Encoded, request: Request) -> list[tuple[Order, Outcome]]:
    """Return what becomes of each order that has a due time."""
    visit_of_order = {visit.order: visit for visit in visits}
    horizon_end = max(request.horizon.end, request.now)
    outcomes: list[tuple[Order, Outcome]] = []
    for order, terms in zip(request.orders, encoded.terms, strict=True):
        due, visit = terms.due.due, visit_of_order.get(order.id)
        if due is None:
            continue
        if visit is None:
            outcomes.append((order, "missed" if due <= horizon_end else "open"))
        else:
            outcomes.append((order, "kept" if visit.end <= due else "missed"))
    return outcomes


def _counted(outcomes: Iterable[tuple[str, Outcome]]) -> dict[str, dict[str, int]]:
    """Return how often each outcome occurs, by name."""
    counts: dict[str, dict[str, int]] = {}
    for name, outcome in outcomes:
        counts.setdefault(name, {"kept": 0, "missed": 0, "open": 0})[outcome] += 1
    return dict(sorted(counts.items()))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _seconds(start: datetime, end: datetime) -> int:
    return (end - start) // _SECOND
