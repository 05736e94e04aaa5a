"""Travel tables on disk, so that a table is computed once however many processes ask for it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

import numpy as np

from geo.array_file import ArrayFileError, read_arrays, write_arrays
from geo.cache_limit import MAX_BYTES, delete_oldest
from geo.provider import TravelTable

SUFFIX: Final = ".table.npz"


class TableCache:
    """A folder of travel tables, one file each, that several processes may use at once.

    It is only a cache: a file that cannot be read counts as absent and is replaced, and a folder that cannot be
    written to means that nothing is kept. Files appear whole or not at all, and each carries check sums.

    Parameters
    ----------
    folder
        Made when the first table is kept. Other files in it are left alone.
    max_bytes
        Above this the tables used least lately are deleted.
    """

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def get(self, key: str, *, size: int) -> TravelTable | None:
        """Return the table kept under `key`, or `None`; marks it as used now.

        Parameters
        ----------
        key
            A file name's worth of letters and digits that says all the table depends on, such as a digest.
        size
            Rows and columns that the table must have.
        """
        path = self._path(key)
        try:
            with path.open("rb") as stream:
                arrays = read_arrays(stream)
            duration_s, distance_m = arrays["duration_s"], arrays["distance_m"]
        except (OSError, ArrayFileError, KeyError):
            return None
        if any(cells.shape != (size, size) or cells.dtype != np.int32 for cells in (duration_s, distance_m)):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return TravelTable(duration_s=duration_s, distance_m=distance_m)

    def put(self, key: str, table: TravelTable) -> None:
        """Keep a table under `key`, and delete others if all of them together take more than `max_bytes`."""
        if table.duration_s.nbytes + table.distance_m.nbytes > self._max_bytes:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_arrays(self._path(key), {"duration_s": table.duration_s, "distance_m": table.distance_m})
            delete_oldest(self._folder, suffix=SUFFIX, max_bytes=self._max_bytes)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{SUFFIX}"
