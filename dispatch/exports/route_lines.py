"""The lines of routes on a map: along the roads where the source of travel knows them, else from stop to stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.plan import DepotStop, EndStop, PlanRoute, StartStop, VisitStop
from dispatch.exports.exported_plan import ExportedPlan, points_of
from dispatch.travel_sources import travel_errors, travel_used
from geo.point import Point

if TYPE_CHECKING:
    from geo.road_travel import RoadTravel

LocatedStop = StartStop | VisitStop | DepotStop | EndStop
F64 = NDArray[np.float64]


def located_stops(route: PlanRoute) -> list[LocatedStop]:
    """Return the stops of a route that have a place: all but breaks."""
    return [stop for stop in route.stops if isinstance(stop, LocatedStop)]


def points_of_route(exported: ExportedPlan, route: PlanRoute) -> list[Point | None]:
    """Return the WGS-84 points of a route's located stops; a route without an end of its own ends at its last stop."""
    points: list[Point | None] = []
    for stop in located_stops(route):
        match stop:
            case StartStop():
                points += points_of([exported.start_of(route)])
            case VisitStop():
                points.append(exported.point_of_order[stop.order])
            case DepotStop():
                points += points_of([exported.request.depots_by_id[stop.depot].location])
            case EndStop():
                end = exported.end_of(route)
                points += points[-1:] if end is None else points_of([end])
    return points


def lines_of_routes(
    exported: ExportedPlan, points: Sequence[Sequence[Point | None]], roads: RoadTravel | None
) -> list[list[Point]]:
    """Return the line of every route.

    Parameters
    ----------
    points
        Those of each route's stops, as `points_of_route` says.
    roads
        `roads_of(exported)`; asked once for each profile.

    Returns
    -------
    One list of points for each route; [] where the place of some stop is not known.
    """
    known = [[point for point in route if point is not None] for route in points]
    lines = [some if len(some) == len(all_) else [] for some, all_ in zip(known, points, strict=True)]
    if roads is None:
        return lines
    profiles = [exported.technician_of(route).profile for route in exported.plan.routes]
    for profile in sorted(set(profiles)):
        chosen = [k for k, one in enumerate(profiles) if one == profile]
        legs = [leg for k in chosen for leg in pairwise(lines[k])]
        with travel_errors():
            ways = iter(roads.paths([start for start, _ in legs], [end for _, end in legs], profile))
        for k in chosen:
            stops = lines[k]
            along = [point for _ in stops[1:] for point in _points_along(next(ways))]
            lines[k] = [*stops[:1], *along, *stops[-1:]]
    return lines


def roads_of(exported: ExportedPlan) -> RoadTravel | None:
    """Return the source of the plan's travel if it knows the ways along the roads.

    Raises
    ------
    TravelError
        If it cannot be used.
    """
    used = travel_used(exported.request, exported.plan)
    return exported.sources.road_travel(exported.request, exported.policy, used=used)


def _points_along(way: F64) -> Iterator[Point]:
    for lat, lon in way.tolist():
        yield Point(lat, lon)
