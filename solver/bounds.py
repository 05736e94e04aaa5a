"""Lower bounds on the whole objective by column generation: how far from optimal a solution can be at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.bounds_cuts import repeated_visits, violated_cuts
from solver.bounds_master import Master
from solver.bounds_pricing import SCALE, Column, Effort, ParallelPricing, Priced, Prices, shift_classes
from solver.bounds_seeds import columns_of, similar_columns
from solver.cost import RouteTimer
from solver.problem import Problem
from solver.solution import Routes
from solver.stop import Clock
from solver.validate import validate

NEIGHBOURS: Final = 8
"""Orders nearby that a route does not forget; more where the optimum of the relaxation visits an order twice."""
MAX_CUTS: Final = 256
CUTS_PER_ROUND: Final = 40
NEARLY: Final = 0.02
"""Cuts are looked for once so little of the gap is due to routes not yet found."""
MAX_COLUMNS: Final = 6_000
KEPT_COLUMNS: Final = 3_000
MAX_LABELS: Final = 4_000_000
"""Of one shift in one exact round: beyond, the round proves nothing."""


EFFORTS: Final = (
    Effort(heuristic=True, max_arcs=5, max_routes=12),
    Effort(heuristic=True, max_arcs=12, max_routes=16),
    Effort(heuristic=False, max_arcs=8, max_routes=30),
    Effort(heuristic=False, max_arcs=0, max_routes=50),
)
"""From quick to exact: the next one is tried where one finds nothing."""
EXACT: Final = len(EFFORTS) - 1


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What is proven about every solution of a problem.

    Attributes
    ----------
    value
        No solution costs less.
    unservable_cost
        Part of it: prices of orders that no shift can serve, whatever the plan.
    order_values
        Of each order: what serving it costs at the margin (its dual price), cost units.
    shift_values
        Of each shift: what one more like it would save at most, at the margin, cost units.
    rounds, n_columns, n_cuts
        How it was found.
    is_converged
        Whether the relaxation was solved to its end, before time was up.
    columns
        Routes of the relaxation's last optimum.
    """

    value: int
    unservable_cost: int
    order_values: tuple[float, ...]
    shift_values: tuple[float, ...]
    rounds: int
    n_columns: int
    n_cuts: int
    is_converged: bool
    columns: tuple[Column, ...]

    def gap(self, cost: int) -> float:
        """Share of a solution's cost, unservable orders apart, that might be saved at most."""
        return (cost - self.value) / max(1, cost - self.unservable_cost)


def lower_bound(
    problem: Problem,
    *,
    limit_s: float,
    clock: Clock,
    threads: int = 1,
    incumbent: Routes | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Bound:
    """Prove a lower bound on the cost of every solution (docs/bounds.md).

    Column generation over ng-routes with subset-row cuts. After every exact round of pricing the Lagrangian bound of
    its dual prices is a bound, so an early stop proves something; it is computed in integers.

    Parameters
    ----------
    limit_s
        Seconds on `clock` after which the best bound so far is returned.
    incumbent
        Routes of a good solution: a warm start, and once the bound reaches their cost they are optimal.
    on_progress
        Called with every better bound.

    Raises
    ------
    InvalidProblemError
        If an array of the problem does not fit.
    InvalidRoutesError, InfeasibleRouteError
        If `incumbent` or the locked routes are no solution.
    """
    validate(problem)
    started = clock()

    def is_over() -> bool:
        return clock() - started >= limit_s or (is_cancelled is not None and is_cancelled())

    timer = RouteTimer(problem)
    classes = shift_classes(problem)
    with ParallelPricing(timer.core, classes, threads=threads, is_over=is_over, max_labels=MAX_LABELS) as pricing:
        proof = _Proof(timer, pricing, is_over=is_over, incumbent=incumbent, on_progress=on_progress)
        return proof.to_the_end()


class _Proof:
    """One run of column generation and what it has proven so far."""

    def __init__(
        self,
        timer: RouteTimer,
        pricing: ParallelPricing,
        *,
        is_over: Callable[[], bool],
        incumbent: Routes | None,
        on_progress: Callable[[int], None] | None,
    ) -> None:
        self.problem = timer.problem
        self.pricing = pricing
        self.is_over = is_over
        self.on_progress = on_progress
        self.neighbours = _nearest(self.problem, NEIGHBOURS)
        self.master = Master(self.problem, pricing.classes)
        self.upper = timer.evaluate(self.problem.locked_routes).cost
        self.known = columns_of(timer, pricing.classes, self.problem.locked_routes)
        if incumbent is not None:
            self.upper = min(self.upper, timer.evaluate(incumbent).cost)
            self.known += columns_of(timer, pricing.classes, incumbent)
            self.master.add(similar_columns(timer, pricing.classes, incumbent, is_over))
        self.master.add(self.known)
        served = {order for index in range(len(pricing.classes)) for order in pricing.orders_of(index)}
        costs = self.problem.order_unassigned_cost
        self.unservable_cost = sum(int(costs[j]) for j in range(self.problem.n_orders) if j not in served)
        self.best = self.unservable_cost
        self.best_prices: Prices | None = None
        self.rounds = 0

    def to_the_end(self) -> Bound:
        """Tighten the relaxation until nothing helps or time is up."""
        is_converged = False
        while not self.is_over():
            is_converged = self.converge()
            if not is_converged or self.best >= self.upper or not self.tighten():
                break
        return self.bound(is_converged=is_converged)

    def converge(self) -> bool:
        """Solve the relaxation by column generation; False if it has to stop before."""
        effort = 0
        while self.best < self.upper:
            if self.is_over() or not self.master.solve():
                return False
            prices = self.master.prices()
            priced = self.price(prices, EFFORTS[effort])
            is_exact = effort == EXACT
            is_proven = is_exact and self.note(priced, prices)
            new = self.master.add(priced.columns)
            if is_exact and new == 0 and not is_proven:
                return False
            if new and len(self.master.columns) > MAX_COLUMNS:
                self.master.forget_columns(KEPT_COLUMNS, always=self.known)
            if is_proven and (new == 0 or self.is_nearly_converged()):
                return True
            effort = min(effort + 1, EXACT) if new == 0 else (0 if is_exact else effort)
        return True

    def is_nearly_converged(self) -> bool:
        return self.master.cost - self.best < NEARLY * (self.upper - self.best)

    def price(self, prices: Prices, effort: Effort) -> Priced:
        self.rounds += 1
        return self.pricing.price(prices, neighbours=self.neighbours, effort=effort)

    def note(self, priced: Priced, prices: Prices) -> bool:
        """Note what an exact round proves; False if it had to give up."""
        if priced.proven is None:
            return False
        value = -(-priced.proven // SCALE)
        if self.best_prices is None or value > self.best:
            self.best_prices = prices
        if value > self.best:
            self.best = value
            if self.on_progress is not None:
                self.on_progress(value)
        return True

    def tighten(self) -> bool:
        """Forbid what no solution does but the relaxation's optimum: repeated visits, then violated cuts."""
        repeated = repeated_visits(self.master)
        if repeated:
            for order, between in repeated:
                for other in between:
                    self.neighbours[other] = sorted({*self.neighbours[other], order})
            self.master.keep([c for c in self.master.columns if self.is_allowed(c)], self.master.cuts)
            return True
        cuts = violated_cuts(self.master, at_most=CUTS_PER_ROUND)
        if not cuts:
            return False
        self.master.add_cuts(cuts, at_most=MAX_CUTS)
        return True

    def is_allowed(self, column: Column) -> bool:
        """Whether a route visits no order again that it still remembers."""
        memory: set[int] = set()
        for order in column.orders:
            if order in memory:
                return False
            memory = {other for other in memory if other in self.neighbours[order]} | {order}
        return True

    def bound(self, *, is_converged: bool) -> Bound:
        prices = self.best_prices
        values = [0.0] * self.problem.n_shifts
        if prices is not None:
            for shift_class, price in zip(self.pricing.classes, prices.classes, strict=True):
                for shift in shift_class.shifts:
                    values[shift] = -price / SCALE
        return Bound(
            value=self.best,
            unservable_cost=self.unservable_cost,
            order_values=() if prices is None else tuple(price / SCALE for price in prices.orders),
            shift_values=tuple(values),
            rounds=self.rounds,
            n_columns=len(self.master.columns),
            n_cuts=len(self.master.cuts),
            is_converged=is_converged,
            columns=tuple(column for column, _ in self.master.optimum),
        )


def _nearest(problem: Problem, count: int) -> list[list[int]]:
    """Of each order itself and those that are nearest, by the shorter way of any profile."""
    places = problem.order_location
    travel_s = problem.travel_s.min(axis=0, initial=2**31 - 1)[np.ix_(places, places)]
    travel_s = np.minimum(travel_s, travel_s.T)
    nearest = []
    for order, row in enumerate(travel_s):
        first = np.argsort(row, kind="stable")[:count].tolist()
        nearest.append(sorted({order, *first}))
    return nearest
