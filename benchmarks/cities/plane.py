"""The plane that a city is drawn on, and where on the earth it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dispatch.domain.request import Location

F64 = NDArray[np.float64]

M_PER_DEGREE: Final = 111_195.0
"""Metres per degree of latitude on the sphere; precise enough to scatter points."""


@dataclass(frozen=True)
class Spot:
    """A point of the plane, metres east and north of the city's origin."""

    east_m: float
    north_m: float

    def distance_m(self, other: Spot) -> float:
        """Return the straight distance."""
        return hypot(self.east_m - other.east_m, self.north_m - other.north_m)

    def scattered(self, spread_m: float, rng: Generator) -> Spot:
        """Draw a spot around this one, normal with standard deviation `spread_m` in each direction."""
        return Spot(self.east_m + spread_m * rng.standard_normal(), self.north_m + spread_m * rng.standard_normal())


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where on the earth the plane's point (0, 0) lies, WGS-84 degrees."""

    lat: float
    lon: float

    def location_of(self, spot: Spot) -> Location:
        """Return a spot's coordinates, to a metre."""
        lat = self.lat + spot.north_m / M_PER_DEGREE
        lon = self.lon + spot.east_m / (M_PER_DEGREE * cos(radians(self.lat)))
        return Location(lat=round(lat, 5), lon=round(lon, 5))

    def degrees_of(self, metres: F64) -> F64:
        """Return the latitude and longitude of points of the plane.

        Parameters
        ----------
        metres : (n, 2) float64
            East, north.
        """
        degrees: F64 = np.empty_like(metres)
        degrees[:, 0] = self.lat + metres[:, 1] / M_PER_DEGREE
        degrees[:, 1] = self.lon + metres[:, 0] / (M_PER_DEGREE * cos(radians(self.lat)))
        return degrees

    def metres_of(self, degrees: F64) -> F64:
        """Return the plane's points, east and north, of latitudes and longitudes; both (n, 2)."""
        scale = np.array([M_PER_DEGREE * cos(radians(self.lat)), M_PER_DEGREE])
        metres: F64 = (degrees[:, ::-1] - (self.lon, self.lat)) * scale
        return metres


CENTRE: Final = Origin(lat=34.26, lon=117.18)
"""The plain of northern Jiangsu, where the commitments come from."""


def origin_of(places: Sequence[Location]) -> Origin:
    """Return the mean of places that have coordinates, as an origin for measuring among them."""
    degrees = np.array([(place.lat, place.lon) for place in places], dtype=np.float64)
    return Origin(lat=float(degrees[:, 0].mean()), lon=float(degrees[:, 1].mean()))
