"""The whole model of `Problem` for CP-SAT: what concerns orders, and how a solution is read (see `solver.exact`).

Times are bounded from below only: every cost but work time never falls when something happens later, and what work time
gains from departing late is settled by the openings (`solver.exact_openings`).
"""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import Any

from ortools.sat.python import cp_model

from solver.problem import NO_LOCK, NOT_ELIGIBLE, Disruption, Problem, Risk
from solver.solution import CostTerms, Routes


class ExactModel:
    """Variables shared by all routes, constraints and costs of orders.

    Attributes
    ----------
    cp
        The CP-SAT model.
    costs
        By name of a cost term the expressions that add up to it.
    start_s, finish_s
        Of each order, whichever shift serves it; meaningless if none does.
    is_restocked
        Of each order: its technician has been at a depot before.
    serves
        For each shift, by order, whether it serves it; only orders that it may serve.
    follows
        For each shift, by (order, next order), whether they follow each other; `n_orders` stands for the shift's own
        start and end. Filled in by the routes (`solver.exact_route`).
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.horizon_s = max([int(latest) for latest in problem.shift_latest_s], default=0)
        self.costs: dict[str, list[Any]] = {term.name: [] for term in fields(CostTerms)}
        self.follows: list[dict[tuple[int, int], Any]] = [{} for _ in range(problem.n_shifts)]
        orders = range(problem.n_orders)
        self.start_s = [self.cp.new_int_var(0, self.horizon_s, f"start_{order}") for order in orders]
        self.finish_s = [self.cp.new_int_var(0, self.horizon_s, f"finish_{order}") for order in orders]
        self.is_restocked = [self.cp.new_bool_var(f"is_restocked_{order}") for order in orders]
        self.serves = [
            {
                order: self.cp.new_bool_var(f"serves_{shift}_{order}")
                for order in orders
                if problem.eligibility[order, shift] != NOT_ELIGIBLE
            }
            for shift in range(problem.n_shifts)
        ]
        for order in orders:
            self._add_order(order)

    def _add_order(self, order: int) -> None:
        problem, cp = self.problem, self.cp
        start_s, finish_s = self.start_s[order], self.finish_s[order]
        serves = {shift: literals[order] for shift, literals in enumerate(self.serves) if order in literals}
        is_served = cp.new_bool_var(f"is_served_{order}")
        cp.add(sum(serves.values()) == is_served)
        if problem.order_lock_shift[order] != NO_LOCK:
            cp.add(serves[int(problem.order_lock_shift[order])] == 1)
        self.costs["unassigned"].append(int(problem.order_unassigned_cost[order]) * (1 - is_served))
        if problem.disruption is not None:
            self._add_disruption(order, problem.disruption, is_served)

        windows = range(problem.order_window_first[order], problem.order_window_first[order + 1])
        in_windows = cp_model.Domain.from_intervals(
            [[int(problem.window_open_s[w]), int(problem.window_close_s[w])] for w in windows]
        )
        cp.add_linear_expression_in_domain(start_s, in_windows).only_enforce_if(is_served)
        for shift, literal in serves.items():
            cp.add(finish_s == start_s + problem.service_s(order, shift)).only_enforce_if(literal)

        prices = problem.prices
        after_buffer_s = self._new_excess_s(start_s, int(problem.order_buffer_from_s[order]), is_served)
        self.costs["agreed_buffer"].append(prices.agreed_buffer * after_buffer_s)
        is_broken = self._new_is_after(start_s, int(problem.order_broken_from_s[order]), is_served)
        self.costs["agreed_broken"].append(prices.agreed_broken * is_broken)
        due_s = int(problem.order_due_s[order])
        tardiness_s = self._new_excess_s(finish_s, due_s, is_served, cap_s=prices.tardiness_cap_s)
        self.costs["tardiness"].append(prices.tardiness * tardiness_s)
        is_missed = self._new_is_after(finish_s, due_s, is_served)
        self.costs["promise_missed"].append(int(problem.order_missed_cost[order]) * is_missed)
        soft_due_s = int(problem.order_soft_due_s[order])
        soft_tardiness_s = self._new_excess_s(finish_s, soft_due_s, is_served, cap_s=prices.soft_due_cap_s)
        self.costs["soft_due"].append(prices.soft_due * soft_tardiness_s)
        if problem.risk is not None:
            self._add_risk(order, problem.risk, is_served)

    def _add_risk(self, order: int, risk: Risk, is_served: Any) -> None:
        ramps = (
            (self.start_s[order], risk.start_from_s, risk.start_rate, risk.start_cap_s),
            (self.finish_s[order], risk.end_from_s, risk.end_rate, risk.end_cap_s),
        )
        for moment_s, from_s, rate, cap_s in ramps:
            after_s = self._new_excess_s(moment_s, int(from_s[order]), is_served, cap_s=int(cap_s[order]))
            self.costs["risk"].append(int(rate[order]) * after_s)

    def _add_disruption(self, order: int, disruption: Disruption, is_served: Any) -> None:
        """Price an order that is dropped or starts later than published; its shift is priced by the route."""
        is_later = self._new_is_after(self.start_s[order], int(disruption.moved_from_s[order]), is_served)
        self.costs["disruption"].append(int(disruption.moved_cost[order]) * is_later)
        self.costs["disruption"].append(int(disruption.dropped_cost[order]) * (1 - is_served))

    def _new_excess_s(self, moment_s: Any, limit_s: int, is_served: Any, *, cap_s: int | None = None) -> Any:
        """Return a variable >= min(cap, max(0, moment - limit)) if the order is served."""
        cap_s = self.horizon_s if cap_s is None else cap_s
        excess_s = self.cp.new_int_var(0, cap_s, "excess")
        is_capped = self.cp.new_bool_var("is_capped")
        self.cp.add(excess_s == cap_s).only_enforce_if(is_capped)
        self.cp.add(excess_s >= moment_s - limit_s).only_enforce_if(is_served, ~is_capped)
        return excess_s

    def _new_is_after(self, moment_s: Any, limit_s: int, is_served: Any) -> Any:
        """Return a literal that is true if the order is served and the moment lies after the limit."""
        is_after = self.cp.new_bool_var("is_after")
        self.cp.add(moment_s <= limit_s).only_enforce_if(is_served, ~is_after)
        return is_after

    def minimize_cost(self) -> None:
        """Set the objective, once every cost is known."""
        self.cp.minimize(sum(sum(costs) for costs in self.costs.values()))

    def fix_routes(self, routes: Routes) -> None:
        """Leave open only when, not in which order; routes that no shift may go make the model infeasible."""
        for follows, pairs in zip(self.follows, self._pairs_of(routes), strict=True):
            for pair, literal in follows.items():
                self.cp.add(literal == (pair in pairs))
            if not pairs <= follows.keys():
                self.cp.add_bool_or([])

    def hint_routes(self, routes: Routes) -> None:
        """Let the solver try these routes first, everything else unassigned."""
        for follows, pairs in zip(self.follows, self._pairs_of(routes), strict=True):
            for pair, literal in follows.items():
                self.cp.add_hint(literal, pair in pairs)

    def _pairs_of(self, routes: Routes) -> list[set[tuple[int, int]]]:
        ends = (self.problem.n_orders,)
        return [set(pairwise((*ends, *route, *ends))) if route else set() for route in routes]

    def routes_of(self, solver: cp_model.CpSolver) -> Routes:
        """Routes of the solver's solution."""
        routes = []
        for follows in self.follows:
            next_of = {origin: destination for (origin, destination), x in follows.items() if solver.boolean_value(x)}
            route = []
            stop = next_of.get(self.problem.n_orders, self.problem.n_orders)
            while stop != self.problem.n_orders:
                route.append(stop)
                stop = next_of[stop]
            routes.append(tuple(route))
        return tuple(routes)

    def terms_of(self, solver: cp_model.CpSolver) -> CostTerms:
        """Cost terms of the solver's solution; exact if it is optimal for its routes."""
        return CostTerms(**{name: sum(solver.value(cost) for cost in costs) for name, costs in self.costs.items()})
