"""The map of a plan: roads, routes, stops and what is left out, in drawing units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from dispatch.domain.plan import BreakStop, DepotStop, EndStop, StartStop, VisitStop
from dispatch.domain.plan_fit import end_of_route, start_of_route
from dispatch.domain.request import Location, Request
from dispatch.geocoding import geocoder_for, locations_of_orders
from dispatch.policy.settings import Policy
from dispatch.report.figures import KINDS
from dispatch.report.projection import ASPECT, I64, UNITS, Projection, path_data, simplified
from dispatch.report.reading import ShownPlan, ShownRoute
from dispatch.report.roads import RoadLayer, road_layers
from dispatch.travel import places_of
from dispatch.travel_sources import TravelSources, travel_errors, travel_used
from geo.point import Point

if TYPE_CHECKING:
    from geo.road_travel import RoadTravel

XY = tuple[int, int]
_ROUTE_TOLERANCE = 1.5
"""Drawing units; see `roads`."""


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
    places = _Places(shown, policy)
    if not places.point_of:
        return None
    graph = sources.road_graph(request, policy)
    guide = sources.road_travel(request, policy, used=travel_used(request, shown.plan))
    shown_points = list(places.point_of.values())
    projection = Projection.around(
        np.array([point.lat for point in shown_points]), np.array([point.lon for point in shown_points])
    )
    draw, located = _Draw(places, projection), places.location_of_order
    visits = [visit for route in shown.routes for visit in route.visits]
    by_kind = {
        kind: draw.dots(located[visit.order.id] for visit in visits if visit.order.kind == kind) for kind in KINDS
    }
    orders = [*(visit.order for visit in visits), *(one.order for one in shown.unassigned)]
    unassigned_at = {one.order.id: draw.xy(located[one.order.id]) for one in shown.unassigned}
    return CityMap(
        width=UNITS,
        height=round(UNITS / ASPECT),
        units_per_km=projection.units_per_km,
        roads=() if graph is None else road_layers(graph, projection),
        routes=draw.routes(shown.routes, request, guide),
        visits_of_kind={kind: data for kind, data in by_kind.items() if data},
        late=draw.dots(located[visit.order.id] for visit in visits if visit.tardiness_s),
        unassigned=draw.dots(located[one.order.id] for one in shown.unassigned),
        depots=draw.dots(depot.location for depot in request.depots),
        communities=draw.dots(community.location for community in request.communities),
        unassigned_at={order: xy for order, xy in unassigned_at.items() if xy is not None},
        follows_roads=guide is not None,
        is_osm=request.travel.provider == "osm",
        left_out=sum(draw.xy(located[order.id]) is None for order in orders),
    )


class _Places:
    """Points in WGS-84 of every location that the map shows and that has coordinates.

    Attributes
    ----------
    location_of_order
        By id: where the order is served, its geocoded address included.
    point_of
        By location.
    """

    def __init__(self, shown: ShownPlan, policy: Policy) -> None:
        request = shown.request
        geocoder = None if request.travel.provider == "matrix" else geocoder_for(policy)
        locations = locations_of_orders(request, geocoder)
        self.location_of_order = {order.id: at for order, at in zip(request.orders, locations, strict=True)}
        wanted = [*locations, *(depot.location for depot in request.depots)]
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

    def routes(self, routes: Sequence[ShownRoute], request: Request, guide: RoadTravel | None) -> tuple[MapRoute, ...]:
        """Return every route; the provider is asked once for each profile."""
        stops_of_route = [_stops(route, request, self.places.location_of_order) for route in routes]
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
            start=self.xy(start),
            end=None if end is None else self.xy(end),
        )

    def _straight(self, waypoints: list[list[Point]]) -> list[I64]:
        return [self._xy_of(points) for points in waypoints]

    def _guided(self, waypoints: list[list[Point]], routes: Sequence[ShownRoute], guide: RoadTravel) -> list[I64]:
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


def _ends(route: ShownRoute) -> tuple[Location, Location | None]:
    """Return where a route starts and ends; None = where its last visit is."""
    return start_of_route(route.technician, route.shift), end_of_route(route.technician, route.shift)


def _stops(
    route: ShownRoute, request: Request, location_of_order: Mapping[str, Location]
) -> list[tuple[int | None, Location]]:
    """Return the places of a route in sequence: a visit with its number, a depot stop with -1, the ends with None."""
    start, end = _ends(route)
    visits = iter(route.visits)
    places: list[tuple[int | None, Location]] = []
    for stop in route.route.stops:
        match stop:
            case StartStop():
                places.append((None, start))
            case VisitStop():
                visit = next(visits)
                places.append((visit.number, location_of_order[visit.order.id]))
            case DepotStop():
                places.append((-1, request.depots_by_id[stop.depot].location))
            case EndStop():
                places += [] if end is None else [(None, end)]
            case BreakStop():
                continue
    return places
