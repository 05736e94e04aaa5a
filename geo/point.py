"""A coordinate on the WGS-84 ellipsoid."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from geo.errors import PlaceError


@dataclass(frozen=True, slots=True)
class Point:
    """Latitude and longitude, WGS-84.

    Attributes
    ----------
    lat
        Degrees north, -90 to 90.
    lon
        Degrees east, -180 to 180.

    Raises
    ------
    PlaceError
        If a coordinate is out of range or not a number.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (isfinite(self.lat) and -90 <= self.lat <= 90):
            raise PlaceError(f"lat is {self.lat}, must lie in -90..90")
        if not (isfinite(self.lon) and -180 <= self.lon <= 180):
            raise PlaceError(f"lon is {self.lon}, must lie in -180..180")
