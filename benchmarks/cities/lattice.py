"""The grid that a city's streets are cut from: bent by the land, turned, denser in the middle, parted by the river."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, pi, sin, sqrt
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.cities.river import River

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

CORNERS_PER_NODE: Final = 2.0
"""Corners of the grid inside the city for each node of the road graph: fields have no lanes, bends are no nodes."""
MARGIN: Final = 1.2
"""The grid covers so many times the city's radius."""
SPREAD: Final = 0.5
"""Streets at the edge of the city lie 1 + SPREAD times as far apart as in the middle, across the way to it."""
BLOCK_WIDTHS: Final = (3, 4, 4, 5)
"""Corners from one through street to the next: superblocks of 250 to 600 m, as Chinese cities have them."""
PRIMARY_BLOCKS, SECONDARY_BLOCKS = 6, 3
"""Every so many superblocks a through street is a primary or secondary road."""
BENDS: Final = ((0.022, 1.3), (0.011, 0.55), (0.006, 0.3))
"""Amplitude and length of the waves that bend the grid, of the city's radius."""
JITTER: Final = (0.17, 0.05, 0.03, 0.03)
"""Standard deviation of a corner's place, of the distance between streets, by level."""

LANE, TERTIARY, SECONDARY, PRIMARY = range(4)
"""Levels of a street of the grid."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Lattice:
    """Corners (i, j) of a grid, 0 <= i, j < `size`; corner (i, j) has the number i x size + j.

    Attributes
    ----------
    points : (size * size, 2) float64
        Where the corners lie, metres east and north.
    levels : (size,) int64
        Level of the street that follows the row or column k.
    blocks : (size,) int64
        Number of the superblock between the columns (rows) k and k + 1.
    turn
        How the grid is turned, radians.
    """

    size: int
    points: F64
    levels: I64
    blocks: I64
    turn: float


def draw_lattice(radius_m: float, nodes: int, river: River, rng: Generator) -> Lattice:
    """Draw the grid of a city whose road graph shall have about so many nodes."""
    reach = sqrt(CORNERS_PER_NODE * nodes / pi)
    half = ceil(reach * MARGIN)
    levels, blocks = _streets(half, rng)
    turn = rng.uniform(-0.3, 0.3)
    steps = np.arange(-half, half + 1, dtype=np.float64)
    i, j = (axis.ravel() for axis in np.meshgrid(steps, steps, indexing="ij"))
    jitter = np.array(JITTER)[np.maximum.outer(levels, levels).ravel()]
    i, j = i + jitter * rng.standard_normal(len(i)), j + jitter * rng.standard_normal(len(j))
    distance = np.hypot(i, j)
    scale = radius_m / (reach * (1 + SPREAD)) * (1 + SPREAD * distance / reach)
    east, north = scale * (i * cos(turn) - j * sin(turn)), scale * (i * sin(turn) + j * cos(turn))
    points = _bent(np.column_stack((east, north)), radius_m, rng)
    return Lattice(size=2 * half + 1, points=river.parted(points), levels=levels, blocks=blocks, turn=turn)


def _streets(half: int, rng: Generator) -> tuple[I64, I64]:
    """Draw which rows (and columns) are through streets, outwards from the middle one, which is a primary road."""
    size = 2 * half + 1
    levels = np.zeros(size, dtype=np.int64)
    levels[half] = PRIMARY
    for side in (-1, 1):
        place, count = half, 0
        while True:
            place, count = place + side * int(rng.choice(BLOCK_WIDTHS)), count + 1
            if not 0 <= place < size:
                break
            levels[place] = (
                PRIMARY if count % PRIMARY_BLOCKS == 0 else SECONDARY if count % SECONDARY_BLOCKS == 0 else TERTIARY
            )
    blocks = np.cumsum(levels > LANE)
    return levels, blocks - blocks[0]


def _bent(points: F64, radius_m: float, rng: Generator) -> F64:
    moved = points.copy()
    for amplitude, length in BENDS:
        for axis in (0, 1):
            angle, phase = rng.uniform(0, 2 * pi), rng.uniform(0, 2 * pi)
            along = points[:, 0] * cos(angle) + points[:, 1] * sin(angle)
            moved[:, axis] += amplitude * radius_m * np.sin(2 * pi * along / (length * radius_m) + phase)
    return moved
