from __future__ import annotations

import re

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import PlaceError, ProfileError, SettingError
from geo.point import Point
from geo.straight_line import BLOCK_PAIRS, StraightLine

XUZHOU = Point(34.26, 117.18)
EQUATOR_10_KM = Point(0.0, 10_000 / 111_319.490793)
"""10,000 m east of (0, 0): a degree of the equator is 2 pi x 6378137 m / 360 = 111,319.490793 m."""

CITY_POINT = st.builds(Point, st.floats(34.0, 34.5), st.floats(117.0, 117.5))
ANY_POINT = st.builds(Point, st.floats(-90, 90, allow_subnormal=False), st.floats(-180, 180, allow_subnormal=False))


@pytest.fixture(scope="module")
def provider() -> StraightLine:
    return StraightLine({"ebike": 20, "walk": 4.5}, {"ebike": 1.3, "walk": 1.2})


def seconds_and_metres(provider: StraightLine, start: Point, end: Point, profile: str) -> tuple[int, int]:
    legs = provider.legs([start], [end], profile)
    return int(legs.duration_s[0]), int(legs.distance_m[0])


def test_speed_and_detour_depend_on_the_profile(provider: StraightLine) -> None:
    # 10 km x 1.3 = 13,000 m at 20 km/h = 2,340 s; 10 km x 1.2 = 12,000 m at 4.5 km/h = 9,600 s
    assert seconds_and_metres(provider, Point(0, 0), EQUATOR_10_KM, "ebike") == (2_340, 13_000)
    assert seconds_and_metres(provider, Point(0, 0), EQUATOR_10_KM, "walk") == (9_600, 12_000)


def test_seconds_are_rounded_up() -> None:
    # 10,000 m at 21 km/h = 1,714.29 s
    assert seconds_and_metres(StraightLine({"car": 21}, {"car": 1}), Point(0, 0), EQUATOR_10_KM, "car") == (
        1_715,
        10_000,
    )


def test_metres_are_rounded_to_the_nearest() -> None:
    provider = StraightLine({"car": 36}, {"car": 1})
    # 1.4 m are 1 m, 1 m at 10 m/s is 0.1 s, rounded up to 1 s; 1.6 m are 2 m
    assert seconds_and_metres(provider, Point(0, 0), Point(0, 1.4 / 111_319.490793), "car") == (1, 1)
    assert seconds_and_metres(provider, Point(0, 0), Point(0, 1.6 / 111_319.490793), "car") == (1, 2)


def test_a_place_is_at_no_distance_from_itself(provider: StraightLine) -> None:
    assert seconds_and_metres(provider, XUZHOU, XUZHOU, "ebike") == (0, 0)


@given(CITY_POINT, CITY_POINT)
def test_in_a_city_metres_are_geopys_geodesic_times_the_detour(start: Point, end: Point) -> None:
    exact_m = 1.3 * geodesic((start.lat, start.lon), (end.lat, end.lon)).m
    _, metres = seconds_and_metres(StraightLine({"ebike": 20}, {"ebike": 1.3}), start, end, "ebike")
    assert metres == pytest.approx(exact_m, abs=0.7)  # 0.5 m of rounding, 2e-6 of at most 1.3 x 72 km


@given(st.lists(ANY_POINT, max_size=9), st.sampled_from(["ebike", "walk"]))
def test_table_and_legs_agree_for_every_pair(provider: StraightLine, points: list[Point], profile: str) -> None:
    table = provider.table(points, profile)
    pairs = [(a, b) for a in points for b in points]
    legs = provider.legs([a for a, _ in pairs], [b for _, b in pairs], profile)
    assert table.duration_s.ravel().tolist() == legs.duration_s.tolist()
    assert table.distance_m.ravel().tolist() == legs.distance_m.tolist()


@given(ANY_POINT, st.lists(ANY_POINT, max_size=8), st.sampled_from(["ebike", "walk"]))
def test_spokes_and_legs_agree(provider: StraightLine, hub: Point, rim: list[Point], profile: str) -> None:
    hubs, places = [hub] * len(rim), tuple(rim)
    for _ in range(2):  # the second time the rim is known
        spokes = provider.spokes(hub, places, profile)
        for found, legs in (
            (spokes.inward, provider.legs(rim, hubs, profile)),
            (spokes.outward, provider.legs(hubs, rim, profile)),
        ):
            assert found.duration_s.tolist() == legs.duration_s.tolist()
            assert found.distance_m.tolist() == legs.distance_m.tolist()


@given(st.lists(ANY_POINT, max_size=9))
def test_travel_is_symmetric(provider: StraightLine, points: list[Point]) -> None:
    table = provider.table(points, "ebike")
    assert (table.duration_s == table.duration_s.T).all()
    assert (table.distance_m == table.distance_m.T).all()


@given(CITY_POINT, CITY_POINT, CITY_POINT)
def test_a_detour_by_a_third_point_saves_nothing_but_rounding(
    provider: StraightLine, a: Point, b: Point, c: Point
) -> None:
    table = provider.table([a, b, c], "ebike")
    # each of three roundings to whole metres moves a leg by at most 0.5 m: 1.5 m, in whole metres 1 m,
    # 1 m at 20 km/h = 0.18 s, in whole seconds 1 s; Lambert's error is below 0.1 m a leg here
    assert table.distance_m[0, 2] <= table.distance_m[0, 1] + table.distance_m[1, 2] + 1
    assert table.duration_s[0, 2] <= table.duration_s[0, 1] + table.duration_s[1, 2] + 1


def test_a_table_larger_than_one_block_equals_its_legs(provider: StraightLine) -> None:
    rng = np.random.default_rng(1)
    n = 300
    assert n * n > BLOCK_PAIRS
    points = [Point(34 + lat, 117 + lon) for lat, lon in rng.random((n, 2))]
    table = provider.table(points, "ebike")
    for shift in (1, 117, 299):
        legs = provider.legs(points, points[shift:] + points[:shift], "ebike")
        rows, columns = np.arange(n), (np.arange(n) + shift) % n
        assert (table.duration_s[rows, columns] == legs.duration_s).all()
        assert (table.distance_m[rows, columns] == legs.distance_m).all()


def test_no_places_make_an_empty_table(provider: StraightLine) -> None:
    assert provider.table([], "ebike").duration_s.shape == (0, 0)
    assert provider.legs([], [], "ebike").duration_s.shape == (0,)


def test_arrays_are_int32_and_read_only(provider: StraightLine) -> None:
    table = provider.table([XUZHOU], "ebike")
    assert table.duration_s.dtype == table.distance_m.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        table.duration_s[0, 0] = 1


def test_the_longest_leg_on_earth_fits_at_the_slowest_speed_and_largest_detour() -> None:
    slow = StraightLine({"snail": 1}, {"snail": 10})
    seconds, metres = seconds_and_metres(slow, Point(90, 0), Point(-90, 0), "snail")
    # 20,003.9 km x 10 at 1 km/h: 200,039 h x 3,600 s
    assert metres == pytest.approx(200_039_000, rel=1e-5)
    assert seconds == pytest.approx(720_141_000, rel=1e-5)


def test_an_unknown_profile_is_named_with_the_known_ones(provider: StraightLine) -> None:
    with pytest.raises(ProfileError, match="'car', known are: ebike, walk"):
        provider.table([XUZHOU], "car")


def test_an_index_is_no_place_on_a_straight_line(provider: StraightLine) -> None:
    with pytest.raises(PlaceError, match=re.escape("places[1] is the index 7")):
        provider.table([XUZHOU, 7], "ebike")


def test_lists_of_legs_must_be_as_long(provider: StraightLine) -> None:
    with pytest.raises(PlaceError, match="1 origins but 2 destinations"):
        provider.legs([XUZHOU], [XUZHOU, XUZHOU], "ebike")


@pytest.mark.parametrize(
    ("speed", "detour", "message"),
    [
        ({"car": 0}, {"car": 1.3}, re.escape("speed_kmh.car is 0, must lie in 1..1000")),
        ({"car": float("nan")}, {"car": 1.3}, "speed_kmh.car is nan"),
        ({"car": 30}, {"car": 0.9}, re.escape("detour.car is 0.9, must lie in 1..10")),
        ({"car": 30, "walk": 4}, {"car": 1.3}, "only one of them names: walk"),
    ],
)
def test_settings_that_cannot_be_are_refused(speed: dict[str, float], detour: dict[str, float], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        StraightLine(speed, detour)


@pytest.mark.parametrize(("lat", "lon"), [(90.1, 0), (0, -180.1), (float("nan"), 0), (0, float("inf"))])
def test_a_point_off_the_earth_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(PlaceError, match="must lie in"):
        Point(lat, lon)
