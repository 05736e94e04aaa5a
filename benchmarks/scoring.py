"""One evaluator for the answers of all solvers: is a route feasible, what does it cost at best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.instances.instance import Instance
from solver.cost import RouteTimer, check_routes
from solver.errors import InvalidRoutesError
from solver.problem import NO_LOCK, NOT_ELIGIBLE, Problem
from solver.solution import Routes, TimedRoute


@dataclass(frozen=True, kw_only=True)
class Score:
    """What an answer is worth.

    Attributes
    ----------
    cost
        In the problem's units. The orders of a route that breaks a rule count as unassigned.
    reported
        In the units of published results.
    constant_cost
        The part of `cost` that every answer has: prices of orders that no shift can serve even alone.
    gap
        `reported` above the best known cost, as a fraction of it; None = there is no best known cost, or the answer is
        infeasible.
    unassigned
        Number of orders in no feasible route.
    missed
        Number of visits that end after the order's due time and pay for a broken promise.
    violations
        What makes the answer infeasible, a sentence each; () = it is feasible.
    routes
        Number of feasible routes with a visit.
    """

    cost: int
    constant_cost: int
    reported: float
    gap: float | None
    unassigned: int
    missed: int
    violations: tuple[str, ...]
    routes: int


def score(instance: Instance, routes: Routes) -> Score:
    """Judge and price routes; the times of each are chosen as well as possible for its order of visits.

    Nothing is repaired here: a route that breaks a rule is reported in `violations`. Routes that name an order
    twice or one that does not exist, or whose number is not that of the shifts, count as no routes at all.
    """
    problem = instance.problem
    try:
        check_routes(problem, routes)
    except InvalidRoutesError as error:
        nothing = score(instance, ((),) * problem.n_shifts)
        return replace(nothing, gap=None, violations=(str(error), *nothing.violations))
    timer = RouteTimer(problem)
    violations: list[str] = []
    timed: list[TimedRoute] = []
    for shift, orders in enumerate(routes):
        route = timer.time_route(shift, orders) if orders else None
        if route is not None:
            timed.append(route)
        elif orders:
            violations.append(_why_infeasible(problem, timer, shift, orders))
    served = {visit.order for route in timed for visit in route.visits}
    left_out = [order for order in range(problem.n_orders) if order not in served]
    violations += [
        f"order {order} is locked to a shift and left out" for order in left_out if _is_locked(problem, order)
    ]
    if instance.must_serve_all and left_out:
        violations.append(f"{len(left_out)} orders are left out, all must be served")
    cost = sum(route.terms.total for route in timed) + int(problem.order_unassigned_cost[left_out].sum())
    reported = instance.reported(cost)
    is_comparable = instance.best_known is not None and not violations
    return Score(
        cost=cost,
        constant_cost=sum(
            int(problem.order_unassigned_cost[order])
            for order in left_out
            if not is_servable(timer, problem.n_shifts, order)
        ),
        reported=reported,
        gap=reported / instance.best_known - 1 if instance.best_known is not None and is_comparable else None,
        unassigned=len(left_out),
        missed=sum(_missed(problem, route) for route in timed),
        violations=tuple(violations),
        routes=len(timed),
    )


def _missed(problem: Problem, route: TimedRoute) -> int:
    return sum(
        visit.end_s > problem.order_due_s[visit.order] and problem.order_missed_cost[visit.order] > 0
        for visit in route.visits
    )


def is_servable(timer: RouteTimer, n_shifts: int, order: int) -> bool:
    """Tell whether some shift can serve the order alone."""
    return any(timer.time_route(shift, [order]) is not None for shift in range(n_shifts))


def _is_locked(problem: Problem, order: int) -> bool:
    return int(problem.order_lock_shift[order]) != NO_LOCK


def _why_infeasible(problem: Problem, timer: RouteTimer, shift: int, orders: Sequence[int]) -> str:
    """Say what a route breaks, as far as that is plain; else how far it can go."""
    start = f"the route of shift {shift} ({len(orders)} visits)"
    for order in orders:
        if problem.eligibility[order, shift] == NOT_ELIGIBLE:
            return f"{start} visits order {order}, for which the shift is not eligible"
        if problem.order_lock_shift[order] not in (NO_LOCK, shift):
            return f"{start} visits order {order}, which is locked to shift {problem.order_lock_shift[order]}"
    if len(orders) > problem.shift_max_visits[shift]:
        return f"{start} has more visits than {problem.shift_max_visits[shift]}"
    used = problem.order_parts[list(orders)].sum(axis=0)
    if len(problem.depot_location) == 0 and (used > problem.shift_parts[shift]).any():
        kind = int(np.argmax(used - problem.shift_parts[shift]))
        return f"{start} uses {used[kind]} parts of kind {kind}, the shift has {problem.shift_parts[shift, kind]}"
    fits = 0
    while timer.time_route(shift, orders[: fits + 1]) is not None:
        fits += 1
    return f"{start} can be kept for its first {fits} visits, not with order {orders[fits]} and the way to the end"
