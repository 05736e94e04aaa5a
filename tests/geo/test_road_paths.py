from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.geodesic import distance_m, unit_vectors
from geo.point import Point
from geo.road_graph import PROFILE_BITS, RoadGraph
from geo.road_travel import RoadTravel
from tests.road_graphs import LatLon, Road, east, road_graph, street_grid

SPEEDS = {"ebike": {"primary": 18.0, "residential": 18.0, "service": 9.0}}

ON_GRID = st.builds(Point, st.floats(34.2, 34.211), st.floats(117.2, 117.213))


def path(graph: RoadGraph, start: LatLon, end: LatLon) -> list[list[float]]:
    provider = RoadTravel(graph, speed_kmh=SPEEDS, digest="a graph")
    (line,) = provider.paths([Point(*start)], [Point(*end)], "ebike")
    return line.tolist()


def on_equator(*metres: float) -> object:
    return pytest.approx(np.array([east(m) for m in metres]), abs=1e-7)


@pytest.fixture(scope="module")
def grid_travel() -> RoadTravel:
    return RoadTravel(street_grid(14, seed=7), speed_kmh=SPEEDS, digest="grid")


def length_m(line: np.ndarray) -> float:
    vectors = unit_vectors(line[:, 0], line[:, 1])
    return float(distance_m(vectors[:, :-1], vectors[:, 1:]).sum())


def test_a_path_leads_over_shapes_and_junctions_from_road_to_road() -> None:
    first = Road(start=0, end=1, shape=(east(300), east(600)))
    second = Road(start=2, end=1, shape=(east(1800), east(1400)))
    graph = road_graph([east(0), east(1000), east(2000)], [first, second])
    assert np.array(path(graph, east(400), east(1500))) == on_equator(400, 600, 1000, 1400, 1500)
    assert np.array(path(graph, east(1500), east(400))) == on_equator(1500, 1400, 1000, 600, 400)


def test_a_path_on_one_road_has_the_points_between() -> None:
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1, shape=(east(300), east(600)))])
    assert np.array(path(graph, east(100), east(700))) == on_equator(100, 300, 600, 700)
    assert np.array(path(graph, east(700), east(100))) == on_equator(700, 600, 300, 100)
    assert np.array(path(graph, east(350), east(550))) == on_equator(350, 550)


def test_a_path_around_a_one_way_street_is_drawn_around() -> None:
    roads = [
        Road(start=0, end=1, backward=PROFILE_BITS["walk"]),
        Road(start=1, end=0, shape=((0.01, 0.009), (0.01, 0.0))),
    ]
    line = path(road_graph([east(0), east(1000)], roads), east(700), east(200))
    north_west, north_east = [0.01, 0.0], [0.01, 0.009]
    expected = [[*east(700)], [*east(1000)], north_east, north_west, [*east(0)], [*east(200)]]
    assert np.array(line) == pytest.approx(np.array(expected), abs=1e-7)


def test_a_path_around_a_loop_goes_the_shorter_way_to_its_only_junction() -> None:
    loop = Road(start=1, end=1, shape=((0.001, 0.01), (0.001, 0.012), (0.0, 0.012)))
    graph = road_graph([(0, 0), (0, 0.01)], [Road(start=0, end=1), loop])
    assert np.array(path(graph, (0.0, 0.0115), (0, 0))) == pytest.approx(
        np.array([[0, 0.0115], [0, 0.01], [0, 0]]), abs=1e-7
    )


def test_a_path_to_the_same_spot_is_that_spot_twice() -> None:
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1)])
    assert np.array(path(graph, east(250), east(250))) == on_equator(250, 250)


@given(ON_GRID, ON_GRID)
def test_a_path_is_as_long_as_the_leg(grid_travel: RoadTravel, start: Point, end: Point) -> None:
    legs = grid_travel.legs([start], [end], "ebike")
    (line,) = grid_travel.paths([start], [end], "ebike")
    # up to 30 segments, each rounded to the decimetre, and the two places
    assert length_m(line) == pytest.approx(legs.distance_m[0], abs=0.5 + 32 * 0.05)


def test_many_paths_are_those_of_one_at_a_time(grid_travel: RoadTravel) -> None:
    chance = np.random.default_rng(11)
    places = [Point(34.2 + 0.011 * a, 117.2 + 0.013 * b) for a, b in chance.random((40, 2))]
    origins, destinations = places[:20] * 2, places[20:] + places[10:30]
    together = grid_travel.paths(origins, destinations, "ebike")
    for k in range(40):
        (alone,) = grid_travel.paths([origins[k]], [destinations[k]], "ebike")
        assert together[k].tolist() == alone.tolist()
