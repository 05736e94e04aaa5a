"""A plan as a map: GeoJSON (RFC 7946) with routes as lines and every stop as a point.

Coordinates are WGS-84, longitude first, six decimals (about 10 cm). Lines follow the roads where the source of travel
knows them, and join the stops directly otherwise. What is known only as a row of a matrix has no geometry (null).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from dispatch.domain.plan import DepotStop, EndStop, PlanRoute, StartStop, VisitStop
from dispatch.exports.exported_plan import ExportedPlan, arrival_of, departure_of, points_of
from dispatch.exports.route_lines import LocatedStop, lines_of_routes, located_stops, points_of_route, roads_of
from dispatch.policy.promise import due_times
from geo.point import Point

DECIMALS: Final = 6
Position = list[float]
Feature = dict[str, Any]


def geojson_text(exported: ExportedPlan) -> str:
    """Return a plan as a GeoJSON text, one feature a line."""
    features = [*_routes(exported), *_depots(exported), *_unassigned(exported)]
    box = _bounding_box(features)
    head = '{"type": "FeatureCollection",' + (f' "bbox": {json.dumps(box)},' if box else "")
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, allow_nan=False) for feature in features)
    return f'{head} "features": [\n{lines}\n]}}\n'


def _routes(exported: ExportedPlan) -> Iterator[Feature]:
    routes, roads = exported.plan.routes, roads_of(exported)
    points = [points_of_route(exported, route) for route in routes]
    lines = lines_of_routes(exported, points, roads)
    for route, places, line in zip(routes, points, lines, strict=True):
        yield _feature(_line_geometry(line), **_about_route(exported, route), follows_roads=roads is not None)
        sequence = 0
        for stop, point in zip(located_stops(route), places, strict=True):
            sequence += isinstance(stop, VisitStop)
            if not isinstance(stop, EndStop) or exported.end_of(route) is not None:
                yield _stop(exported, route, stop, point, sequence=sequence)


def _about_route(exported: ExportedPlan, route: PlanRoute) -> dict[str, Any]:
    technician = exported.technician_of(route)
    moves = [stop for stop in route.stops if isinstance(stop, VisitStop | DepotStop | EndStop)]
    return {
        "kind": "route",
        "technician": technician.id,
        "technician_name": technician.name,
        "shift": route.shift,
        "profile": technician.profile,
        "departure": _shown(exported, departure_of(route)),
        "arrival": _shown(exported, arrival_of(route)),
        "visits": len(route.visits),
        "travel_s": sum(stop.travel_s for stop in moves),
        "distance_m": sum(stop.distance_m for stop in moves),
    }


def _stop(
    exported: ExportedPlan,
    route: PlanRoute,
    stop: LocatedStop,
    point: Point | None,
    *,
    sequence: int,
) -> Feature:
    about: dict[str, Any] = {"kind": stop.kind, "technician": route.technician, "shift": route.shift}
    match stop:
        case StartStop():
            about["departure"] = _shown(exported, stop.departure)
        case EndStop():
            about["arrival"] = _shown(exported, stop.arrival)
        case DepotStop():
            about |= {"depot": stop.depot, "arrival": _shown(exported, stop.arrival)}
        case VisitStop():
            about |= {
                "sequence": sequence,
                **_about_order(exported, stop.order),
                "arrival": _shown(exported, stop.arrival),
                "start": _shown(exported, stop.start),
                "end": _shown(exported, stop.end),
                "due": _shown(exported, stop.due),
                "tardiness_s": stop.tardiness_s,
                "wait_s": stop.wait_s,
                "status": stop.status,
                "lock": stop.effective_lock,
            }
    return _feature(_point_geometry(point), **about)


def _depots(exported: ExportedPlan) -> Iterator[Feature]:
    depots = exported.request.depots
    for depot, point in zip(depots, points_of([depot.location for depot in depots]), strict=True):
        yield _feature(_point_geometry(point), kind="place_of_depot", depot=depot.id)


def _unassigned(exported: ExportedPlan) -> Iterator[Feature]:
    for entry in exported.plan.unassigned:
        order = exported.request.orders_by_id[entry.order]
        yield _feature(
            _point_geometry(exported.point_of_order[entry.order]),
            kind="unassigned",
            **_about_order(exported, entry.order),
            due=_shown(exported, due_times(order, exported.request, exported.policy).due),
            reasons=[reason.code for reason in entry.reasons],
            details=[reason.detail for reason in entry.reasons],
        )


def _about_order(exported: ExportedPlan, order_id: str) -> dict[str, Any]:
    order = exported.request.orders_by_id[order_id]
    return {
        "order": order.id,
        "order_kind": order.kind,
        "tier": exported.request.tier_of(order),
        "community": order.community,
        "community_name": exported.request.community_of(order).name,
        "address": order.address,
    }


def _feature(geometry: dict[str, Any] | None, **properties: Any) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _point_geometry(point: Point | None) -> dict[str, Any] | None:
    return None if point is None else {"type": "Point", "coordinates": _position(point.lat, point.lon)}


def _line_geometry(line: Sequence[Point]) -> dict[str, Any] | None:
    """Return a line without repeated positions, but of two at least, as the format asks for."""
    positions = [position for position, _ in groupby(_position(point.lat, point.lon) for point in line)]
    if not positions:
        return None
    return {"type": "LineString", "coordinates": positions * 2 if len(positions) == 1 else positions}


def _position(lat: float, lon: float) -> Position:
    return [round(lon, DECIMALS), round(lat, DECIMALS)]


def _shown(exported: ExportedPlan, moment: datetime | None) -> str | None:
    return None if moment is None else exported.local(moment).isoformat()


def _bounding_box(features: Sequence[Feature]) -> list[float]:
    """Return west, south, east, north of all coordinates; [] if there are none."""
    positions: list[Position] = []
    for feature in features:
        geometry = feature["geometry"]
        if geometry is not None:
            found = geometry["coordinates"]
            positions += [found] if geometry["type"] == "Point" else found
    if not positions:
        return []
    lons, lats = zip(*positions, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]
