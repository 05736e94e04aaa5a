"""The relaxation that proves bounds: column generation, then cuts, in one part of the solutions at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.bounds_cuts import repeated_visits, violated_cuts
from solver.bounds_master import Master
from solver.bounds_pricing import SCALE, Column, Effort, ParallelPricing, Prices
from solver.problem import Problem

NEIGHBOURS: Final = 8
"""Orders nearby that a route does not forget; more where the optimum of the relaxation visits an order twice."""
MAX_CUTS: Final = 256
CUTS_PER_ROUND: Final = 40
MAX_COLUMNS: Final = 6_000
KEPT_COLUMNS: Final = 3_000
NEARLY: Final = 0.02
"""Cuts are looked for once so little of the gap is due to routes not yet found."""
SLOW: Final = 0.03
"""A round of cuts that closes less of the gap than this share is slow."""
SLOW_ROUNDS: Final = 2
"""After so many slow rounds it is time to branch."""
EFFORTS: Final = (
    Effort(heuristic=True, max_arcs=5, max_routes=12),
    Effort(heuristic=True, max_arcs=12, max_routes=16),
    Effort(heuristic=False, max_arcs=8, max_routes=30),
    Effort(heuristic=False, max_arcs=0, max_routes=50),
)
"""From quick to exact: the next one is tried where one finds nothing."""
EXACT: Final = len(EFFORTS) - 1


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A part of the solutions: those that serve some orders, and some orders not by some classes of shifts.

    Attributes
    ----------
    served
        Orders that are not unassigned.
    forbidden
        (order, class of shifts) that do not go together.
    bound
        No solution of the part costs less.
    columns
        Routes to begin with.
    """

    served: frozenset[int]
    forbidden: frozenset[tuple[int, int]]
    bound: int
    columns: tuple[Column, ...]


class Relaxation:
    """Proves bounds for one part of the solutions after another.

    Attributes
    ----------
    upper
        Cost of the best solution known; what costs as much is of no interest.
    bound
        Of the part entered last.
    prices
        Dual prices of the best bound of the first part, which is all solutions.
    """

    def __init__(
        self,
        problem: Problem,
        pricing: ParallelPricing,
        *,
        upper: int,
        always: list[Column],
        is_over: Callable[[], bool],
    ) -> None:
        self.problem = problem
        self.pricing = pricing
        self.upper = upper
        self.always = always
        self.is_over = is_over
        self.neighbours = nearest_orders(problem, NEIGHBOURS)
        self.master = Master(problem, pricing.classes)
        self.bound = 0
        self.prices: Prices | None = None
        self.rounds = 0
        self._forbidden: dict[int, list[int]] = {}
        self._is_whole = True

    def enter(self, part: Branch) -> None:
        """Go on with the relaxation of a part."""
        self.bound = part.bound
        self._is_whole = not part.served and not part.forbidden
        self._forbidden = {}
        for order, shift_class in part.forbidden:
            self._forbidden.setdefault(shift_class, []).append(order)
        # Leaving out an order that is to be served costs as much as the best solution: then nobody wants to know.
        costs = [
            max(int(cost), self.upper) if order in part.served else int(cost)
            for order, cost in enumerate(self.problem.order_left_out_cost)
        ]
        self.master.unassigned_costs = costs
        columns = [c for c in part.columns if self._is_allowed(c)]
        self.master.keep(columns, self.master.cuts)

    def solve(self, on_bound: Callable[[], None]) -> bool:
        """Tighten the part's bound until that gets slow; False if time is up or the exact pricing is beyond its means.

        `on_bound` is called after each relaxation that is solved to its end.
        """
        slow, before = 0, self.bound
        while self._converge():
            on_bound()
            if self.bound >= self.upper:
                return True
            if self._forbid_repeated_visits():
                continue
            slow = slow + 1 if self.bound - before < SLOW * (self.upper - before) else 0
            before = self.bound
            cuts = violated_cuts(self.master, at_most=CUTS_PER_ROUND)
            if slow == SLOW_ROUNDS or not cuts:
                return True
            self.master.add_cuts(cuts, at_most=MAX_CUTS)
        return False

    def _converge(self) -> bool:
        """Solve the relaxation by column generation; False if it has to stop before."""
        effort = 0
        while self.bound < self.upper:
            if self.is_over() or not self.master.solve():
                return False
            prices = self.master.prices()
            self.rounds += 1
            priced = self.pricing.price(
                prices, neighbours=self.neighbours, effort=EFFORTS[effort], forbidden=self._forbidden
            )
            is_exact = effort == EXACT
            is_proven = is_exact and priced.is_exact
            self._note(-(-priced.proven // SCALE), prices)
            new = self.master.add(priced.columns)
            if is_proven and (new == 0 or self.master.cost - self.bound < NEARLY * (self.upper - self.bound)):
                return True
            if is_exact and new == 0:
                return False
            if new and len(self.master.columns) > MAX_COLUMNS:
                self.master.forget_columns(KEPT_COLUMNS, always=self.always)
            effort = min(effort + 1, EXACT) if new == 0 else (0 if is_exact else effort)
        return True

    def _note(self, value: int, prices: Prices) -> None:
        if self._is_whole and (self.prices is None or value > self.bound):
            self.prices = prices
        self.bound = max(self.bound, value)

    def _forbid_repeated_visits(self) -> bool:
        """Have routes remember the orders that the optimum visits twice; False if there are none."""
        repeated = repeated_visits(self.master)
        for order, between in repeated:
            for other in between:
                self.neighbours[other] = sorted({*self.neighbours[other], order})
        if repeated:
            self.master.keep([c for c in self.master.columns if self._is_allowed(c)], self.master.cuts)
        return bool(repeated)

    def _is_allowed(self, column: Column) -> bool:
        """Whether a route visits no order that is forbidden or that it still remembers."""
        if any(order in self._forbidden.get(column.shift_class, ()) for order in column.orders):
            return False
        memory: set[int] = set()
        for order in column.orders:
            if order in memory:
                return False
            memory = {other for other in memory if other in self.neighbours[order]} | {order}
        return True


def nearest_orders(problem: Problem, count: int) -> list[list[int]]:
    """Of each order itself and those that are nearest, by the shorter way of any profile."""
    places = problem.order_location
    travel_s = problem.travel_s.min(axis=0, initial=2**31 - 1)[np.ix_(places, places)]
    travel_s = np.minimum(travel_s, travel_s.T)
    nearest = []
    for order, row in enumerate(travel_s):
        first = np.argsort(row, kind="stable")[:count].tolist()
        nearest.append(sorted({order, *first}))
    return nearest
