"""Travel along the straight line, lengthened by a detour factor and driven at a constant speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np

from geo.errors import PlaceError, SettingError
from geo.geodesic import F64, distance_m, unit_vectors
from geo.point import Point
from geo.provider import I32, Place, Spokes, TravelLegs, TravelTable, check_paired, check_profile

SPEED_KMH_LIMITS: Final = (1.0, 1000.0)
DETOUR_LIMITS: Final = (1.0, 10.0)
"""Within these limits the longest leg on earth (20,004 km x 10 at 1 km/h = 7.2e8 s) fits in int32."""

BLOCK_PAIRS: Final = 65_536
"""Pairs computed at once: the temporaries of a block (0.5 MB each) stay in the cache."""


class StraightLine:
    """Travel provider: geodesic x detour / speed, by profile.

    Metres are rounded to the nearest, seconds are computed from those metres and rounded up. All of it is the same
    element-wise arithmetic in `table` and `legs`, so the two agree exactly and travel is symmetric.

    Parameters
    ----------
    speed_kmh
        Speed by profile, km/h in 1..1000; used to the metre per hour.
    detour
        Way on the road / straight line by profile, 1..10.

    Raises
    ------
    SettingError
        If a number is out of its limits, or a profile has only one of the two.
    """

    def __init__(self, speed_kmh: Mapping[str, float], detour: Mapping[str, float]) -> None:
        if set(speed_kmh) != set(detour):
            lacking = ", ".join(sorted(set(speed_kmh) ^ set(detour)))
            raise SettingError(f"speed_kmh and detour must name the same profiles, only one of them names: {lacking}")
        for profile in speed_kmh:
            _check_limits(f"speed_kmh.{profile}", speed_kmh[profile], SPEED_KMH_LIMITS)
            _check_limits(f"detour.{profile}", detour[profile], DETOUR_LIMITS)
        self._speed_m_per_h = MappingProxyType({profile: round(1000 * v) for profile, v in speed_kmh.items()})
        self._detour = MappingProxyType({profile: float(factor) for profile, factor in detour.items()})
        self._rims: tuple[tuple[Sequence[Place], F64], ...] = ()

    def table(self, places: Sequence[Place], profile: str) -> TravelTable:
        """Compute travel between all places: O(n^2) time, and temporary memory of a few blocks of rows.

        Raises
        ------
        ProfileError
            If `profile` has no speed.
        PlaceError
            If a place is an index.
        """
        check_profile(profile, tuple(self._detour))
        vectors = _vectors(places, "places")
        n = len(places)
        metres = np.empty((n, n), dtype=np.int32)
        seconds = np.empty((n, n), dtype=np.int32)
        rows = max(1, BLOCK_PAIRS // max(1, n))
        for first in range(0, n, rows):
            # from the diagonal on; what lies below it is the mirror image, to the last bit
            block, rest = slice(first, first + rows), slice(first, n)
            metres[block, rest] = self._metres(distance_m(vectors[:, block, None], vectors[:, None, rest]), profile)
            seconds[block, rest] = self._seconds(metres[block, rest], profile)
            metres[rest, block] = metres[block, rest].T
            seconds[rest, block] = seconds[block, rest].T
        return TravelTable(duration_s=seconds, distance_m=metres)

    def legs(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> TravelLegs:
        """Compute travel from each origin to the destination of the same position.

        Raises
        ------
        ProfileError
            If `profile` has no speed.
        PlaceError
            If a place is an index, or the lists differ in length.
        """
        check_profile(profile, tuple(self._detour))
        check_paired(origins, destinations)
        start, end = _vectors(origins, "origins"), _vectors(destinations, "destinations")
        metres = self._metres(distance_m(start, end), profile)
        return TravelLegs(duration_s=self._seconds(metres, profile), distance_m=metres)

    def spokes(self, hub: Place, rim: Sequence[Place], profile: str) -> Spokes:
        """Compute travel between `hub` and each place of `rim`, which takes as long there as back.

        Raises
        ------
        ProfileError
            If `profile` has no speed.
        PlaceError
            If a place is an index.
        """
        check_profile(profile, tuple(self._detour))
        metres = self._metres(distance_m(_vectors([hub], "hub"), self._vectors_of_rim(rim)), profile)
        legs = TravelLegs(duration_s=self._seconds(metres, profile), distance_m=metres)
        return Spokes(inward=legs, outward=legs)

    def _vectors_of_rim(self, rim: Sequence[Place]) -> F64:
        """Return the vectors of a rim; those of the last two tuples are kept, for a large one that comes again."""
        known = next((vectors for places, vectors in self._rims if places is rim), None)
        vectors = _vectors(rim, "rim") if known is None else known
        if isinstance(rim, tuple):
            self._rims = ((rim, vectors), *(kept for kept in self._rims if kept[0] is not rim))[:2]
        return vectors

    def _metres(self, straight_m: F64, profile: str) -> I32:
        return np.rint(straight_m * self._detour[profile]).astype(np.int32)

    def _seconds(self, metres: I32, profile: str) -> I32:
        # In integers: 3000 m at 20 km/h are 540 s, where 3000 * 3.6 / 20 in floats may come out above and round to 541.
        return (-(metres.astype(np.int64) * -3600 // self._speed_m_per_h[profile])).astype(np.int32)


def _vectors(places: Sequence[Place], name: str) -> F64:
    lat, lon = np.empty(len(places)), np.empty(len(places))
    for k, place in enumerate(places):
        if not isinstance(place, Point):
            raise PlaceError(
                f"{name}[{k}] is the index {place}, straight line travel needs a coordinate\n"
                "Maybe a location has an index but no lat and lon."
            )
        lat[k], lon[k] = place.lat, place.lon
    return unit_vectors(lat, lon)


def _check_limits(name: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not low <= value <= high:
        raise SettingError(f"{name} is {value}, must lie in {low:g}..{high:g}")
