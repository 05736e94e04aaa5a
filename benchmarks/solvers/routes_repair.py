"""Taking out of a peer's routes what breaks a rule that the peer could not be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from solver.cost import RouteTimer
from solver.solution import Routes

_PAIRS_UP_TO: Final = 40
"""Visits of the longest route for which pairs are tried: 780 routes to time."""


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """Feasible routes, and what had to go for it.

    Attributes
    ----------
    routes
        Feasible, one for each shift.
    broken
        Orders taken out because the route broke a rule.
    unpaid
        Orders taken out because serving them costs more than leaving them out.
    """

    routes: Routes
    broken: tuple[int, ...]
    unpaid: tuple[int, ...]

    @property
    def note(self) -> str:
        """Say what was taken out; empty if nothing was."""
        counted = ((self.broken, "broke a rule"), (self.unpaid, "cost more than they saved"))
        return "; ".join(f"{len(orders)} visits taken out that {why}" for orders, why in counted if orders)


def repair(timer: RouteTimer, routes: Routes, *, drop_unpaid: bool) -> Repaired:
    """Take out the fewest visits, and of those the cheapest, so that every route is feasible.

    One visit is tried, then two; a route that needs more is built up again, dearest orders first, each at its place in
    the sequence as far as it fits. O(m^2) timings of a route of m visits.

    Parameters
    ----------
    timer
        Of the problem.
    drop_unpaid
        Also take out visits, one at a time, as long as that lowers the cost: for peers that serve at any price.
    """
    kept_routes = []
    broken: list[int] = []
    unpaid: list[int] = []
    for shift, orders in enumerate(routes):
        feasible = _feasible_part(timer, shift, orders)
        broken += [order for order in orders if order not in feasible]
        paying = _paying_part(timer, shift, feasible) if drop_unpaid else feasible
        unpaid += [order for order in feasible if order not in paying]
        kept_routes.append(paying)
    return Repaired(routes=tuple(kept_routes), broken=tuple(broken), unpaid=tuple(unpaid))


def _feasible_part(timer: RouteTimer, shift: int, orders: tuple[int, ...]) -> tuple[int, ...]:
    if not orders or timer.time_route(shift, orders) is not None:
        return orders
    for size in (1, 2) if len(orders) <= _PAIRS_UP_TO else (1,):
        costed = [
            (cost, rest) for rest in _without(orders, size) if (cost := _cost(timer, shift, rest, orders)) is not None
        ]
        if costed:
            return min(costed)[1]
    price = timer.problem.order_unassigned_cost
    kept: tuple[int, ...] = ()
    for order in sorted(orders, key=lambda one: -int(price[one])):
        tried = tuple(one for one in orders if one in kept or one == order)
        if timer.time_route(shift, tried) is not None:
            kept = tried
    return kept


def _paying_part(timer: RouteTimer, shift: int, orders: tuple[int, ...]) -> tuple[int, ...]:
    cost = _cost(timer, shift, orders, orders)
    while orders and cost is not None:
        shorter = [(c, rest) for rest in _without(orders, 1) if (c := _cost(timer, shift, rest, orders)) is not None]
        if not shorter or min(shorter)[0] >= cost:
            break
        orders = min(shorter)[1]
        cost = _cost(timer, shift, orders, orders)
    return orders


def _without(orders: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    for gone in combinations(orders, size):
        yield tuple(order for order in orders if order not in gone)


def _cost(timer: RouteTimer, shift: int, kept: tuple[int, ...], orders: Sequence[int]) -> int | None:
    """Return the cost of a route and of the orders left out of it; None if it is infeasible."""
    left_out = sum(int(timer.problem.order_unassigned_cost[order]) for order in orders if order not in kept)
    if not kept:
        return left_out
    timed = timer.time_route(shift, kept)
    return None if timed is None else timed.terms.total + left_out
