"""Files in VRPLIB's format and the solutions beside them; read by the package `vrplib`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import vrplib
from numpy.typing import NDArray

from benchmarks.instances.instance import InstanceError
from solver.solution import Routes


def read_vrplib(path: Path, *, type_name: str) -> Mapping[str, Any]:
    """Read the sections of a file; coordinates, demands and windows come with the depot as their first row.

    Raises
    ------
    InstanceError
        If there is no such file, or it is of another type than `type_name`.
    """
    if not path.is_file():
        raise InstanceError(f"path is {path}, expected a file\nMaybe --instances names another folder")
    sections: Mapping[str, Any] = vrplib.read_instance(path, compute_edge_weights=False)
    if sections.get("type") != type_name:
        raise InstanceError(f"{path}: TYPE is {sections.get('type')!r}, expected {type_name!r}")
    return sections


def best_known_of(path: Path) -> float | None:
    """Return the cost of the solution beside an instance, as the file gives it; None if there is no such file."""
    solution = path.with_suffix(".sol")
    return float(vrplib.read_solution(solution)["cost"]) if solution.is_file() else None


def routes_of(path: Path, *, n_shifts: int) -> Routes:
    """Return the routes of a `.sol` file: route k for shift k - 1, client c as order c - 1.

    Raises
    ------
    InstanceError
        If there are more routes than shifts.
    """
    routes = [tuple(client - 1 for client in route) for route in vrplib.read_solution(path)["routes"]]
    if len(routes) > n_shifts:
        raise InstanceError(f"{path}: {len(routes)} routes, expected at most {n_shifts}, one for each shift")
    return (*routes, *((),) * (n_shifts - len(routes)))


def euclidean(places: NDArray[Any]) -> NDArray[np.float64]:
    """Return the distances between the rows of (L, 2) coordinates."""
    x, y = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
    distances: NDArray[np.float64] = np.sqrt((x[:, None] - x[None, :]) ** 2 + (y[:, None] - y[None, :]) ** 2)
    return distances
