from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

from geo.geodesic import distance_m, unit_vectors

LAT = st.floats(-90, 90, allow_subnormal=False)
LON = st.floats(-180, 180, allow_subnormal=False)


def between(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    start = unit_vectors(np.array([lat1]), np.array([lon1]))
    end = unit_vectors(np.array([lat2]), np.array([lon2]))
    return float(distance_m(start, end)[0])


@given(LAT, LON, st.floats(-0.9, 0.9), st.floats(-0.9, 0.9))
def test_within_100_km_it_differs_from_geopys_geodesic_by_at_most_2_millionths(
    lat: float, lon: float, north_100_km: float, east_100_km: float
) -> None:
    # a degree of latitude is about 111 km; near a pole the same way east spans more degrees
    lat2 = min(90.0, max(-90.0, lat + 0.9 * north_100_km))
    lon2 = lon + 0.9 * east_100_km / max(0.01, np.cos(np.radians(lat)))
    lon2 = (lon2 + 180) % 360 - 180
    exact = geodesic((lat, lon), (lat2, lon2)).m
    assume(exact <= 100_000)
    assert between(lat, lon, lat2, lon2) == pytest.approx(exact, rel=2e-6, abs=1e-6)


@given(LAT, LON, LAT, LON)
def test_anywhere_but_near_the_opposite_point_it_differs_by_at_most_1_in_10000(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    exact = geodesic((lat1, lon1), (lat2, lon2)).m
    assume(exact <= 19_500_000)
    assert between(lat1, lon1, lat2, lon2) == pytest.approx(exact, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("start", "end"),
    [((0.0, 0.0), (0.0, 180.0)), ((90.0, 0.0), (-90.0, 0.0)), ((45.0, 10.0), (-45.0, -170.0)), ((0, 0), (0.5, 179.7))],
)
def test_at_the_opposite_point_it_stays_within_a_fifth_of_a_percent(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    assert between(*start, *end) == pytest.approx(geodesic(start, end).m, rel=2e-3)


def test_the_antimeridian_is_no_barrier() -> None:
    # 0.2 degrees of the equator: 0.2 / 360 x 2 pi x 6378137 m = 22263.9 m
    assert between(0.0, 179.9, 0.0, -179.9) == pytest.approx(22_263.9, abs=0.1)
    assert between(12.0, 180.0, 12.0, -180.0) == pytest.approx(0.0, abs=1e-6)


def test_every_longitude_of_a_pole_is_the_same_point() -> None:
    assert between(90.0, 0.0, 90.0, 77.0) == pytest.approx(0.0, abs=1e-6)
    assert between(89.9, 0.0, 89.9, 180.0) == pytest.approx(geodesic((89.9, 0), (89.9, 180)).m, rel=2e-6)


@given(LAT, LON, LAT, LON)
def test_there_and_back_are_the_same_to_the_last_bit(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    assert between(lat1, lon1, lat2, lon2) == between(lat2, lon2, lat1, lon1)
