"""Which streets of the grid are built: through streets, lanes inside the built blocks, one-way pairs, paths."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.spatial import KDTree

from benchmarks.cities.geography import Geography
from benchmarks.cities.lattice import LANE, PRIMARY, Lattice

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

BUILT_SHARE: Final = 0.72
"""Corners of lanes for each node that is wanted besides the crossings of streets: some become bends."""
FIELD_SHARES: Final = np.array([0.0, 0.22, 0.7, 1.0])
"""Of the streets between fields, by level: those that exist."""
PATCHES: Final = ((1.1, 0.16), (0.45, 0.13))
"""Length of the patches of town and country, of the radius, and how strongly they decide what is built."""
ONE_WAY_SHARE: Final = 0.55
"""Of the superblocks in the middle: those with a pair of one-way streets."""
ONE_WAY_REACH: Final = 0.24
"""The middle, of the city's radius."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Streets:
    """Streets of the grid between neighbouring corners.

    Attributes
    ----------
    start, end : (n,) int64
        Corners.
    level : (n,) int64
        Of the street.
    direction : (n,) int64
        0 = both ways, 1 = cars from start to end only, -1 = from end to start only.
    """

    start: I64
    end: I64
    level: I64
    direction: I64


def choose_streets(
    lattice: Lattice, geography: Geography, *, radius_m: float, nodes: int, is_usable: Bool, rng: Generator
) -> Streets:
    """Choose the streets: lanes only in superblocks near the centres and communities, until there are `nodes` nodes.

    Parameters
    ----------
    is_usable : (corners,) bool
        Corners inside the city.
    """
    size, levels, blocks = lattice.size, lattice.levels, lattice.blocks
    count = int(blocks[-1]) + 1
    score = _wish_to_build(lattice, geography, radius_m, rng)
    is_built = _built(lattice, score, nodes=nodes, is_usable=is_usable)
    luck = rng.random((2, size, count))
    draws, is_upright = rng.random((count, count)), rng.random((count, count)) < 0.5
    is_central = (draws < ONE_WAY_SHARE) & (score < ONE_WAY_REACH)
    sides = [np.flatnonzero((blocks == block) & (levels == LANE)) for block in range(count)]
    first, last = (np.array([side[k] if len(side) > 1 else -1 for side in sides]) for k in (0, -1))

    i, j = (axis.ravel() for axis in np.meshgrid(np.arange(size), np.arange(size), indexing="ij"))
    parts = []
    for axis in (0, 1):
        along, line = (i, j) if axis == 0 else (j, i)
        is_inside = along < size - 1
        along, line = along[is_inside], line[is_inside]
        start = (i * size + j)[is_inside]
        end = start + (size if axis == 0 else 1)
        level, ahead, here, before = levels[line], blocks[along], blocks[line], blocks[np.maximum(line - 1, 0)]
        # Tables by block are turned so that the first number goes along the street.
        built, paired = (is_built, is_central & is_upright) if axis == 0 else (is_built.T, (is_central & ~is_upright).T)
        is_there = built[ahead, here] | built[ahead, before] | (luck[axis, line, ahead] < FIELD_SHARES[level])
        is_there &= is_usable[start] & is_usable[end]
        is_paired = paired[ahead, here] & built[ahead, here] & (level == LANE)
        direction = (is_paired & (line == first[here])).astype(int) - (is_paired & (line == last[here]))
        parts.append([column[is_there] for column in (start, end, level, direction)])
    start, end, level, direction = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Streets(start=start, end=end, level=level, direction=direction)


def _wish_to_build(lattice: Lattice, geography: Geography, radius_m: float, rng: Generator) -> F64:
    """Score each superblock: the lower, the sooner it is built; about its distance from the centre in radii."""
    count = int(lattice.blocks[-1]) + 1
    middles = np.array([np.flatnonzero(lattice.blocks == block).mean() for block in range(count)]).round().astype(int)
    i, j = (axis.ravel() for axis in np.meshgrid(middles, middles, indexing="ij"))
    points = lattice.points[i * lattice.size + j]
    score = np.hypot(points[:, 0], points[:, 1]) / radius_m
    for length, height in PATCHES:
        for _ in range(3):
            angle, phase = rng.uniform(0, 2 * pi, 2)
            along = points @ (np.cos(angle), np.sin(angle))
            score += height * np.minimum(1, score) * np.sin(2 * pi * along / (length * radius_m) + phase)
    score += 0.08 * rng.standard_normal(len(score)) * np.minimum(1, score)
    for spots, reach_m, bonus in ((geography.spots, 450.0, 0.45), (geography.offices, 0.09 * radius_m, 0.5)):
        near_m, _ = KDTree([(spot.east_m, spot.north_m) for spot in spots]).query(points)
        score -= bonus * np.exp(-((near_m / reach_m) ** 2)) * np.minimum(1, 2 * np.maximum(score, 0))
    by_block: F64 = score.reshape(count, count)
    return by_block


def _built(lattice: Lattice, score: F64, *, nodes: int, is_usable: Bool) -> Bool:
    """Choose the superblocks with lanes, by score, until all corners that are used come to `nodes`."""
    is_line = lattice.levels > LANE
    is_lane_corner = ~(is_line[:, None] | is_line[None, :])
    count = len(score)
    block = lattice.blocks[:, None] * count + lattice.blocks[None, :]
    is_used = is_usable.reshape(lattice.size, lattice.size)
    corners = np.bincount(block[is_lane_corner & is_used], minlength=count * count)
    # Through streets have few nodes besides their crossings; in fields half of them are missing.
    is_main = lattice.levels == PRIMARY
    crossings = int((is_used & is_line[:, None] & is_line[None, :]).sum()) + int(is_main.sum())
    order = np.argsort(score.ravel(), kind="stable")
    filled = np.cumsum(corners[order])
    is_built = np.zeros(count * count, dtype=bool)
    is_built[order[: int(np.searchsorted(filled, (nodes - 0.6 * crossings) * BUILT_SHARE))]] = True
    return is_built.reshape(count, count)
