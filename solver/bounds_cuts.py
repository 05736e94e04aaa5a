"""Finds subset-row cuts that the master's optimum violates, and orders that its routes visit twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from solver.bounds_master import CutShape, Master

_EPSILON: Final = 1e-6
_LEAST_VIOLATION: Final = 0.04
_PER_ORDER: Final = 6
"""New cuts in one round that share an order: more would overlap."""


def violated_cuts(master: Master, *, at_most: int) -> list[CutShape]:
    """Return subset-row cuts over three orders that the optimum violates most (Jepsen et al. 2008).

    Each remembers no more than the routes of the optimum need to count in full, and what an older cut over the same
    orders remembers.
    """
    used = master.optimum
    together = _together(master.problem.n_orders, [(column.orders, value) for column, value in used])
    routes_of: dict[int, list[int]] = {}
    for number, (column, _) in enumerate(used):
        for order in set(column.orders):
            routes_of.setdefault(order, []).append(number)
    found = []
    for triple in _candidates(together):
        everything = CutShape(orders=triple, memory=frozenset(range(master.problem.n_orders)))
        numbers = {number for order in triple for number in routes_of.get(order, ())}
        excess = sum(used[n][1] * everything.times_in(used[n][0].orders) for n in numbers) - 1.0
        if excess > _LEAST_VIOLATION:
            found.append((excess, triple, numbers))
    found.sort(key=lambda item: (-item[0], item[1]))
    count = [0] * master.problem.n_orders
    cuts: list[CutShape] = []
    for _, triple, numbers in found:
        if len(cuts) == at_most:
            break
        if max(count[order] for order in triple) >= _PER_ORDER:
            continue
        for order in triple:
            count[order] += 1
        memory = set(triple)
        for number in numbers:
            memory |= _between(used[number][0].orders, triple)
        for older in master.cuts:
            if older.orders == triple:
                memory |= older.memory
        cuts.append(CutShape(orders=triple, memory=frozenset(memory)))
    return cuts


def repeated_visits(master: Master) -> list[tuple[int, frozenset[int]]]:
    """Return (order, orders visited before it is visited again) for routes of the optimum with repeated visits."""
    found = []
    for column, _ in master.optimum:
        last: dict[int, int] = {}
        for at, order in enumerate(column.orders):
            if order in last:
                found.append((order, frozenset(column.orders[last[order] + 1 : at])))
            last[order] = at
    return found


def _together(
    n_orders: int, routes: Sequence[tuple[Sequence[int], float]]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """How much of the optimum visits two orders in one route: (n, n), zero diagonal."""
    visits = np.zeros((len(routes), n_orders))
    weights = np.array([value for _, value in routes])
    for row, (orders, _) in enumerate(routes):
        visits[row, list(orders)] = 1.0
    together = np.asarray(visits.T @ (visits * weights[:, None]))
    np.fill_diagonal(together, 0.0)
    return together


def _candidates(together: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> list[tuple[int, int, int]]:
    """Triples whose pairs are together often enough for a violation."""
    found = []
    for first in range(len(together)):
        partners = [int(j) for j in np.flatnonzero(together[first] > _EPSILON)]
        for one, other in combinations(partners, 2):
            weight = together[first, one] + together[first, other] + together[one, other]
            is_first_of_linked = first < one or together[one, other] <= _EPSILON  # linked triples are met three times
            if weight > 1.0 + _LEAST_VIOLATION and is_first_of_linked:
                a, b, c = sorted((first, one, other))
                found.append((a, b, c))
    return found


def _between(route: Sequence[int], triple: Sequence[int]) -> set[int]:
    """Orders that a route visits between one and the next of the visits that make a pair."""
    memory: set[int] = set()
    since: list[int] | None = None
    for order in route:
        if order in triple:
            if since is None:
                since = []
            else:
                memory.update(since)
                since = None
        elif since is not None:
            since.append(order)
    return memory
