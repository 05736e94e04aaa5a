"""Coordinates of Chinese map services (GCJ-02, BD-09) to and from WGS-84.

GCJ-02 shifts WGS-84 by 100 to 700 m inside mainland China and nowhere else; BD-09 (Baidu) shifts GCJ-02 once more,
anywhere. Neither is published by its maker. The formulae are those in general use since 2010, known from the software
of devices and confirmed against the services' own converters; see "Restrictions on geographic data in China" in
Wikipedia, and Chen, "eviltransform" (2013). Both are smooth, so the way back is a fixed-point iteration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import PlaceError
from geo.mainland_china import is_in_mainland_china

F64 = NDArray[np.float64]
Datum = Literal["wgs84", "gcj02", "bd09"]

KRASOVSKY_AXIS_M: Final = 6_378_245.0
KRASOVSKY_ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943
"""Krasovsky's ellipsoid of 1940, on which GCJ-02 turns its metres into degrees."""
BAIDU_WAVE: Final = 3000.0
BAIDU_LAT_SHIFT, BAIDU_LON_SHIFT = 0.006, 0.0065
PRECISION_DEG: Final = 1e-11
"""The iteration stops when no coordinate moves by more: a micrometre."""
MAX_ITERATIONS: Final = 30
"""Never reached: each iteration leaves at most 2 % of the error, so 6 are enough."""


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Points as two arrays.

    Attributes
    ----------
    lat, lon : (n,) float64
        Degrees.
    """

    lat: F64
    lon: F64


def to_wgs84(lat: ArrayLike, lon: ArrayLike, datum: Datum) -> Coordinates:
    """Convert coordinates of a datum to WGS-84.

    Parameters
    ----------
    lat, lon : (n,) array_like
        Degrees.
    datum
        What they refer to.

    Returns
    -------
    Coordinates
        WGS-84; `from_wgs84` gives the input back to within 1e-8 degrees (1 mm), except within 1 km of the border of
        mainland China, where the shifted and the true position can lie on different sides.

    Raises
    ------
    PlaceError
        If `datum` is unknown, or the arrays differ in shape.
    """
    given = _coordinates(lat, lon)
    match datum:
        case "wgs84":
            return given
        case "gcj02":
            return _gcj02_to_wgs84(given)
        case "bd09":
            return _gcj02_to_wgs84(_solve(_gcj02_to_bd09, given))
    raise PlaceError(f"datum is {datum!r}, must be wgs84, gcj02 or bd09")


def from_wgs84(lat: ArrayLike, lon: ArrayLike, datum: Datum) -> Coordinates:
    """Convert WGS-84 coordinates to a datum; the inverse of `to_wgs84`.

    Raises
    ------
    PlaceError
        If `datum` is unknown, or the arrays differ in shape.
    """
    given = _coordinates(lat, lon)
    match datum:
        case "wgs84":
            return given
        case "gcj02":
            return _wgs84_to_gcj02(given)
        case "bd09":
            return _gcj02_to_bd09(_wgs84_to_gcj02(given))
    raise PlaceError(f"datum is {datum!r}, must be wgs84, gcj02 or bd09")


def _coordinates(lat: ArrayLike, lon: ArrayLike) -> Coordinates:
    given = Coordinates(np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64))
    if given.lat.shape != given.lon.shape:
        raise PlaceError(f"lat has shape {given.lat.shape} but lon {given.lon.shape}, must be the same")
    return given


def _wgs84_to_gcj02(wgs84: Coordinates) -> Coordinates:
    return _replace(wgs84, is_in_mainland_china(wgs84.lat, wgs84.lon), _shift_gcj02)


def _gcj02_to_wgs84(gcj02: Coordinates) -> Coordinates:
    # The iteration diverges on the other side of the earth, where the formulae mean nothing.
    is_candidate = (np.abs(gcj02.lat - 36) < 21) & (np.abs(gcj02.lon - 104) < 34)
    wgs84 = _replace(gcj02, is_candidate, lambda shifted: _solve(_shift_gcj02, shifted))
    was_shifted = is_in_mainland_china(wgs84.lat, wgs84.lon)
    return Coordinates(np.where(was_shifted, wgs84.lat, gcj02.lat), np.where(was_shifted, wgs84.lon, gcj02.lon))


def _replace(
    points: Coordinates, is_chosen: NDArray[np.bool_], convert: Callable[[Coordinates], Coordinates]
) -> Coordinates:
    """Convert the chosen points and leave the others as they are."""
    lat, lon = points.lat.copy(), points.lon.copy()
    converted = convert(Coordinates(lat[is_chosen], lon[is_chosen]))
    lat[is_chosen], lon[is_chosen] = converted.lat, converted.lon
    return Coordinates(lat, lon)


def _solve(shift: Callable[[Coordinates], Coordinates], shifted: Coordinates) -> Coordinates:
    """Find x with shift(x) = shifted by x <- x + (shifted - shift(x)), starting at `shifted`."""
    lat, lon = shifted.lat.copy(), shifted.lon.copy()
    for _ in range(MAX_ITERATIONS):
        reached = shift(Coordinates(lat, lon))
        lat_step, lon_step = shifted.lat - reached.lat, shifted.lon - reached.lon
        lat, lon = lat + lat_step, lon + lon_step
        if max(np.max(np.abs(lat_step), initial=0.0), np.max(np.abs(lon_step), initial=0.0)) <= PRECISION_DEG:
            break
    return Coordinates(lat, lon)


def _shift_gcj02(wgs84: Coordinates) -> Coordinates:
    """Shift as inside mainland China, wherever the points lie."""
    x, y = wgs84.lon - 105.0, wgs84.lat - 35.0
    root, ripple = np.sqrt(np.abs(x)), 20 * _sin_pi(6 * x) + 20 * _sin_pi(2 * x)
    north_m = (
        -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * root
        + (ripple + 20 * _sin_pi(y) + 40 * _sin_pi(y / 3) + 160 * _sin_pi(y / 12) + 320 * _sin_pi(y / 30)) * 2 / 3
    )  # fmt: skip
    east_m = (
        300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * root
        + (ripple + 20 * _sin_pi(x) + 40 * _sin_pi(x / 3) + 150 * _sin_pi(x / 12) + 300 * _sin_pi(x / 30)) * 2 / 3
    )  # fmt: skip
    # metres to radians by the radii of curvature: meridian a (1 - e^2) / w^(3/2), parallel a cos(lat) / w^(1/2)
    lat_rad = np.radians(wgs84.lat)
    w = 1 - KRASOVSKY_ECCENTRICITY_SQUARED * np.sin(lat_rad) ** 2
    meridian_m = KRASOVSKY_AXIS_M * (1 - KRASOVSKY_ECCENTRICITY_SQUARED) / w**1.5
    parallel_m = KRASOVSKY_AXIS_M * np.cos(lat_rad) / np.sqrt(w)
    return Coordinates(wgs84.lat + np.degrees(north_m / meridian_m), wgs84.lon + np.degrees(east_m / parallel_m))


def _gcj02_to_bd09(gcj02: Coordinates) -> Coordinates:
    x, y = gcj02.lon, gcj02.lat
    radius = np.hypot(x, y) + 0.00002 * np.sin(np.radians(y * BAIDU_WAVE))
    angle = np.arctan2(y, x) + 0.000003 * np.cos(np.radians(x * BAIDU_WAVE))
    return Coordinates(radius * np.sin(angle) + BAIDU_LAT_SHIFT, radius * np.cos(angle) + BAIDU_LON_SHIFT)


def _sin_pi(x: F64) -> F64:
    result: F64 = np.sin(np.pi * x)
    return result
