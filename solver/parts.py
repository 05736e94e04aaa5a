"""Parts of a problem that threads work on side by side, and how they are put together again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.problem import Problem
from solver.solution import Routes


@dataclass(frozen=True, kw_only=True)
class Part:
    """Shifts with their routes, and orders in no route, that one thread works on alone.

    Attributes
    ----------
    shifts
        Indices of the shifts, used and unused.
    unassigned
        Orders in no route.
    """

    shifts: list[int]
    unassigned: list[int]


def cut(problem: Problem, routes: Routes, count: int, rng: np.random.Generator) -> tuple[Part, ...]:
    """Cut a solution into `count` parts with about as many visits each, across a direction drawn by `rng`.

    The direction leads from one order, drawn at random, to the one farthest from it. Routes are sorted by how much
    nearer to the one than to the other their visits are on average, by the travel of the first profile, and dealt out
    in this sequence. Unused shifts are dealt out alike, by their start; each order in no route joins the routes near
    it.
    """
    lean = _lean(problem, rng)
    lean_of = np.array([_mean_lean(problem, lean, shift, orders) for shift, orders in enumerate(routes)])
    in_sequence = np.argsort(lean_of, kind="stable")
    visits = np.array([len(orders) for orders in routes])[in_sequence]
    used, unused = in_sequence[visits > 0], in_sequence[visits == 0]
    middles = np.cumsum(visits[visits > 0]) - visits[visits > 0] / 2
    ends = np.searchsorted(middles, visits.sum() * np.arange(1, count) / count)
    bounds = lean_of[used[np.minimum(ends, len(used) - 1)]] if len(used) else np.zeros(count - 1)
    planned = {order for orders in routes for order in orders}
    left_out = np.array([order for order in range(problem.n_orders) if order not in planned], np.int64)
    part_of = np.searchsorted(bounds, lean[problem.order_location[left_out]])
    dealt = zip(np.split(used, ends), np.array_split(unused, count), strict=True)
    return tuple(
        Part(shifts=[*mine.tolist(), *spare.tolist()], unassigned=left_out[part_of == number].tolist())
        for number, (mine, spare) in enumerate(dealt)
    )


def _lean(problem: Problem, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return, by location, how much longer it takes from one end of a random direction than from the other."""
    travel_s = problem.travel_s[0]
    one = problem.order_location[rng.integers(problem.n_orders)]
    other = problem.order_location[np.argmax(travel_s[one, problem.order_location])]
    lean: NDArray[np.int64] = travel_s[one].astype(np.int64) - travel_s[other]
    return lean


def _mean_lean(problem: Problem, lean: NDArray[np.int64], shift: int, orders: Sequence[int]) -> float:
    """Return that of a route's visits on average, of an unused shift's start."""
    if not orders:
        return float(lean[problem.shift_start_location[shift]])
    return float(lean[problem.order_location[list(orders)]].mean())


def joined(parts: Sequence[Part], routes_of: Iterable[Sequence[Sequence[int]]], n_shifts: int) -> Routes:
    """Return the routes of all shifts, each from its part."""
    routes: list[tuple[int, ...]] = [()] * n_shifts
    for part, of_part in zip(parts, routes_of, strict=True):
        for shift in part.shifts:
            routes[shift] = tuple(of_part[shift])
    return tuple(routes)
