"""The map of a plan: roads, routes, stops and what is left out, in drawing units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.plan import BreakStop, DepotStop, EndStop, StartStop, VisitStop
from dispatch.domain.request import Location, Request
from dispatch.policy.settings import Policy
from dispatch.report.figures import KINDS
from dispatch.report.projection import ASPECT, I64, UNITS, Projection, path_data, simplified
from dispatch.report.reading import ShownPlan, ShownRoute
from dispatch.report.roads import RoadLayer, road_layers
from dispatch.travel import places_of
from dispatch.travel_sources import TravelSources, travel_errors, travel_used
from geo.point import Point
from geo.provider import Place

XY = tuple[int, int]
_ROUTE_TOLERANCE = 1.5
"""Drawing units; see `roads`."""


@runtime_checkable
class FollowsRoads(Protocol):
    """A travel provider that knows the way along the roads."""

    def paths(
        self, origins: Sequence[Place], destinations: Sequence[Place], profile: str
    ) -> tuple[NDArray[np.float64], ...]:
        """Return the points of the way of each pair, (k, 2) latitudes and longitudes."""
        ...


@dataclass(frozen=True, kw_only=True)
class MapRoute:
    """A route on the map; `stops` are where its visits, by number of the visit, and depot stops (-1) lie."""

    number: int
    data: str
    stops: tuple[tuple[int, XY], ...]
    start: XY | None
    end: XY | None


@dataclass(frozen=True, kw_only=True)
class CityMap:
    """Everything on the map.

    Attributes
    ----------
    width, height
        Of the drawing, in its units.
    visits_of_kind
        Path data of a dot for each visit, by kind of the order; kinds without any are left out.
    late, unassigned, depots, communities
        Path data of a dot for each late visit, unassigned order, depot, community.
    follows_roads
        Whether routes follow roads; they are straight lines otherwise.
    is_osm
        Whether the roads are OpenStreetMap's, which asks for being named.
    left_out
        How many orders cannot be shown, because their locations have no coordinates.
    """

    width: int
    height: int
    units_per_km: float
    roads: tuple[RoadLayer, ...]
    routes: tuple[MapRoute, ...]
    visits_of_kind: dict[str, str]
    late: str
    unassigned: str
    depots: str
    communities: str
    unassigned_at: dict[str, XY]
    follows_roads: bool
    is_osm: bool
    left_out: int


def city_map(shown: ShownPlan, policy: Policy, sources: TravelSources) -> CityMap | None:
    """Return the map of a plan; None if no place of it has coordinates.

    Routes follow the roads where the plan's travel did, and are straight lines otherwise.

    Raises
    ------
    TravelError
        If the roads that the request names cannot be used.
    """
    request = shown.request
    places = _Places(shown)
    if not places.point_of:
        return None
    graph = sources.road_graph(request, policy)
    provider = sources.provider(request, policy) if graph is not None else None
    is_on_roads = travel_used(request, shown.plan) == request.travel.provider
    guide = provider if is_on_roads and isinstance(provider, FollowsRoads) else None
    shown_points = list(places.point_of.values())
    projection = Projection.around(
        np.array([point.lat for point in shown_points]), np.array([point.lon for point in shown_points])
    )
    draw = _Draw(places, projection)
    visits = [visit for route in shown.routes for visit in route.visits]
    by_kind = {
        kind: draw.dots(request.location_of(visit.order) for visit in visits if visit.order.kind == kind)
        for kind in KINDS
    }
    orders = [*(visit.order for visit in visits), *(one.order for one in shown.unassigned)]
    unassigned_at = {one.order.id: draw.xy(request.location_of(one.order)) for one in shown.unassigned}
    return CityMap(
        width=UNITS,
        height=round(UNITS / ASPECT),
        units_per_km=projection.units_per_km,
        roads=() if graph is None else road_layers(graph, projection),
        routes=draw.routes(shown.routes, request, guide),
        visits_of_kind={kind: data for kind, data in by_kind.items() if data},
        late=draw.dots(request.location_of(visit.order) for visit in visits if visit.tardiness_s),
        unassigned=draw.dots(request.location_of(one.order) for one in shown.unassigned),
        depots=draw.dots(depot.location for depot in request.depots),
        communities=draw.dots(community.location for community in request.communities),
        unassigned_at={order: xy for order, xy in unassigned_at.items() if xy is not None},
        follows_roads=guide is not None,
        is_osm=request.travel.provider == "osm",
        left_out=sum(draw.xy(request.location_of(order)) is None for order in orders),
    )


class _Places:
    """Points in WGS-84 of every location that the map shows and that has coordinates."""

    def __init__(self, shown: ShownPlan) -> None:
        request = shown.request
        wanted = [request.location_of(order) for order in request.orders]
        wanted += [depot.location for depot in request.depots]
        wanted += [community.location for community in request.communities]
        for route in shown.routes:
            wanted += [end for end in _ends(route) if end is not None]
        usable = [location for location in dict.fromkeys(wanted) if location.lat is not None]
        points = places_of(usable)
        self.point_of = {
            location: point for location, point in zip(usable, points, strict=True) if isinstance(point, Point)
        }


@dataclass(frozen=True)
class _Draw:
    """Draws places and routes."""

    places: _Places
    projection: Projection

    def xy(self, location: Location) -> XY | None:
        """Return where a location is on the drawing; None without coordinates."""
        point = self.places.point_of.get(location)
        if point is None:
            return None
        x, y = self.projection.xy(point.lat, point.lon).tolist()
        return x, y

    def dots(self, locations: Iterable[Location]) -> str:
        """Return path data with a dot for each location that has coordinates."""
        found = [xy for location in locations if (xy := self.xy(location)) is not None]
        parts, previous = [], None
        for xy in found:
            parts.append(path_data(np.array([xy], dtype=np.int64), previous))
            previous = xy
        return "".join(parts)

    def routes(
        self, routes: Sequence[ShownRoute], request: Request, guide: FollowsRoads | None
    ) -> tuple[MapRoute, ...]:
        """Return every route; the provider is asked once for each profile."""
        stops_of_route = [_stops(route, request) for route in routes]
        waypoints = [
            [point for _, location in stops if (point := self.places.point_of.get(location)) is not None]
            for stops in stops_of_route
        ]
        lines = self._straight(waypoints) if guide is None else self._guided(waypoints, routes, guide)
        return tuple(
            self._route(route, stops, line) for route, stops, line in zip(routes, stops_of_route, lines, strict=True)
        )

    def _route(self, route: ShownRoute, stops: list[tuple[int | None, Location]], line: I64) -> MapRoute:
        start, end = _ends(route)
        marked = [(number, self.xy(location)) for number, location in stops if number is not None]
        return MapRoute(
            number=route.number,
            data=path_data(simplified(line, _ROUTE_TOLERANCE)) if len(line) else "",
            stops=tuple((number, xy) for number, xy in marked if xy is not None),
            start=None if start is None else self.xy(start),
            end=None if end is None else self.xy(end),
        )

    def _straight(self, waypoints: list[list[Point]]) -> list[I64]:
        return [self._xy_of(points) for points in waypoints]

    def _guided(self, waypoints: list[list[Point]], routes: Sequence[ShownRoute], guide: FollowsRoads) -> list[I64]:
        legs_of_profile: dict[str, list[tuple[int, Point, Point]]] = {}
        for k, (points, route) in enumerate(zip(waypoints, routes, strict=True)):
            legs = legs_of_profile.setdefault(route.technician.profile, [])
            legs += [(k, a, b) for a, b in pairwise(points) if a != b]
        pieces: list[list[I64]] = [[self._xy_of(points[:1])] for points in waypoints]
        for profile, legs in legs_of_profile.items():
            with travel_errors():
                paths = guide.paths([a for _, a, _ in legs], [b for _, _, b in legs], profile)
            for (k, start, end), path in zip(legs, paths, strict=True):
                ways = self.projection.xy(path[:, 0], path[:, 1])
                pieces[k] += [self._xy_of([start]), ways, self._xy_of([end])]
        return [np.concatenate(parts) for parts in pieces]

    def _xy_of(self, points: Sequence[Point]) -> I64:
        return self.projection.xy([point.lat for point in points], [point.lon for point in points]).reshape(-1, 2)


def _ends(route: ShownRoute) -> tuple[Location | None, Location | None]:
    """Return where a route starts and ends; None = where its last visit ends."""
    technician, shift = route.technician, route.shift
    available = technician.available
    start, end = technician.start_of(shift), technician.end_of(shift)
    is_out = available is not None and shift.start <= available.from_ <= shift.latest_end
    if available is not None and is_out and available.location is not None:
        start = available.location
    return start, None if isinstance(end, str) else end


def _stops(route: ShownRoute, request: Request) -> list[tuple[int | None, Location]]:
    """Return the places of a route in sequence: a visit with its number, a depot stop with -1, the ends with None."""
    start, end = _ends(route)
    visits = iter(route.visits)
    places: list[tuple[int | None, Location]] = []
    for stop in route.route.stops:
        match stop:
            case StartStop():
                places += [] if start is None else [(None, start)]
            case VisitStop():
                visit = next(visits)
                places.append((visit.number, request.location_of(visit.order)))
            case DepotStop():
                places.append((-1, request.depots_by_id[stop.depot].location))
            case EndStop():
                places += [] if end is None else [(None, end)]
            case BreakStop():
                continue
    return places
