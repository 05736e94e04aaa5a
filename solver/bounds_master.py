"""The restricted master problem of column generation: a set partitioning LP over the routes known so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from ortools.linear_solver import pywraplp

from solver.bounds_pricing import SCALE, Column, Prices, RowCut, ShiftClass
from solver.problem import NO_LOCK, Problem

_EPSILON: Final = 1e-6


@dataclass(frozen=True, kw_only=True)
class CutShape:
    """A subset-row cut: of `orders` (three) at most one pair is in the routes of a solution.

    `memory` are orders, its own included, on whose visit a route remembers having been at one of them; a route counts
    as one for every second visit it remembers (limited memory: Pecin, Pessoa, Poggi & Uchoa 2017).
    """

    orders: tuple[int, int, int]
    memory: frozenset[int]

    def times_in(self, route: Sequence[int]) -> int:
        """How many pairs of the cut's orders a route counts for."""
        pairs = 0
        is_odd = False
        for order in route:
            if order not in self.memory:
                is_odd = False
            elif order in self.orders:
                pairs += is_odd
                is_odd = not is_odd
        return pairs


class Master:
    """Minimizes the cost of routes and unassigned orders, with every order in one route or unassigned.

    Attributes
    ----------
    unassigned_costs
        Of each order; locked ones have none. A change takes effect with the next `keep`.
    columns
        Routes in the LP.
    optimum
        Columns of the last optimum and how much of each it takes.
    cost
        Of the last optimum.
    """

    def __init__(self, problem: Problem, classes: Sequence[ShiftClass]) -> None:
        self.problem = problem
        self.classes = classes
        self.unassigned_costs = [int(cost) for cost in problem.order_left_out_cost]
        self.columns: list[Column] = []
        self.cuts: list[CutShape] = []
        self.optimum: list[tuple[Column, float]] = []
        self.cost = 0.0
        self._order_duals: list[float] = []
        self._class_duals: list[float] = []
        self._cut_duals: list[float] = []
        self._reduced_costs: list[float] = []
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._build()

    def _build(self) -> None:
        """Begin an LP with rows, unassigned orders and the columns and cuts that there are."""
        problem = self.problem
        lp = pywraplp.Solver.CreateSolver("GLOP")
        self.lp: Any = lp
        self._order_rows = [lp.Constraint(1.0, 1.0) for _ in range(problem.n_orders)]
        self._class_rows = [lp.Constraint(-lp.infinity(), float(c.size)) for c in self.classes]
        self._cut_rows = [lp.Constraint(-lp.infinity(), 1.0) for _ in self.cuts]
        self._variables: list[Any] = []
        lp.Objective().SetMinimization()
        for order in range(problem.n_orders):
            if problem.order_lock_shift[order] == NO_LOCK:
                unassigned = lp.NumVar(0.0, lp.infinity(), "")
                self._order_rows[order].SetCoefficient(unassigned, 1.0)
                lp.Objective().SetCoefficient(unassigned, float(self.unassigned_costs[order]))
        for column in self.columns:
            self._add_variable(column)

    def _add_variable(self, column: Column) -> None:
        variable = self.lp.NumVar(0.0, self.lp.infinity(), "")
        for order in set(column.orders):
            self._order_rows[order].SetCoefficient(variable, float(column.orders.count(order)))
        self._class_rows[column.shift_class].SetCoefficient(variable, 1.0)
        for row, cut in zip(self._cut_rows, self.cuts, strict=True):
            times = cut.times_in(column.orders)
            if times:
                row.SetCoefficient(variable, float(times))
        self.lp.Objective().SetCoefficient(variable, float(column.cost))
        self._variables.append(variable)

    def add(self, columns: Sequence[Column]) -> int:
        """Add columns; return how many of them are new."""
        new = 0
        for column in columns:
            key = (column.shift_class, column.orders)
            if key not in self._known:
                self._known.add(key)
                self.columns.append(column)
                self._add_variable(column)
                new += 1
        return new

    def add_cuts(self, cuts: Sequence[CutShape], *, at_most: int) -> None:
        """Add cuts in place of older ones over the same orders, and of such as do not bind if there are too many."""
        renewed = {cut.orders for cut in cuts}
        older = [
            (-dual, cut) for dual, cut in zip(self._cut_duals, self.cuts, strict=True) if cut.orders not in renewed
        ]
        older.sort(key=lambda item: -item[0])
        kept = [cut for price, cut in older[: max(0, at_most - len(cuts))] if price > _EPSILON]
        self.keep(self.columns, [*kept, *cuts[:at_most]])

    def is_whole(self) -> bool:
        """Whether the last optimum takes every route as a whole."""
        return all(value > 1.0 - _EPSILON for _, value in self.optimum)

    def columns_within(self, gap: float) -> list[Column]:
        """Return the columns, 5,000 at most, that fit into a solution so much dearer than the last optimum."""
        ranked = sorted(range(len(self._reduced_costs)), key=lambda number: self._reduced_costs[number])
        return [self.columns[number] for number in ranked[:5_000] if self._reduced_costs[number] <= gap]

    def forget_columns(self, count: int, *, always: Sequence[Column]) -> None:
        """Keep the `count` columns of least reduced cost at the last optimum, and `always`."""
        needed = {(column.shift_class, column.orders) for column in always}
        newer = [-math.inf] * (len(self.columns) - len(self._reduced_costs))
        reduced = self._reduced_costs + newer
        ranked = sorted(range(len(self.columns)), key=lambda number: reduced[number])
        kept = set(ranked[:count])
        self.keep(
            [c for n, c in enumerate(self.columns) if n in kept or (c.shift_class, c.orders) in needed], self.cuts
        )

    def keep(self, columns: Sequence[Column], cuts: Sequence[CutShape]) -> None:
        """Go on with these columns and cuts only."""
        self.columns, self.cuts = list(columns), list(cuts)
        self._reduced_costs = []
        self._known = {(column.shift_class, column.orders) for column in columns}
        self._build()

    def solve(self) -> bool:
        """Solve the LP; False if the LP solver gives up."""
        if self.lp.Solve() != pywraplp.Solver.OPTIMAL:
            return False
        self.cost = self.lp.Objective().Value()
        values = [variable.solution_value() for variable in self._variables]
        self.optimum = [(c, value) for c, value in zip(self.columns, values, strict=True) if value > _EPSILON]
        self._reduced_costs = [variable.reduced_cost() for variable in self._variables]
        self._order_duals = [row.dual_value() for row in self._order_rows]
        self._class_duals = [row.dual_value() for row in self._class_rows]
        self._cut_duals = [row.dual_value() for row in self._cut_rows]
        return True

    def prices(self) -> Prices:
        """Dual prices of the last optimum as scaled integers; an order's never exceeds what leaving it out costs.

        Integers with these signs and limits prove a bound whatever they are: rounding loses a little, never validity.
        """
        orders = []
        for order, value in enumerate(self._order_duals):
            dual = math.floor(value * SCALE)
            if self.problem.order_lock_shift[order] == NO_LOCK:
                dual = min(dual, self.unassigned_costs[order] * SCALE)
            orders.append(dual)
        return Prices(
            orders=orders,
            classes=[min(0, math.floor(value * SCALE)) for value in self._class_duals],
            cuts=[
                RowCut(orders=cut.orders, memory=tuple(cut.memory), price=max(0, math.floor(-value * SCALE)))
                for cut, value in zip(self.cuts, self._cut_duals, strict=True)
            ],
        )
