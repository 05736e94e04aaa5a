"""How far from optimal a plan can be at most: a proven lower bound on the cost of every plan of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dispatch.domain.plan import Plan
from solver.bounds import Bound, lower_bound
from solver.problem import Problem
from solver.solution import Routes


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is proven about a plan.

    Attributes
    ----------
    bound
        No plan costs less.
    unservable_cost
        Part of every plan's cost: the prices of orders that no shift can serve.
    routes
        The best solution known afterwards: the one given, or a better one put together from the routes of the proof.
    """

    bound: int
    unservable_cost: int
    routes: Routes

    def gap(self, cost: int) -> float:
        """Share of `cost`, the unservable orders apart, that a better plan may save at most."""
        return round(max(0, cost - self.bound) / max(1, cost - self.unservable_cost), 6)


def prove(
    problem: Problem,
    routes: Routes,
    *,
    limit_s: float,
    threads: int,
    clock: Callable[[], float],
    is_cancelled: Callable[[], bool] | None = None,
) -> Proof:
    """Prove a bound on the cost of all solutions, beginning with the routes of a good one.

    Parameters
    ----------
    limit_s
        Seconds on `clock` for it; the best bound by then is returned.
    is_cancelled
        Once true, the best bound so far is returned.
    """
    found: Bound = lower_bound(
        problem, limit_s=limit_s, clock=clock, threads=threads, incumbent=routes, is_cancelled=is_cancelled
    )
    return Proof(bound=found.value, unservable_cost=found.unservable_cost, routes=found.routes or routes)


def with_proof(plan: Plan, proof: Proof) -> Plan:
    """Return the plan with its bound and the gap to it."""
    return plan.model_copy(update={"bound": proof.bound, "gap": proof.gap(plan.cost.total)})
