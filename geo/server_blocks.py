"""Cuts a table into blocks of origins and destinations, as few as a server's limits allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import ceil

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class BlockLimits:
    """What one call to a server may hold.

    Attributes
    ----------
    max_pairs
        Origins x destinations.
    max_places
        Origins + destinations, at least 2.
    max_origins
        Origins alone; None = no limit.
    """

    max_pairs: int
    max_places: int
    max_origins: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Rectangle:
    """Rows and columns of a table to be asked in one call.

    Attributes
    ----------
    rows, columns
        Their indices; neither is empty.
    """

    rows: Indices
    columns: Indices


def cut(wanted: NDArray[np.bool_], limits: BlockLimits) -> list[Rectangle]:
    """Cover the wanted cells with rectangles that keep the limits.

    Rows that want the same columns form a rectangle, which is exact for a whole table and for a table that grew by a
    few places; where that needs more calls than a grid over all wanted rows and columns, the grid is taken, less its
    blocks in which nothing is wanted. O(n^2).

    Parameters
    ----------
    wanted : (r, c) bool
        True where the figure is not known.
    """
    return min((_by_pattern(wanted, limits), _by_grid(wanted, limits)), key=len)


def _by_pattern(wanted: NDArray[np.bool_], limits: BlockLimits) -> list[Rectangle]:
    rows_of_pattern: dict[bytes, list[int]] = {}
    for row, pattern in enumerate(np.packbits(wanted, axis=1)):
        rows_of_pattern.setdefault(pattern.tobytes(), []).append(row)
    return [
        rectangle
        for rows in rows_of_pattern.values()
        for rectangle in _tiles(np.array(rows, dtype=np.intp), np.flatnonzero(wanted[rows[0]]), limits)
    ]


def _by_grid(wanted: NDArray[np.bool_], limits: BlockLimits) -> list[Rectangle]:
    rows, columns = np.flatnonzero(wanted.any(axis=1)), np.flatnonzero(wanted.any(axis=0))
    tiles = _tiles(rows, columns, limits)
    return [tile for tile in tiles if wanted[np.ix_(tile.rows, tile.columns)].any()]


def _tiles(rows: Indices, columns: Indices, limits: BlockLimits) -> Iterator[Rectangle]:
    if not len(rows) or not len(columns):
        return
    down, across = _tile_size(len(rows), len(columns), limits)
    for i, j in product(range(0, len(rows), down), range(0, len(columns), across)):
        yield Rectangle(rows=rows[i : i + down], columns=columns[j : j + across])


def _tile_size(rows: int, columns: int, limits: BlockLimits) -> tuple[int, int]:
    """Return the size of tile that needs the fewest calls, among these the one of the fewest places."""

    def effort(size: tuple[int, int]) -> tuple[int, int]:
        down, across = size
        return ceil(rows / down) * ceil(columns / across), down + across

    most = min(rows, limits.max_pairs, limits.max_places - 1, limits.max_origins or rows)
    return min(
        ((down, min(columns, limits.max_pairs // down, limits.max_places - down)) for down in range(1, most + 1)),
        key=effort,
    )
