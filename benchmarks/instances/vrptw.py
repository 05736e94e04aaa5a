"""Vehicle routing with time windows: Gehring and Homberger's instances.

Convention "dimacs": one decimal is kept. A unit of time and distance is a tenth; distance = travel time = Euclidean
distance x 10, truncated. The cost is the total distance. The fleet is limited; its size is not minimised.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.instances.instance import Instance
from benchmarks.instances.plain import PlainOrders, PlainShifts, plain_problem
from benchmarks.instances.tuning import may_tune
from benchmarks.instances.vrplib_file import best_known_of, euclidean, read_vrplib
from solver.problem import ELIGIBLE, Prices

SCALE: Final = 10


def group_of(name: str) -> str:
    """Return the class of an instance: "C1_10_4" -> "C1"."""
    return name.partition("_")[0]


def read_vrptw(path: Path) -> Instance:
    """Read an instance, and its best known cost from the `.sol` file beside it.

    Vehicles are shifts, capacity is a stock of one kind of part that no depot fills up again.

    Raises
    ------
    InstanceError
        If there is no such file or it is of another type.
    """
    sections = read_vrplib(path, type_name="VRPTW")
    n, n_shifts = int(sections["dimension"]) - 1, int(sections["vehicles"])
    windows = SCALE * np.asarray(sections["time_window"], np.int64)
    orders = PlainOrders(
        location=np.arange(1, n + 1, dtype=np.int32),
        service_s=np.full(n, SCALE * int(sections["service_time"]), np.int32),
        open_s=windows[1:, 0].copy(),
        close_s=windows[1:, 1].copy(),
        parts=np.asarray(sections["demand"], np.int32)[1:, np.newaxis].copy(),
        tools=np.zeros((n, 0), np.bool_),
    )
    shifts = PlainShifts(
        location=np.zeros(n_shifts, np.int32),
        open_s=np.full(n_shifts, windows[0, 0]),
        close_s=np.full(n_shifts, windows[0, 1]),
        parts=np.full((n_shifts, 1), int(sections["capacity"]), np.int32),
        tools=np.zeros((n_shifts, 0), np.bool_),
    )
    return Instance(
        suite="vrptw",
        name=path.stem,
        group=group_of(path.stem),
        problem=plain_problem(
            legs=np.floor(SCALE * euclidean(sections["node_coord"])).astype(np.int32),
            orders=orders,
            shifts=shifts,
            eligibility=np.full((n, n_shifts), ELIGIBLE, np.uint8),
            prices=Prices(travel=0, distance=1),
        ),
        scale=SCALE,
        best_known=best_known_of(path),
        may_tune=may_tune("vrptw", path.stem),
        must_serve_all=True,
    )
