"""The optimum of tiny problems by trying everything: the judge of the exact oracle."""

from __future__ import annotations

from itertools import permutations, product

from solver.problem import NO_LOCK, Problem
from solver.solution import Solution, TimedRoute
from tests.naive import naive_terms_of_unassigned, naive_time_route


def brute_force(problem: Problem) -> Solution:
    """Find an optimum by trying every assignment of orders to shifts, each in its best sequence (about 5 orders)."""
    orders = range(problem.n_orders)
    best_sequence: dict[tuple[int, frozenset[int]], TimedRoute | None] = {}
    best: Solution | None = None
    for assignment in product([None, *range(problem.n_shifts)], repeat=problem.n_orders):
        if any(problem.order_lock_shift[j] not in (NO_LOCK, assignment[j]) for j in orders):
            continue
        if any(assignment[j] is None and problem.order_lock_shift[j] != NO_LOCK for j in orders):
            continue
        unassigned = tuple(j for j in orders if assignment[j] is None)
        terms = naive_terms_of_unassigned(problem, unassigned)
        routes: list[tuple[int, ...]] = []
        for shift in range(problem.n_shifts):
            served = frozenset(j for j in orders if assignment[j] == shift)
            if not served:
                routes.append(())
                continue
            if (shift, served) not in best_sequence:
                best_sequence[shift, served] = _best_sequence(problem, shift, served)
            timed = best_sequence[shift, served]
            if timed is None:
                break
            terms += timed.terms
            routes.append(tuple(visit.order for visit in timed.visits))
        else:
            if best is None or terms.total < best.cost:
                best = Solution(routes=tuple(routes), unassigned=unassigned, terms=terms)
    if best is None:
        raise ValueError("no feasible solution: the locked orders do not fit")
    return best


def _best_sequence(problem: Problem, shift: int, served: frozenset[int]) -> TimedRoute | None:
    timed = (naive_time_route(problem, shift, sequence) for sequence in permutations(sorted(served)))
    return min((route for route in timed if route is not None), key=lambda route: route.terms.total, default=None)
