"""Whether a position is at the door of an order (R09)."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Final

from dispatch.domain.request import Location

_EARTH_RADIUS_M: Final = 6_371_000.0


def distance_m(one: Location, other: Location) -> int | None:
    """Return the great-circle distance on a sphere (haversine) in whole metres.

    None = not known: one of them has no coordinates, or they refer to different datums, half a kilometre apart.
    """
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None or one.datum != other.datum:
        return None
    half_chord = (
        sin(radians(other.lat - one.lat) / 2) ** 2
        + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(radians(other.lon - one.lon) / 2) ** 2
    )
    return round(2 * _EARTH_RADIUS_M * asin(sqrt(min(1.0, half_chord))))
