"""Travel read from matrices that came with the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from geo.errors import MatrixError, PlaceError
from geo.provider import (
    I32,
    UNREACHABLE,
    Place,
    Spokes,
    TravelLegs,
    TravelTable,
    check_paired,
    check_profile,
    spokes_by_legs,
)

LARGEST: Final = 2**30 - 1
"""Seconds or metres a cell may hold: sums of two cells stay within int32."""

Rows = Sequence[Sequence[int | None]]


@dataclass(frozen=True, eq=False)
class MatrixProfile:
    """Seconds and metres between all rows, for one profile.

    Attributes
    ----------
    durations_s, distances_m : (n, n) int32
        From row to column; may be asymmetric. `UNREACHABLE` in both if there is no way.

    Raises
    ------
    MatrixError
        If the arrays are not square, of one size and of type int32.
    """

    durations_s: I32
    distances_m: I32

    def __post_init__(self) -> None:
        n = len(self.durations_s)
        for name, cells in (("durations_s", self.durations_s), ("distances_m", self.distances_m)):
            if cells.shape != (n, n) or cells.dtype != np.int32:
                raise MatrixError(f"{name} is {cells.dtype} of shape {cells.shape}, must be int32 of shape {(n, n)}")

    @classmethod
    def from_rows(cls, durations_s: Rows, distances_m: Rows) -> MatrixProfile:
        """Read rows of whole numbers; a pair with `None` in either matrix is unreachable.

        Raises
        ------
        MatrixError
            If the matrices are not square and of one size, or a cell is not a whole number in 0..2**30 - 1.
        """
        seconds = _cells("durations_s", durations_s, size=len(durations_s))
        metres = _cells("distances_m", distances_m, size=len(durations_s))
        no_way = (seconds == UNREACHABLE) | (metres == UNREACHABLE)
        seconds[no_way] = metres[no_way] = UNREACHABLE
        return cls(seconds, metres)


class GivenMatrix:
    """Travel provider that looks places up in given matrices; every place is an index.

    Parameters
    ----------
    profiles
        Matrices by profile, all of one size.

    Raises
    ------
    MatrixError
        If there is no profile, or the sizes differ.
    """

    def __init__(self, profiles: Mapping[str, MatrixProfile]) -> None:
        sizes = {profile: len(matrix.durations_s) for profile, matrix in profiles.items()}
        if not sizes:
            raise MatrixError("profiles is empty, must hold the matrices of at least one profile")
        if len(set(sizes.values())) > 1:
            listed = ", ".join(f"{profile} {size}" for profile, size in sizes.items())
            raise MatrixError(f"the profiles differ in size: {listed}; every one must cover the same places")
        self._profiles = MappingProxyType(dict(profiles))
        self._size = next(iter(sizes.values()))

    def table(self, places: Sequence[Place], profile: str) -> TravelTable:
        """Take the rows and columns of `places`.

        Raises
        ------
        ProfileError
            If `profile` has no matrix.
        PlaceError
            If a place is a point or an index outside the matrix.
        """
        check_profile(profile, tuple(self._profiles))
        index, matrix = self._index(places, "places"), self._profiles[profile]
        cells = np.ix_(index, index)
        return TravelTable(duration_s=matrix.durations_s[cells], distance_m=matrix.distances_m[cells])

    def legs(self, origins: Sequence[Place], destinations: Sequence[Place], profile: str) -> TravelLegs:
        """Take the cell of each origin and the destination of the same position.

        Raises
        ------
        ProfileError
            If `profile` has no matrix.
        PlaceError
            If a place is a point or an index outside the matrix, or the lists differ in length.
        """
        check_profile(profile, tuple(self._profiles))
        check_paired(origins, destinations)
        rows, columns = self._index(origins, "origins"), self._index(destinations, "destinations")
        matrix = self._profiles[profile]
        return TravelLegs(duration_s=matrix.durations_s[rows, columns], distance_m=matrix.distances_m[rows, columns])

    def spokes(self, hub: Place, rim: Sequence[Place], profile: str) -> Spokes:
        """Take the cells between `hub` and each place of `rim`; raises as `legs`."""
        return spokes_by_legs(self, hub, rim, profile)

    def _index(self, places: Sequence[Place], name: str) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        index = np.empty(len(places), dtype=np.intp)
        for k, place in enumerate(places):
            if not isinstance(place, int):
                raise PlaceError(
                    f"{name}[{k}] is {place}, a given matrix needs an index\nMaybe its `index` is missing."
                )
            if not 0 <= place < self._size:
                raise PlaceError(f"{name}[{k}] is the index {place}, must lie in 0..{self._size - 1}")
            index[k] = place
        return index


def _cells(name: str, rows: Rows, *, size: int) -> I32:
    cells = np.empty((size, size), dtype=np.int32)
    if len(rows) != size:
        raise MatrixError(f"{name} has {len(rows)} rows, must have {size}")
    for i, row in enumerate(rows):
        if len(row) != size:
            raise MatrixError(f"{name}[{i}] has {len(row)} values, must have {size}")
        values = np.array(row, dtype=np.float64)  # None becomes nan; every whole number up to LARGEST is exact
        is_none = np.isnan(values)
        wrong = ~is_none & ~((values >= 0) & (values <= LARGEST) & (values == np.rint(values)))
        if wrong.any():
            j = int(np.argmax(wrong))
            raise MatrixError(f"{name}[{i}][{j}] is {row[j]}, must be null or a whole number in 0..{LARGEST}")
        cells[i] = np.where(is_none, UNREACHABLE, values)
    return cells
