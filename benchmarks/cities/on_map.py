"""Lays a synthetic city on a real map: its communities, offices and depots stand at the streets of an extract.

Names, people and orders are as made up as ever; only the streets are real, and travel follows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.cities.frontage import is_reachable
from benchmarks.cities.generate import generate_city
from benchmarks.cities.geography import Geography, draw_geography, nearest
from benchmarks.cities.plane import Origin, Spot
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.streams import Streams
from dispatch.domain.request import Community, Depot, Location, Request, Travel
from dispatch.errors import BadInputError, Problem
from dispatch.travel_sources import travel_errors
from geo.osm import load_osm
from geo.road_graph import ROAD_CLASSES, RoadGraph

F64 = NDArray[np.float64]

NO_ADDRESS: Final = tuple(ROAD_CLASSES.index(name) for name in ("motorway", "trunk"))
"""Nobody lives at these."""
EXTENT_PERCENTILE: Final = 90.0
"""Of the streets' distances from the middle: the radius of the city, if that of its size is not smaller."""


def generate_city_on_map(spec: CitySpec, map_file: Path, *, folder: Path | None = None) -> Request:
    """Generate a city's planning request on the streets of an OpenStreetMap extract.

    The city's middle is the median of the extract's streets, its radius that of its size or of the extract, whichever
    is smaller. Every place moves to the nearest point of a street that nobody else stands at.

    Parameters
    ----------
    spec
        With travel "straight_line": the request names the map instead.
    map_file
        The extract.
    folder
        Where the request will lie: a map inside is named relative to it. None = the map's absolute path.

    Raises
    ------
    TravelError
        If the map cannot be used.
    BadInputError
        If the spec names another kind of travel, or the map has fewer places than the city needs.
    """
    if spec.travel != "straight_line":
        message = f"{spec.travel!r} is not possible on a map"
        raise BadInputError(
            [Problem(path="travel", message=message, remedy="leave it out, the map's streets are used")]
        )
    with travel_errors():
        graph, digest = load_osm(map_file, cache_folder=None)
        streets = _street_points(graph)
    if len(streets) < spec.extent.communities + spec.extent.offices:
        message = f"{map_file} has streets with {len(streets)} points, too few for a {spec.size}"
        raise BadInputError([Problem(path="map", message=message, remedy="take a larger extract or a smaller size")])
    lat, lon = np.median(streets, axis=0).tolist()
    origin = Origin(lat=round(lat, 5), lon=round(lon, 5))
    points = origin.metres_of(streets)
    extract_m = float(np.percentile(np.hypot(points[:, 0], points[:, 1]), EXTENT_PERCENTILE))
    drawn = draw_geography(
        spec, Streams(spec.seed), origin=origin, radius_m=round(min(extract_m, spec.extent.radius_m), 1)
    )
    travel = Travel(provider="osm", path=_path_from(folder, map_file), sha256=digest)
    request = generate_city(spec, geography=_moved_to_streets(drawn, points), travel=travel)
    said = {**(request.extra or {}).get("city", {}), "travel": "osm"}
    return request.model_copy(update={"extra": {"city": said}})


def _street_points(graph: RoadGraph) -> F64:
    """Return the latitudes and longitudes, (k, 2), along the streets that cars and e-bikes can get to and back from."""
    is_street = is_reachable(graph) & ~np.isin(graph.road_class, NO_ADDRESS)
    ends = np.unique(np.concatenate((graph.segment_from[is_street], graph.segment_to[is_street])))
    bends = np.repeat(is_street, np.diff(graph.shape_start))
    lat = np.concatenate((graph.node_lat[ends], graph.shape_lat[bends]))
    lon = np.concatenate((graph.node_lon[ends], graph.shape_lon[bends]))
    return np.unique(np.stack((lat, lon), axis=1), axis=0)


def _moved_to_streets(drawn: Geography, points: F64) -> Geography:
    """Move offices, then communities, to the nearest of `points` that is free; the depots go with their offices."""
    moved = _nearest_free([*drawn.offices, *drawn.spots], points)
    offices, spots = moved[: len(drawn.offices)], moved[len(drawn.offices) :]

    def community_at(community: Community, spot: Spot) -> Community:
        territory = drawn.territories[nearest(spot, offices)]
        return community.model_copy(update={"location": drawn.origin.location_of(spot), "territory": territory})

    def depot_at_office(depot: Depot) -> Depot:
        office = nearest(_spot_of(depot.location, drawn.origin), drawn.offices)
        return depot.model_copy(update={"location": drawn.origin.location_of(offices[office])})

    return replace(
        drawn,
        communities=tuple(community_at(c, spot) for c, spot in zip(drawn.communities, spots, strict=True)),
        spots=spots,
        offices=offices,
        depots=tuple(depot_at_office(depot) for depot in drawn.depots),
    )


def _nearest_free(spots: Sequence[Spot], points: F64) -> tuple[Spot, ...]:
    tree = KDTree(points)
    taken: dict[int, Spot] = {}
    for spot in spots:
        _, found = tree.query(np.array([spot.east_m, spot.north_m]), k=list(range(1, len(taken) + 2)))
        k = next(k for k in np.ravel(found).tolist() if k not in taken)
        taken[k] = Spot(*points[k].tolist())
    return tuple(taken.values())


def _spot_of(place: Location, origin: Origin) -> Spot:
    degrees = np.array([(place.lat, place.lon)], dtype=np.float64)
    return Spot(*origin.metres_of(degrees)[0].tolist())


def _path_from(folder: Path | None, map_file: Path) -> str:
    path = map_file.resolve()
    if folder is not None and path.is_relative_to(folder.resolve()):
        return path.relative_to(folder.resolve()).as_posix()
    return str(path)
