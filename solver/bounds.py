"""Lower bounds on the whole objective by column generation: how far from optimal a solution can be at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from solver.bounds_branching import divide
from solver.bounds_columns import best_of_columns
from solver.bounds_pricing import Column, ParallelPricing, Prices, shift_classes
from solver.bounds_relaxation import Branch, Relaxation
from solver.bounds_seeds import columns_of, similar_columns
from solver.cost import RouteTimer
from solver.problem import Problem
from solver.solution import Routes
from solver.stop import Clock
from solver.validate import validate

MIP_LIMIT_S: Final = 3.0
MIP_SHARE: Final = 0.15
"""Share of the time that may go into putting solutions together from columns."""
MAX_LABELS: Final = 4_000_000
"""Of one shift in one exact round: beyond, the round proves less."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """What is proven about every solution of a problem.

    Attributes
    ----------
    value
        No solution costs less.
    unservable_cost
        Part of it: prices of orders that no shift can serve, whatever the plan.
    prices
        Dual prices of the best bound of the undivided problem; None if there was no round.
    neighbours
        Of each order those that a route remembered when it visited it.
    rounds, n_columns, n_cuts
        How it was found.
    is_converged
        Whether the relaxation was solved to its end, before time was up.
    routes, cost
        The best solution known: the incumbent or what the columns were put together to; None if there is neither.
    """

    value: int
    unservable_cost: int
    prices: Prices | None
    neighbours: tuple[tuple[int, ...], ...]
    rounds: int
    n_columns: int
    n_cuts: int
    is_converged: bool
    routes: Routes | None
    cost: int | None

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

    Column generation over ng-routes with subset-row cuts. After every round of pricing the Lagrangian bound of
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

    def left_s() -> float:
        return 0.0 if is_cancelled is not None and is_cancelled() else limit_s - (clock() - started)

    def is_over() -> bool:
        return left_s() <= 0

    timer = RouteTimer(problem)
    classes = shift_classes(timer.core)
    with ParallelPricing(timer.core, classes, threads=threads, is_over=is_over, max_labels=MAX_LABELS) as pricing:
        proof = _Proof(timer, pricing, left_s=left_s, incumbent=incumbent, on_progress=on_progress)
        return proof.to_the_end()


class _Proof:
    """One run of branch and bound and what it has proven so far."""

    def __init__(
        self,
        timer: RouteTimer,
        pricing: ParallelPricing,
        *,
        left_s: Callable[[], float],
        incumbent: Routes | None,
        on_progress: Callable[[int], None] | None,
    ) -> None:
        self.timer = timer
        self.pricing = pricing
        self.left_s = left_s
        self.on_progress = on_progress
        problem = timer.problem
        self.routes = incumbent
        upper = timer.evaluate(problem.locked_routes).cost
        known = columns_of(timer, pricing.classes, problem.locked_routes)
        similar: list[Column] = []
        if incumbent is not None:
            upper = min(upper, timer.evaluate(incumbent).cost)
            known += columns_of(timer, pricing.classes, incumbent)
            similar = similar_columns(timer, pricing.classes, incumbent, self.is_over)
        self.relaxation = Relaxation(problem, pricing, upper=upper, always=known, is_over=self.is_over)
        served = {order for index in range(len(pricing.classes)) for order in pricing.orders_of(index)}
        costs = problem.order_left_out_cost
        self.unservable_cost = sum(int(costs[j]) for j in range(problem.n_orders) if j not in served)
        self.best = self.unservable_cost
        self.started_s = left_s()
        self.mip_s = 0.0
        nothing: frozenset[Any] = frozenset()
        everything = Branch(served=nothing, forbidden=nothing, bound=self.best, columns=(*known, *similar))
        self.open_parts = [everything]

    def is_over(self) -> bool:
        return self.left_s() <= 0

    def to_the_end(self) -> Bound:
        """Divide the part with the least bound until none could hold a better solution, or time is up."""
        relaxation = self.relaxation
        is_converged = False
        while self.open_parts and not self.is_over():
            part = min(self.open_parts, key=lambda one: one.bound)
            if part.bound >= relaxation.upper:
                break
            self.open_parts.remove(part)
            others = min((one.bound for one in self.open_parts), default=relaxation.upper)
            relaxation.enter(part)

            def on_bound(others: int = others) -> None:
                self.note(min(others, relaxation.bound))
                self.improve()

            is_solved = relaxation.solve(on_bound)
            is_converged = is_converged or is_solved
            rest = replace(part, bound=relaxation.bound)
            parts = divide(rest, relaxation.master, bound=relaxation.bound) if is_solved else ()
            if relaxation.bound < relaxation.upper:
                self.open_parts += parts or [rest]
            self.note(min((one.bound for one in self.open_parts), default=relaxation.upper))
            if not parts and relaxation.bound < relaxation.upper:
                break
        return self.bound(is_converged=is_converged)

    def note(self, value: int) -> None:
        """Note a bound on all solutions."""
        value = min(value, self.relaxation.upper)
        if value > self.best:
            self.best = value
            if self.on_progress is not None:
                self.on_progress(value)

    def improve(self) -> None:
        """Look for a better solution among the columns: if the relaxation is one, and now and then."""
        relaxation = self.relaxation
        is_turn = relaxation.master.is_whole() or self.mip_s <= MIP_SHARE * (self.started_s - self.left_s())
        if relaxation.bound >= relaxation.upper or not is_turn:
            return
        before_s = self.left_s()
        columns = relaxation.master.columns_within(relaxation.upper - relaxation.master.cost)
        limit_s = min(MIP_LIMIT_S, self.left_s())
        routes = best_of_columns(self.timer, self.pricing.classes, columns, limit_s=limit_s, below=relaxation.upper)
        if routes is not None:
            self.routes, relaxation.upper = routes, self.timer.evaluate(routes).cost
        self.mip_s += before_s - self.left_s()

    def bound(self, *, is_converged: bool) -> Bound:
        relaxation = self.relaxation
        return Bound(
            value=self.best,
            unservable_cost=self.unservable_cost,
            prices=relaxation.prices,
            neighbours=tuple(tuple(near) for near in relaxation.neighbours),
            rounds=relaxation.rounds,
            n_columns=len(relaxation.master.columns),
            n_cuts=len(relaxation.master.cuts),
            is_converged=is_converged,
            routes=self.routes,
            cost=None if self.routes is None else relaxation.upper,
        )
