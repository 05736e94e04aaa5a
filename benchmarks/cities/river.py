"""The river of a city: a band that winds from one end of the plane to the other, and parts what lies in its way."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

F64 = NDArray[np.float64]

OFFSET_SHARES: Final = (0.13, 0.28)
"""How far from the centre the river's axis passes, of the city's radius."""
WAVES: Final = ((0.055, 1.5), (0.018, 0.6))
"""Amplitude and length of the windings, of the city's radius."""
HALF_WIDTH_SHARE: Final = 0.011
HALF_WIDTHS_M: Final = (30.0, 160.0)
BANK_MARGIN_M: Final = 10.0
"""Between the water and a street that ends at it."""
BANK_SHARE: Final = 5.0
"""Up to so many half widths from its middle the river pushes streets together."""


@dataclass(frozen=True, kw_only=True)
class Wave:
    """One winding: `amplitude_m` x sin(2 pi t / `length_m` + `phase`) along the axis."""

    amplitude_m: float
    length_m: float
    phase: float


@dataclass(frozen=True, kw_only=True)
class River:
    """A band around the curve n = offset + waves(t), in a frame (t, n) turned by `angle`.

    Attributes
    ----------
    angle
        Direction of the axis, radians from the east.
    offset_m
        Distance of the axis from the centre.
    half_width_m
        From the middle to the bank.
    """

    angle: float
    offset_m: float
    half_width_m: float
    waves: tuple[Wave, ...]

    def offsets_m(self, points: F64) -> F64:
        """Return how far left of the river's middle points (n, 2) lie; negative = right of it."""
        along, across = self._frame(points)
        middle, slope = self._middle(along)
        offsets: F64 = (across - middle) / np.hypot(1.0, slope)
        return offsets

    def along_m(self, points: F64) -> F64:
        """Return how far down the axis points (n, 2) lie."""
        return self._frame(points)[0]

    def bank(self, along_m: F64, offset_m: float) -> F64:
        """Return the points (n, 2) at `along_m` that lie `offset_m` left of the middle."""
        middle, slope = self._middle(along_m)
        return self._plane(along_m, middle + offset_m * np.hypot(1.0, slope))

    def parted(self, points: F64) -> F64:
        """Return points (n, 2) with those near the river pushed out of the water, the nearest ones furthest."""
        along, across = self._frame(points)
        middle, slope = self._middle(along)
        stretch = np.hypot(1.0, slope)
        offsets = (across - middle) / stretch
        reach_m = BANK_SHARE * self.half_width_m
        pushed = np.where(offsets < 0, -1.0, 1.0) * (self.half_width_m + np.abs(offsets) * (1 - 1 / BANK_SHARE))
        return self._plane(along, middle + np.where(np.abs(offsets) < reach_m, pushed, offsets) * stretch)

    def ashore(self, points: F64) -> F64:
        """Return points (n, 2) with those in the water put on the nearer bank."""
        offsets = self.offsets_m(points)
        is_wet = np.abs(offsets) < self.half_width_m
        moved = points.copy()
        for side in (-1, 1):
            chosen = is_wet & (np.where(offsets < 0, -1, 1) == side)
            moved[chosen] = self.bank(self.along_m(points[chosen]), side * (self.half_width_m + BANK_MARGIN_M))
        return moved

    def _middle(self, along: F64) -> tuple[F64, F64]:
        """Return where the middle lies across the axis, and its slope."""
        middle, slope = np.full_like(along, self.offset_m), np.zeros_like(along)
        for wave in self.waves:
            turn = 2 * pi / wave.length_m
            middle += wave.amplitude_m * np.sin(turn * along + wave.phase)
            slope += wave.amplitude_m * turn * np.cos(turn * along + wave.phase)
        return middle, slope

    def _frame(self, points: F64) -> tuple[F64, F64]:
        east, north = points[:, 0], points[:, 1]
        return (
            east * cos(self.angle) + north * sin(self.angle),
            north * cos(self.angle) - east * sin(self.angle),
        )

    def _plane(self, along: F64, across: F64) -> F64:
        return np.column_stack(
            (
                along * cos(self.angle) - across * sin(self.angle),
                along * sin(self.angle) + across * cos(self.angle),
            )
        )


def draw_river(radius_m: float, rng: Generator) -> River:
    """Draw the river of a city of that radius: it misses the centre and leaves both sides inhabited."""
    low, high = OFFSET_SHARES
    return River(
        angle=rng.uniform(0, 2 * pi),
        offset_m=radius_m * rng.uniform(low, high),
        half_width_m=min(HALF_WIDTHS_M[1], max(HALF_WIDTHS_M[0], HALF_WIDTH_SHARE * radius_m)),
        waves=tuple(
            Wave(amplitude_m=amplitude * radius_m, length_m=length * radius_m, phase=rng.uniform(0, 2 * pi))
            for amplitude, length in WAVES
        ),
    )
