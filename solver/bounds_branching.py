"""Where to divide the solutions in two, so that the relaxation of each part is tighter."""

from __future__ import annotations

from typing import Final

from solver.bounds_master import Master
from solver.bounds_relaxation import Branch

_LEAST_SHARE: Final = 0.02


def divide(part: Branch, master: Master, *, bound: int) -> tuple[Branch, ...]:
    """Return two parts that hold every solution of `part` between them; none if its optimum is of one piece.

    First by whether an order is served, the dearest first; then by which class of shifts serves an order.
    """
    problem = master.problem
    share: dict[tuple[int, int], float] = {}
    for column, value in master.optimum:
        for order in column.orders:
            share[order, column.shift_class] = share.get((order, column.shift_class), 0.0) + value
    served = [0.0] * problem.n_orders
    for (order, _), value in share.items():
        served[order] += value
    n_classes = len(master.classes)
    columns = tuple(master.columns)

    def child(*, more_served: int | None, forbidden: frozenset[tuple[int, int]]) -> Branch:
        return Branch(
            served=part.served if more_served is None else part.served | {more_served},
            forbidden=part.forbidden | forbidden,
            bound=bound,
            columns=columns,
        )

    open_orders = [order for order, value in enumerate(served) if _LEAST_SHARE < value < 1 - _LEAST_SHARE]
    if open_orders:
        costs = problem.order_left_out_cost
        order = max(open_orders, key=lambda j: _distance(served[j]) * int(costs[j]))
        nowhere = frozenset((order, index) for index in range(n_classes))
        return child(more_served=order, forbidden=frozenset()), child(more_served=None, forbidden=nowhere)
    pairs = [pair for pair, value in share.items() if _LEAST_SHARE < value < 1 - _LEAST_SHARE]
    if not pairs:
        return ()
    order, chosen = max(pairs, key=lambda pair: (_distance(share[pair]), -pair[0], -pair[1]))
    elsewhere = frozenset((order, index) for index in range(n_classes) if index != chosen)
    # Who serves the order: this class, which leaves it open whether anybody does; or anybody else.
    return child(more_served=None, forbidden=elsewhere), child(more_served=None, forbidden=frozenset({(order, chosen)}))


def _distance(value: float) -> float:
    """How far a share is from being decided."""
    return min(value, 1 - value)
