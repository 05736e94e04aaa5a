"""A block of a travel table as a routing server answers it: two matrices of numbers or null."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import ServerError
from geo.provider import I32, UNREACHABLE

LARGEST: Final = 2**30 - 1
"""Seconds or metres of a cell: sums of two cells stay within int32."""

LEAST_M: Final = -1.0
"""Counts as 0 m: OSRM's sums of rounded lengths give distances down to -0.5 m between places side by side on one road
(Project-OSRM/osrm-backend, issue 5855; three of 300,000 pairs in Helsinki with 26.10)."""

Shape = tuple[int, int]


@dataclass(frozen=True, kw_only=True, eq=False)
class Block:
    """Travel from some origins (rows) to some destinations (columns).

    Attributes
    ----------
    duration_s, distance_m : (r, c) int32
        As in `geo.provider.TravelTable`.
    """

    duration_s: I32
    distance_m: I32


def read_block(durations_s: Any, distances: Any, *, shape: Shape, metres_per_unit: float, server: str) -> Block:
    """Read the two matrices of an answer.

    Parameters
    ----------
    durations_s, distances
        As decoded from JSON: rows of numbers or None. A pair with None in either is unreachable.
    shape
        Origins and destinations asked for.
    metres_per_unit
        Of the distances.
    server
        Its name for messages.

    Raises
    ------
    ServerError
        If a matrix is missing, has another shape, or holds anything but None and numbers in 0..`LARGEST` (metres from
        `LEAST_M`, taken as 0).
    """
    seconds = np.ceil(_cells("durations", durations_s, shape=shape, least=0.0, factor=1.0, server=server))
    raw_m = _cells("distances", distances, shape=shape, least=LEAST_M, factor=metres_per_unit, server=server)
    metres = np.rint(np.maximum(raw_m, 0.0))
    no_way = np.isnan(seconds) | np.isnan(metres)
    return Block(
        duration_s=np.where(no_way, UNREACHABLE, seconds).astype(np.int32),
        distance_m=np.where(no_way, UNREACHABLE, metres).astype(np.int32),
    )


def _cells(name: str, rows: Any, *, shape: Shape, least: float, factor: float, server: str) -> NDArray[np.float64]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ServerError(f"{server} answers without a matrix of {name}\nMaybe it is not the server it should be.")
    lengths = {len(row) for row in rows}
    if len(rows) != shape[0] or lengths != {shape[1]}:
        raise ServerError(
            f"{server} answers with {name} of {len(rows)} rows of {sorted(lengths)} values, asked for "
            f"{shape[0]} rows of {shape[1]}"
        )
    for cell in chain.from_iterable(rows):
        # exact types, as bool is a subclass of int; bounded before it is multiplied, as an int may exceed every float
        if cell is not None and not (
            type(cell) in (int, float) and least <= cell <= LARGEST and least <= cell * factor <= LARGEST
        ):
            raise ServerError(
                f"{server} answers with {str(cell)[:30]!r} among {name}, must be null or in 0..{LARGEST}\n"
                "Maybe another version of the server counts right."
            )
    return np.array(rows, dtype=np.float64) * factor  # None becomes nan
