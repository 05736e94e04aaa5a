"""From WGS-84 coordinates to whole units of a drawing, north up, and lines of them as SVG path data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

UNITS: Final = 9_100
"""Width of a drawing: of a city of 20 km, one unit is about two metres."""
ASPECT: Final = 1.4
"""Width over height of a drawing."""
_METRES_PER_DEGREE: Final = 111_195.0
_MIN_WIDTH_M: Final = 400.0
_MARGIN: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Projection:
    """A local equirectangular projection: metres east and south of a corner, in drawing units.

    Right to a thousandth across a city, which is less than a pen's width.
    """

    west: float
    north: float
    units_per_lon: float
    units_per_lat: float

    @classmethod
    def around(cls, lat: F64, lon: F64) -> Projection:
        """Return the projection whose drawing of `UNITS` x `UNITS / ASPECT` shows all points with a margin.

        Parameters
        ----------
        lat, lon : (n,)
            Degrees, n >= 1.
        """
        middle_lat, middle_lon = (lat.min() + lat.max()) / 2, (lon.min() + lon.max()) / 2
        metres_per_lon = _METRES_PER_DEGREE * max(0.01, float(np.cos(np.radians(middle_lat))))
        width_m = max(np.ptp(lon) * metres_per_lon, np.ptp(lat) * _METRES_PER_DEGREE * ASPECT, _MIN_WIDTH_M)
        width_m *= 1 + 2 * _MARGIN
        units_per_m = UNITS / width_m
        return cls(
            west=float(middle_lon - width_m / 2 / metres_per_lon),
            north=float(middle_lat + width_m / ASPECT / 2 / _METRES_PER_DEGREE),
            units_per_lon=float(metres_per_lon * units_per_m),
            units_per_lat=float(_METRES_PER_DEGREE * units_per_m),
        )

    @property
    def units_per_km(self) -> float:
        """Length of a kilometre in the drawing."""
        return self.units_per_lat / _METRES_PER_DEGREE * 1000

    def xy(self, lat: ArrayLike, lon: ArrayLike) -> I64:
        """Return (n, 2) drawing units, x to the east and y to the south."""
        x = (np.asarray(lon, dtype=np.float64) - self.west) * self.units_per_lon
        y = (self.north - np.asarray(lat, dtype=np.float64)) * self.units_per_lat
        return np.rint(np.stack((x, y), axis=-1)).astype(np.int64)


def simplified(line: I64, tolerance: float) -> I64:
    """Return a line with fewer points, none of which was further than `tolerance` from what is left.

    Douglas and Peucker, "Algorithms for the reduction of the number of points required to represent a digitized
    line or its caricature", Cartographica 10(2), 1973; distances to the segment. O(n log n) on average.

    Parameters
    ----------
    line : (n, 2)
        In drawing units.
    """
    if len(line) < 3:
        return line
    exact = line.astype(np.float64)
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    todo = [(0, len(line) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        far, distance = _furthest(exact[first : last + 1])
        if distance > tolerance:
            middle = first + far
            keep[middle] = True
            todo += [(first, middle), (middle, last)]
    return line[keep]


def path_data(line: I64, previous: tuple[int, int] | None = None) -> str:
    """Return a line as SVG path data: a move, relative to `previous` if given, and relative steps.

    Points that repeat the one before are left out; a line of one point gives a step of no length, which round or
    square caps show as a dot.
    """
    points = line.tolist()
    x, y = points[0]
    start = f"M{x} {y}" if previous is None else _pair("m", x - previous[0], y - previous[1])
    steps: list[str] = []
    for next_x, next_y in points[1:]:
        if (next_x, next_y) != (x, y):
            steps.append(_pair("" if steps else "l", next_x - x, next_y - y))
        x, y = next_x, next_y
    return start + ("".join(_spaced(steps)) or "h0")


def _pair(letter: str, dx: int, dy: int) -> str:
    return f"{letter}{dx}{'' if dy < 0 else ' '}{dy}"


def _spaced(steps: list[str]) -> list[str]:
    return [step if k == 0 or step.startswith("-") else f" {step}" for k, step in enumerate(steps)]


def _furthest(line: F64) -> tuple[int, float]:
    """Return which point lies furthest from the segment between the ends, and how far."""
    offsets = line - line[0]
    along = offsets[-1]
    length_squared = float(along @ along)
    share = np.minimum(np.maximum(offsets @ along, 0), length_squared) / (length_squared or 1.0)
    gaps = offsets - share[:, None] * along
    squared = gaps[:, 0] ** 2 + gaps[:, 1] ** 2
    far = int(squared.argmax())
    return far, float(squared[far]) ** 0.5
