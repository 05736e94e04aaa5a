from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from geo.errors import RoadGraphError
from geo.geodesic import distance_m, unit_vectors
from geo.road_graph import RoadGraph
from geo.road_lines import lines_of
from geo.road_network import network_of, speeds_m_per_h
from geo.road_snap import FARTHEST_M, RoadSnapper, SnappedPlaces
from tests.road_graphs import METRES_PER_DEGREE, LatLon, Road, east, random_road_graphs, road_graph, street_grid


def snapper_for(graph: RoadGraph) -> RoadSnapper:
    speeds = speeds_m_per_h({"primary": 18.0, "residential": 18.0, "service": 18.0}, "speed_kmh")
    return RoadSnapper(lines_of(graph), network_of(graph, "ebike", speeds))


def snap(graph: RoadGraph, places: list[LatLon]) -> SnappedPlaces:
    where = np.array(places, dtype=np.float64).reshape(-1, 2)
    return snapper_for(graph).snap(where[:, 0].copy(), where[:, 1].copy(), within_m=FARTHEST_M)


def naive_off_road_m(graph: RoadGraph, lat: float, lon: float) -> float:
    """Walk along every usable line in 2,000 steps."""
    lines, best = lines_of(graph), np.inf
    for segment in snapper_for(graph)._network.segments:
        points = slice(lines.start[segment], lines.start[segment + 1])
        at = np.linspace(0, 1, 2001) * (points.stop - points.start - 1)
        steps = np.arange(points.stop - points.start)
        line = unit_vectors(np.interp(at, steps, lines.lat[points]), np.interp(at, steps, lines.lon[points]))
        best = min(best, distance_m(unit_vectors(np.array([lat]), np.array([lon])), line).min())
    return float(best)


def test_a_place_is_put_on_the_middle_of_a_road_however_long() -> None:
    # 10 km of straight road; the place is 30 m north of metre 3,210
    found = snap(road_graph([east(0), east(10_000)], [Road(start=0, end=1)]), [(30 / 110_574.3, east(3210)[1])])
    assert found.position_dm.tolist() == [32_100]
    assert found.off_road_m.tolist() == pytest.approx([30], abs=0.01)
    assert (found.lat[0], found.lon[0]) == pytest.approx((0.0, east(3210)[1]), abs=1e-7)


def test_the_position_follows_the_shape_in_proportion_to_the_length() -> None:
    # 300 m east, 100 m west again (as drawn), said to be 800 m long: 100 m from its end is 300 of 400 drawn = 600 m
    graph = road_graph([east(0), east(200)], [Road(start=0, end=1, length_m=800, shape=(east(300),))])
    graph_bent = road_graph([(0, 0), (0.001, 0)], [Road(start=0, end=1, length_m=800, shape=(east(300),))])
    assert snap(graph, [east(299.99)]).position_dm.tolist() == [6000]
    assert snap(graph_bent, [east(150)]).position_dm[0] < 3000


def test_only_roads_of_the_profile_count() -> None:
    roads = [Road(start=0, end=1), Road(start=2, end=3, kind="footway")]
    graph = road_graph([east(0), east(500), (0.001, 0.0), (0.001, 0.004)], roads)
    assert snap(graph, [(0.001, 0.001)]).segment.tolist() == [0]


def test_a_road_across_the_date_line_is_found_from_both_sides() -> None:
    graph = road_graph([(0, 179.999), (0, -179.999)], [Road(start=0, end=1, length_m=0.002 * METRES_PER_DEGREE)])
    found = snap(graph, [(0, 179.9996), (0, -179.9996), (0.0001, 180)])
    # 222.6 m; three tenths = 66.78 m, seven tenths = 155.82 m, a half = 111.3 m
    assert found.position_dm.tolist() == [668, 1558, 1113]
    assert found.off_road_m.tolist() == pytest.approx([0, 0, 11.06], abs=0.01)


def test_no_places_are_no_places() -> None:
    assert len(snap(road_graph([east(0), east(100)], [Road(start=0, end=1)]), []).segment) == 0


def test_places_far_from_every_road_take_no_more_memory_than_near_ones() -> None:
    # From the other end of the earth all 6,000 roads are about as near; to measure them all takes hundreds of MB.
    snapper = snapper_for(street_grid(60, seed=3))
    lat, lon = np.linspace(-0.01, 0.01, 300), np.zeros(300)
    tracemalloc.start()
    try:
        found = snapper.snap(lat, lon, within_m=1000.0)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.off_road_m.min() > 5_000_000
    assert peak_bytes < 10_000_000


@given(random_road_graphs(), st.floats(33.99, 34.06), st.floats(116.99, 117.06))
def test_no_road_is_nearer_than_the_one_found(graph: RoadGraph, lat: float, lon: float) -> None:
    try:
        found = snap(graph, [(lat, lon)])
    except RoadGraphError:
        reject()
    # a step is up to 15 km / 2000 = 7.5 m long: the nearest step may be a few metres farther off than the road
    expected_m = naive_off_road_m(graph, lat, lon)
    assert expected_m - 7.5 <= found.off_road_m[0] <= expected_m * (1 + 1e-3) + 0.01
    assert distance_m(unit_vectors(np.array([lat]), np.array([lon])), unit_vectors(found.lat, found.lon))[
        0
    ] == pytest.approx(found.off_road_m[0], rel=1e-3, abs=0.01)


def test_a_place_stands_where_it_stands_whatever_else_is_asked() -> None:
    graph = street_grid(12, seed=3)
    chance = np.random.default_rng(5)
    places = [(34.2 + 0.01 * a, 117.2 + 0.012 * b) for a, b in chance.random((37, 2))]
    together = snap(graph, places)
    for k, place in enumerate(places):
        alone = snap(graph, [place])
        assert (alone.segment[0], alone.position_dm[0]) == (together.segment[k], together.position_dm[k])
