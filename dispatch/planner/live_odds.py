"""How likely the visits of a few routes of a live plan are to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from dispatch.planner.live_effects import LiveOrder, VisitChance
from dispatch.planner.risk import distributions_of
from dispatch.policy.settings import Policy
from solver.driven import DrivenRoute, DrivenVisit, driven_breaks, simulated_routes
from solver.problem import Problem
from solver.risk import simulate
from solver.solution import TimedRoute

SEED: Final = 1
"""Routes draw the same whatever is asked beside them, so that offers can be compared."""


class LiveOdds:
    """Simulates routes of one problem.

    Parameters
    ----------
    problem
        Whose shifts they are.
    technician_of_shift
        Ids.
    policy
        The effective one.
    midnight_s
        Second of a local midnight.
    """

    def __init__(
        self, problem: Problem, technician_of_shift: Sequence[str], policy: Policy, *, midnight_s: int
    ) -> None:
        self._problem = problem
        self._factor = [policy.risk.technician_factor.get(one, 1.0) for one in technician_of_shift]
        self._scenarios = policy.slots.scenarios
        self._distributions = distributions_of(policy.risk, midnight_s=midnight_s)

    def of(
        self, routes: Sequence[TimedRoute], orders: Sequence[LiveOrder], changed: Sequence[Mapping[int, LiveOrder]]
    ) -> list[dict[int, VisitChance]]:
        """Return the odds of every visit of each route, by order; O(scenarios x visits).

        Parameters
        ----------
        orders
            By number.
        changed
            For each route, orders that are taken for others than they are.
        """
        if not routes:
            return []
        driven = [self._driven(route, orders, other) for route, other in zip(routes, changed, strict=True)]
        odds = simulate(simulated_routes(driven), self._distributions, scenarios=self._scenarios, seed=SEED)
        on_time, promise_kept = iter(odds.p_on_time.tolist()), iter(odds.p_promise_kept.tolist())
        return [
            {visit.order: VisitChance(on_time=next(on_time), promise_kept=next(promise_kept)) for visit in route.visits}
            for route in routes
        ]

    def _driven(self, route: TimedRoute, orders: Sequence[LiveOrder], changed: Mapping[int, LiveOrder]) -> DrivenRoute:
        factor, depot = self._factor[route.shift], route.depot
        visits = []
        for place, visit in enumerate(route.visits):
            order = changed.get(visit.order) or orders[visit.order]
            over_depot_s = depot.travel_s if depot is not None and depot.before == place else 0
            visits.append(
                DrivenVisit(
                    leg_s=over_depot_s + visit.travel_s,
                    service_s=round((visit.end_s - visit.start_s) * factor),
                    open_s=next((opens for opens, closes in order.windows if visit.start_s <= closes), visit.start_s),
                    close_s=order.on_time_until(visit.start_s),
                    due_s=order.due_s,
                    kind=order.kind,
                )
            )
        return DrivenRoute(
            departure_s=route.departure_s,
            visits=visits,
            breaks=driven_breaks(self._problem, route),
            end_leg_s=route.end_travel_s,
        )
