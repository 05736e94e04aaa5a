from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import example, given
from hypothesis import strategies as st

from geo.datum import Datum, from_wgs84, to_wgs84
from geo.errors import PlaceError
from geo.mainland_china import is_in_mainland_china

INSIDE = {
    "Beijing": (39.9042, 116.4074),
    "Shanghai": (31.2304, 121.4737),
    "Xuzhou": (34.26, 117.18),
    "Shenzhen": (22.543, 114.058),
    "Shenzhen, Luohu": (22.535, 114.117),
    "Shenzhen, Yantian": (22.568, 114.24),
    "Zhuhai": (22.271, 113.577),
    "Zhuhai, Gongbei": (22.221, 113.549),
    "Xiamen": (24.48, 118.09),
    "Haikou": (20.04, 110.2),
    "Sanya": (18.25, 109.51),
    "Zhoushan": (30.0, 122.2),
    "Dalian": (38.91, 121.6),
    "Kunming": (25.04, 102.71),
    "Lhasa": (29.65, 91.13),
    "Kashgar": (39.47, 75.99),
    "Yining": (43.91, 81.32),
    "Mohe": (52.97, 122.53),
    "Hunchun": (42.86, 130.37),
}
OUTSIDE = {
    "Hong Kong": (22.2783, 114.1747),
    "Hong Kong, Sheung Shui": (22.502, 114.128),
    "Hong Kong, airport": (22.308, 113.918),
    "Macau": (22.1987, 113.5439),
    "Macau, Coloane": (22.12, 113.565),
    "Taipei": (25.033, 121.5654),
    "Kaohsiung": (22.627, 120.3),
    "Kinmen": (24.44, 118.33),
    "Seoul": (37.5665, 126.978),
    "Pyongyang": (39.03, 125.75),
    "Ulaanbaatar": (47.8864, 106.9057),
    "Vladivostok": (43.115, 131.886),
    "Hanoi": (21.03, 105.85),
    "Kathmandu": (27.717, 85.324),
    "Almaty": (43.24, 76.89),
    "Helsinki": (60.17, 24.94),
    "New York": (40.71, -74.0),
    "north pole": (90.0, 0.0),
    "south pole": (-90.0, 180.0),
}

INLAND_LAT, INLAND_LON = st.floats(27, 40), st.floats(103, 118)
"""A rectangle well inside mainland China."""
SHIFTED: tuple[Datum, ...] = ("gcj02", "bd09")


def at(place: tuple[float, float]) -> tuple[list[float], list[float]]:
    return [place[0]], [place[1]]


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # the pairs by which the libraries named eviltransform, in ten languages, test themselves
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_gcj02_reproduces_published_pairs(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    shifted, back = from_wgs84(*at(wgs84), "gcj02"), to_wgs84(*at(gcj02), "gcj02")
    assert (shifted.lat[0], shifted.lon[0]) == pytest.approx(gcj02, abs=1e-8)
    assert (back.lat[0], back.lon[0]) == pytest.approx(wgs84, abs=1e-8)


def test_bd09_reproduces_the_published_pair_of_the_library_coordtransform() -> None:
    gcj02, bd09 = (39.915, 116.404), (39.92133699351022, 116.41036949371029)
    wgs84 = to_wgs84(*at(gcj02), "gcj02")
    shifted = from_wgs84(wgs84.lat, wgs84.lon, "bd09")
    assert (shifted.lat[0], shifted.lon[0]) == pytest.approx(bd09, abs=1e-8)


@given(INLAND_LAT, INLAND_LON, st.sampled_from(SHIFTED))
def test_there_and_back_returns_within_1e_8_degrees(lat: float, lon: float, datum: Datum) -> None:
    shifted = from_wgs84([lat], [lon], datum)
    back = to_wgs84(shifted.lat, shifted.lon, datum)
    assert (back.lat[0], back.lon[0]) == pytest.approx((lat, lon), abs=1e-8)


@given(INLAND_LAT, INLAND_LON)
def test_gcj02_shifts_by_at_most_1_km_inland(lat: float, lon: float) -> None:
    shifted = from_wgs84([lat], [lon], "gcj02")
    assert 0 < geodesic((lat, lon), (shifted.lat[0], shifted.lon[0])).m < 1_000


@example(-90.0, -140.0)  # where the iteration of GCJ-02 would run away
@given(st.floats(-90, 90), st.floats(-180, 180))
def test_anywhere_on_earth_bd09_comes_back_or_lies_at_the_border(lat: float, lon: float) -> None:
    shifted = from_wgs84([lat], [lon], "bd09")
    back = to_wgs84(shifted.lat, shifted.lon, "bd09")
    # at most a shift of GCJ-02 away: 1 km is 0.01 degrees of latitude, and at 54 degrees north 0.016 of longitude
    is_near_china = 15 < lat < 56 and 70 < lon < 138
    assert (back.lat[0], back.lon[0]) == pytest.approx((lat, lon), abs=0.016 if is_near_china else 1e-8)


@pytest.mark.parametrize("place", INSIDE.values(), ids=INSIDE.keys())
def test_gcj02_shifts_places_of_mainland_china(place: tuple[float, float]) -> None:
    shifted = from_wgs84(*at(place), "gcj02")
    assert (shifted.lat[0], shifted.lon[0]) != place
    back = to_wgs84(shifted.lat, shifted.lon, "gcj02")
    assert (back.lat[0], back.lon[0]) == pytest.approx(place, abs=1e-8)


@pytest.mark.parametrize("place", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_gcj02_leaves_places_elsewhere_where_they_are(place: tuple[float, float]) -> None:
    for convert in (from_wgs84, to_wgs84):
        same = convert(*at(place), "gcj02")
        assert (same.lat[0], same.lon[0]) == place


def test_wgs84_stays_wgs84() -> None:
    same = to_wgs84([34.26], [117.18], "wgs84")
    assert (same.lat[0], same.lon[0]) == (34.26, 117.18)


def test_many_points_convert_like_one_by_one() -> None:
    places = [*INSIDE.values(), *OUTSIDE.values()]
    lat, lon = np.array(places).T
    together = to_wgs84(lat, lon, "bd09")
    for k, place in enumerate(places):
        alone = to_wgs84(*at(place), "bd09")
        assert (together.lat[k], together.lon[k]) == pytest.approx((alone.lat[0], alone.lon[0]), abs=1e-12)


def test_no_points_convert_to_none() -> None:
    assert to_wgs84([], [], "bd09").lat.shape == (0,)
    assert is_in_mainland_china(np.array([]), np.array([])).shape == (0,)


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(PlaceError, match="datum is 'itrf', must be wgs84, gcj02 or bd09"):
        to_wgs84([34.26], [117.18], "itrf")  # type: ignore[arg-type]


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(PlaceError, match="lat has shape"):
        from_wgs84([34.26, 34.27], [117.18], "gcj02")
