"""Site-dependent vehicle routing with time windows: Cordeau and Laporte (2001), Vidal et al. (2013).

Convention "exact": a unit of time and distance is a thousandth; distance = travel time = Euclidean distance x 1000,
rounded. The cost is the total distance. Each vehicle has a capacity, clients it may serve and a longest route, from
departure to return, whenever it departs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.instances.instance import Instance
from benchmarks.instances.plain import PlainOrders, PlainShifts, plain_problem
from benchmarks.instances.tuning import may_tune
from benchmarks.instances.vrplib_file import best_known_of, euclidean, read_vrplib
from solver.problem import ELIGIBLE, NOT_ELIGIBLE, U8, Prices

SCALE: Final = 1_000


def group_of(name: str) -> str:
    """Return the class of an instance: all of them are of one, "PR"."""
    return name[:2]


def read_sdvrptw(path: Path) -> Instance:
    """Read an instance, and its best known cost from the `.sol` file beside it.

    Vehicles are shifts, capacity is a stock of one kind of part that no depot fills up again.

    Raises
    ------
    InstanceError
        If there is no such file or it is of another type.
    """
    sections = read_vrplib(path, type_name="SDVRPTW")
    n, n_shifts = int(sections["dimension"]) - 1, int(sections["vehicles"])
    windows = _thousandths(sections["time_window"])
    orders = PlainOrders(
        location=np.arange(1, n + 1, dtype=np.int32),
        service_s=_thousandths(sections["service_time"])[1:].astype(np.int32),
        open_s=windows[1:, 0].copy(),
        close_s=windows[1:, 1].copy(),
        parts=np.asarray(sections["demand"], np.int32)[1:, np.newaxis].copy(),
        tools=np.zeros((n, 0), np.bool_),
    )
    shifts = PlainShifts(
        location=np.zeros(n_shifts, np.int32),
        open_s=np.full(n_shifts, windows[0, 0]),
        close_s=np.full(n_shifts, windows[0, 1]),
        parts=np.asarray(sections["capacity"], np.int32)[:, np.newaxis].copy(),
        tools=np.zeros((n_shifts, 0), np.bool_),
    )
    published = best_known_of(path)
    return Instance(
        suite="sdvrptw",
        name=path.stem,
        group=group_of(path.stem),
        problem=plain_problem(
            legs=_thousandths(euclidean(sections["node_coord"])).astype(np.int32),
            orders=orders,
            shifts=shifts,
            eligibility=_eligibility(sections["vehicles_allowed_clients"], n),
            prices=Prices(travel=0, distance=1),
            max_duration_s=int(_thousandths(sections["vehicles_max_duration"])),
        ),
        scale=SCALE,
        best_known=None if published is None else published / SCALE,
        may_tune=may_tune("sdvrptw", path.stem),
        must_serve_all=True,
    )


def _thousandths(values: Any) -> NDArray[np.int64]:
    return np.round(SCALE * np.asarray(values, np.float64)).astype(np.int64)


def _eligibility(clients_of_vehicle: list[list[int]], n: int) -> U8:
    """Say who may serve whom; the file counts clients from 2, for the depot is number 1."""
    eligibility = np.full((n, len(clients_of_vehicle)), NOT_ELIGIBLE, np.uint8)
    for shift, clients in enumerate(clients_of_vehicle):
        eligibility[np.asarray(clients) - 2, shift] = ELIGIBLE
    return eligibility
