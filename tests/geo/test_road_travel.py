from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import PlaceError, ProfileError, SettingError
from geo.point import Point
from geo.road_graph import PROFILE_BITS, RoadGraph
from geo.road_travel import RoadTravel
from geo.table_cache import TableCache
from tests.road_graphs import Road, east, road_graph, street_grid

SPEEDS = {
    "ebike": {"primary": 36.0, "residential": 18.0, "service": 9.0},
    "walk": {"primary": 4.5, "residential": 4.5, "service": 4.5},
}
"""36 km/h = 10 m/s, 18 km/h = 5 m/s, 9 km/h = 2.5 m/s."""

GRID = street_grid(14, seed=7)
ON_GRID = st.builds(Point, st.floats(34.2, 34.211), st.floats(117.2, 117.213))


def travel(graph: RoadGraph, **options: object) -> RoadTravel:
    return RoadTravel(graph, speed_kmh=SPEEDS, digest="a graph", **options)  # type: ignore[arg-type]


def seconds_and_metres(graph: RoadGraph, start: Point, end: Point, profile: str = "ebike") -> tuple[int, int]:
    legs = travel(graph).legs([start], [end], profile)
    return int(legs.duration_s[0]), int(legs.distance_m[0])


def at(metres: float) -> Point:
    return Point(*east(metres))


@pytest.fixture(scope="module")
def grid_travel() -> RoadTravel:
    return travel(GRID)


def test_each_class_of_road_has_its_speed() -> None:
    roads = [Road(start=0, end=1, length_m=1000), Road(start=1, end=2, kind="primary", length_m=500)]
    # 1,000 m at 5 m/s + 500 m at 10 m/s = 200 + 50 s
    assert seconds_and_metres(road_graph([east(0), east(1000), east(1500)], roads), at(0), at(1500)) == (250, 1500)


def test_the_quickest_way_is_taken_not_the_shortest() -> None:
    roads = [Road(start=0, end=1, kind="service", length_m=1000), Road(start=0, end=1, kind="primary", length_m=1500)]
    # 1,000 m at 2.5 m/s = 400 s, 1,500 m at 10 m/s = 150 s
    assert seconds_and_metres(road_graph([east(0), east(1000)], roads), at(0), at(1000)) == (150, 1500)


def test_of_equally_quick_ways_the_shortest_is_taken() -> None:
    roads = [Road(start=0, end=1, kind="primary", length_m=2000), Road(start=0, end=1, length_m=1000)]
    assert seconds_and_metres(road_graph([east(0), east(1000)], roads), at(0), at(1000)) == (200, 1000)


def test_a_way_begins_and_ends_in_the_middle_of_a_road() -> None:
    graph = road_graph([east(0), east(1000), east(2000)], [Road(start=0, end=1), Road(start=1, end=2)])
    # 250 to 1,600 m: 1,350 m at 5 m/s = 270 s; on one road, 250 to 400 m: 30 s
    assert seconds_and_metres(graph, at(250), at(1600)) == (270, 1350)
    assert seconds_and_metres(graph, at(250), at(400)) == (30, 150)
    assert seconds_and_metres(graph, at(400), at(250)) == (30, 150)


def test_against_a_one_way_street_the_way_leads_around() -> None:
    one_way = PROFILE_BITS["walk"]
    back = Road(start=1, end=0, length_m=3000, shape=((0.01, 0.005),))
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1, backward=one_way, length_m=1000), back])
    assert seconds_and_metres(graph, at(200), at(700)) == (100, 500)
    # 300 m on to the end, 3,000 m around, 200 m from the beginning: 3,500 m at 5 m/s
    assert seconds_and_metres(graph, at(700), at(200)) == (700, 3500)
    # on foot 500 m back at 1.25 m/s
    assert seconds_and_metres(graph, at(700), at(200), "walk") == (400, 500)


def test_the_way_between_a_place_and_the_road_is_not_counted() -> None:
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1, length_m=1000)])
    assert seconds_and_metres(graph, Point(0.004, 0), Point(-0.004, east(1000)[1])) == (200, 1000)


def test_between_two_places_at_one_spot_there_is_no_travel() -> None:
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1)])
    assert seconds_and_metres(graph, at(333), at(333)) == (0, 0)
    assert seconds_and_metres(graph, Point(0.001, east(333)[1]), at(333)) == (0, 0)


def test_a_place_beside_a_road_without_return_is_put_on_one_that_has_it() -> None:
    dead_end = Road(start=1, end=2, backward=0)
    graph = road_graph([east(0), east(1000), east(1500)], [Road(start=0, end=1), dead_end])
    # 1,300 m stands 300 m beyond the end of the road that can be left again
    assert seconds_and_metres(graph, at(0), at(1300)) == (200, 1000)


def test_places_too_far_from_roads_are_named_up_to_ten() -> None:
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1)])
    near, far = at(500), Point(0.02, 0.001)  # 0.02 degrees north = 2,211 m
    expected = re.escape("places[1] (lat 0.020000, lon 0.001000) 2,211 m\nMaybe their coordinates are wrong")
    with pytest.raises(PlaceError, match=expected):
        travel(graph).table([near, far], "ebike")
    with pytest.raises(PlaceError, match=r"farther than 1000 m .* ebike .*; places\[9\] [^;]* and 2 more\n"):
        travel(graph).table([far] * 12, "ebike")
    with pytest.raises(PlaceError, match=r"destinations\[0\]"):
        travel(graph).legs([near], [far], "ebike")
    assert travel(graph, max_snap_m=2212).table([far], "ebike").duration_s.tolist() == [[0]]


def test_a_way_of_more_than_74_hours_is_none() -> None:
    provider = RoadTravel(
        road_graph([east(0), east(8000)], [Road(start=0, end=1, length_m=8000), Road(start=0, end=0, length_m=1)]),
        speed_kmh={"walk": {"residential": 0.1}},
        digest="slow",
    )
    # 7.3 km at 0.1 km/h = 73 h, 7.9 km = 79 h; 8 km as a whole is no road at all, so there is only the loop
    assert provider.table([at(0), at(500)], "walk").duration_s.tolist() == [[0, 0], [0, 0]]
    two = road_graph([east(0), east(4000), east(8000)], [Road(start=0, end=1), Road(start=1, end=2)])
    slow = RoadTravel(two, speed_kmh={"walk": {"residential": 0.1}}, digest="slow")
    assert slow.table([at(0), at(7300), at(7900)], "walk").duration_s[0].tolist() == [0, 73 * 3600, -1]
    assert slow.legs([at(0)] * 2, [at(7300), at(7900)], "walk").distance_m.tolist() == [7300, -1]
    assert [len(path) for path in slow.paths([at(0)] * 2, [at(7300), at(7900)], "walk")] == [3, 0]


@given(ON_GRID, st.lists(ON_GRID, max_size=8), st.sampled_from(["ebike", "walk"]))
def test_spokes_and_legs_agree(grid_travel: RoadTravel, hub: Point, rim: list[Point], profile: str) -> None:
    hubs, places = [hub] * len(rim), tuple(rim)
    for _ in range(2):  # the second time the rim is known
        spokes = grid_travel.spokes(hub, places, profile)
        for found, legs in (
            (spokes.inward, grid_travel.legs(rim, hubs, profile)),
            (spokes.outward, grid_travel.legs(hubs, rim, profile)),
        ):
            assert found.duration_s.tolist() == legs.duration_s.tolist()
            assert found.distance_m.tolist() == legs.distance_m.tolist()


@given(st.lists(ON_GRID, min_size=1, max_size=8), st.sampled_from(["ebike", "walk"]))
def test_table_and_legs_agree_for_every_pair(grid_travel: RoadTravel, points: list[Point], profile: str) -> None:
    table = grid_travel.table(points, profile)
    pairs = [(a, b) for a in points for b in points]
    legs = grid_travel.legs([a for a, _ in pairs], [b for _, b in pairs], profile)
    assert table.duration_s.ravel().tolist() == legs.duration_s.tolist()
    assert table.distance_m.ravel().tolist() == legs.distance_m.tolist()
    assert (table.duration_s >= 0).all()


@given(st.lists(ON_GRID, min_size=2, max_size=8), st.randoms())
def test_a_pair_is_as_far_whatever_else_is_asked(grid_travel: RoadTravel, points: list[Point], chance: object) -> None:
    table = grid_travel.table(points, "ebike")
    order = list(range(len(points)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    other = grid_travel.table([points[k] for k in order[:-1]], "ebike")
    assert other.duration_s.tolist() == table.duration_s[np.ix_(order[:-1], order[:-1])].tolist()


def test_no_places_have_an_empty_table(grid_travel: RoadTravel) -> None:
    assert grid_travel.table([], "ebike").duration_s.shape == (0, 0)
    assert len(grid_travel.legs([], [], "ebike").duration_s) == 0
    assert grid_travel.paths([], [], "ebike") == ()


def test_what_cannot_be_asked_is_refused(grid_travel: RoadTravel) -> None:
    with pytest.raises(ProfileError, match="profile is 'car', known are: ebike, walk"):
        grid_travel.table([], "car")
    with pytest.raises(PlaceError, match=r"origins\[0\] is the index 3, travel along roads needs a coordinate"):
        grid_travel.legs([3], [at(0)], "ebike")
    with pytest.raises(PlaceError, match="1 origins but 0 destinations"):
        grid_travel.paths([at(0)], [], "ebike")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"speed_kmh": {"boat": {}}}, r"speed_kmh\.boat is no profile, known are: ebike, car, walk"),
        ({"speed_kmh": {"car": {"path": 3}}}, r"speed_kmh\.car\.path is no class of road, known are: motorway, "),
        ({"speed_kmh": {"car": {"track": -1}}}, r"speed_kmh\.car\.track is -1, must be 0 \(not usable\) or lie in"),
        ({"speed_kmh": {"car": {"track": float("nan")}}}, r"speed_kmh\.car\.track is nan"),
        ({"max_snap_m": 0}, "max_snap_m is 0, must be above 0 and at most 100000"),
        ({"workers": 0}, "workers is 0, must be at least 1"),
    ],
)
def test_settings_that_cannot_work_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        RoadTravel(GRID, **({"speed_kmh": SPEEDS, "digest": "a graph"} | options))  # type: ignore[arg-type]


def test_a_kept_table_is_used_for_the_same_graph_speeds_and_places_only(tmp_path: Path) -> None:
    short = road_graph([east(0), east(1000)], [Road(start=0, end=1, length_m=1000)])
    long = road_graph([east(0), east(1000)], [Road(start=0, end=1, length_m=2000)])
    cache, places = TableCache(tmp_path), [at(0), at(1000)]

    def first_leg_s(graph: RoadGraph, places: list[Point], digest: str = "short", kmh: float = 18.0) -> int:
        provider = RoadTravel(graph, speed_kmh={"ebike": {"residential": kmh}}, digest=digest, cache=cache)
        return int(provider.table(places, "ebike").duration_s[0, 1])

    assert first_leg_s(short, places) == 200
    assert first_leg_s(long, places) == 200  # the digest says that it is the same graph, so nothing is computed
    assert first_leg_s(long, places, digest="long") == 400
    assert first_leg_s(long, places, kmh=36.0) == 200
    assert first_leg_s(long, [places[0], at(500)]) == 200  # 1,000 of 2,000 m
    assert len(list(tmp_path.iterdir())) == 4


def test_places_too_far_from_roads_are_refused_though_their_table_is_kept(tmp_path: Path) -> None:
    graph = road_graph([east(0), east(1000)], [Road(start=0, end=1)])
    travel(graph, cache=TableCache(tmp_path)).table([Point(0.005, 0)], "ebike")
    with pytest.raises(PlaceError, match="farther than 100 m"):
        travel(graph, cache=TableCache(tmp_path), max_snap_m=100).table([Point(0.005, 0)], "ebike")
