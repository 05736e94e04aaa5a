"""A whole table of ways, on all cores.

scipy's Dijkstra holds the interpreter's lock (two threads are no faster than one), so other cores need other processes.
They are started afresh ("spawn"): a copy of a process with threads, such as a service's, may hang.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Generator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from geo.array_file import read_arrays, write_arrays
from geo.provider import TravelTable
from geo.road_graph import I32
from geo.road_network import RoadNetwork
from geo.road_search import RoadEnds, origins_at_once, seconds_and_metres, table_rows

WORTH_CELLS: Final = 20_000_000
"""Origins times nodes from which on processes are worth their start: about 2 s of work, and they take 0.5 s."""

_TASK: Final[list[tuple[RoadNetwork, RoadEnds]]] = []
"""In a worker process: what it was started for."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Rows:
    """Some rows of a table, from `first` on."""

    first: int
    duration_s: I32
    distance_m: I32


def travel_table(network: RoadNetwork, ends: RoadEnds, *, workers: int | None = None) -> TravelTable:
    """Compute travel between all places of `ends`.

    Parameters
    ----------
    workers
        Processes; `None` = as many as this one may use cores, if the table is large enough to be worth it. 1 = none
        but this one. If they cannot be started or break, this process does what is left, with a warning.
    """
    k = len(ends.segment)
    seconds, metres = np.empty((k, k), dtype=np.int32), np.empty((k, k), dtype=np.int32)
    if workers is None:
        workers = usable_cores() if k * network.n_nodes >= WORTH_CELLS else 1
    if multiprocessing.current_process().daemon:  # must not have processes of its own
        workers = 1
    size = max(1, min(origins_at_once(network), -(-k // (4 * workers))))
    left = {first: min(first + size, k) for first in range(0, k, size)}
    if workers > 1 and len(left) > 1:
        try:
            with closing(_rows_of_workers(network, ends, left, workers)) as done:
                for rows in done:
                    del left[rows.first]
                    _put(rows, seconds, metres)
        except (BrokenProcessPool, OSError) as error:
            warnings.warn(f"travel is computed on one core: {error}", RuntimeWarning, stacklevel=2)
    for first, last in left.items():
        _put(_rows(network, ends, first, last), seconds, metres)
    return TravelTable(duration_s=seconds, distance_m=metres)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _put(rows: Rows, seconds: I32, metres: I32) -> None:
    """Write rows to their places in the table."""
    block = slice(rows.first, rows.first + len(rows.duration_s))
    seconds[block], metres[block] = rows.duration_s, rows.distance_m


def _rows(network: RoadNetwork, ends: RoadEnds, first: int, last: int) -> Rows:
    seconds, metres = seconds_and_metres(table_rows(network, ends, first, last))
    return Rows(first=first, duration_s=seconds, distance_m=metres)


def _rows_of_workers(network: RoadNetwork, ends: RoadEnds, parts: dict[int, int], workers: int) -> Generator[Rows]:
    # By a file: what is passed as an argument is written to a pipe, and where a process ends before it has read it, as
    # when the main module cannot be imported, that waits forever.
    with TemporaryDirectory(prefix="road-travel-") as folder:
        for name, record in (("network", network), ("ends", ends)):
            arrays = {field.name: np.asarray(getattr(record, field.name)) for field in fields(record)}
            write_arrays(Path(folder) / name, arrays)
        pool = ProcessPoolExecutor(
            min(workers, len(parts)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
            initargs=(folder,),
        )
        try:
            futures = [pool.submit(_rows_of_task, first, last) for first, last in parts.items()]
            for future in as_completed(futures):
                yield future.result()
        finally:  # also when interrupted: then only what has begun, a fraction of a second, is waited for
            pool.shutdown(cancel_futures=True)


def _begin(folder: str) -> None:
    """Prepare a worker process: an interrupt is its parent's business, and it ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with (Path(folder) / "network").open("rb") as stream:
        arrays = read_arrays(stream)
        network = RoadNetwork(longest_ms=int(arrays.pop("longest_ms")), **arrays)
    with (Path(folder) / "ends").open("rb") as stream:
        _TASK.append((network, RoadEnds(**read_arrays(stream))))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _rows_of_task(first: int, last: int) -> Rows:
    network, ends = _TASK[0]
    return _rows(network, ends, first, last)
