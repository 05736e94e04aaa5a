"""Exact times and cost of given routes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from solver import _core
from solver.errors import InfeasibleRouteError, InvalidRoutesError
from solver.problem import NOT_ELIGIBLE, Problem
from solver.solution import CostTerms, Routes, Solution, TimedBreak, TimedDepot, TimedRoute, TimedVisit

_ROUTE_TERMS = tuple(f.name for f in fields(CostTerms) if f.name != "unassigned")  # in the core's order


class RouteTimer:
    """Times routes of one problem; the core's copy of it is made once.

    Parameters
    ----------
    problem
        A valid problem (`solver.validate.validate`).
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.core = _core.Problem(problem)

    def time_route(self, shift: int, orders: Sequence[int]) -> TimedRoute | None:
        """Give the route with its cheapest feasible times, or None if it breaks a rule.

        Parameters
        ----------
        shift
            Index of the shift.
        orders
            Indices of the orders in the sequence of their visits; at least one.

        Raises
        ------
        InvalidRoutesError
            If there is no such shift or order.
        """
        problem = self.problem
        if not 0 <= shift < problem.n_shifts:
            raise InvalidRoutesError(f"shift is {shift}, shifts are 0 to {problem.n_shifts - 1}")
        for order in orders:
            if not 0 <= order < problem.n_orders:
                raise InvalidRoutesError(f"orders names {order}, orders are 0 to {problem.n_orders - 1}")
        if len(orders) > problem.shift_max_visits[shift]:
            return None
        for order in orders:
            lock = problem.order_lock_shift[order]
            if problem.eligibility[order, shift] == NOT_ELIGIBLE or lock not in (-1, shift):
                return None
        timed = self.core.time_route(shift, list(orders))
        return None if timed is None else timed_route_of(shift, timed)

    def evaluate(self, routes: Routes) -> Solution:
        """Give the solution that `routes` are, with its cost by term.

        Raises
        ------
        InvalidRoutesError
            If an order occurs twice or does not exist, or the number of routes is not that of the shifts.
        InfeasibleRouteError
            If a route breaks a rule, or a locked order is missing.
        """
        check_routes(self.problem, routes)
        terms = CostTerms()
        for shift, orders in enumerate(routes):
            if not orders:
                continue
            timed = self.time_route(shift, orders)
            if timed is None:
                raise InfeasibleRouteError(f"routes[{shift}] = {list(orders)} breaks a rule of the problem")
            terms += timed.terms
        served = {order for orders in routes for order in orders}
        unassigned = tuple(j for j in range(self.problem.n_orders) if j not in served)
        for order in unassigned:
            if self.problem.order_lock_shift[order] >= 0:
                raise InfeasibleRouteError(f"order {order} is locked to a shift but in no route")
        terms += terms_of_unassigned(self.problem, unassigned)
        return Solution(routes=routes, unassigned=unassigned, terms=terms)


def timed_route_of(shift: int, timed: _core.Timed) -> TimedRoute:
    """Return what the core tells of a timed route."""
    departure_s, visits, breaks, depot, end_s, end_travel_s, end_distance_m, terms, _ = timed
    return TimedRoute(
        shift=shift,
        departure_s=departure_s,
        visits=tuple(
            TimedVisit(order=j, arrival_s=arrival, start_s=start, end_s=end, travel_s=travel, distance_m=distance)
            for j, arrival, start, end, travel, distance in visits
        ),
        breaks=tuple(TimedBreak(before=before, start_s=start, end_s=end) for before, start, end in breaks),
        depot=None
        if depot is None
        else TimedDepot(before=depot[0], depot=depot[1], arrival_s=depot[2], travel_s=depot[3], distance_m=depot[4]),
        end_s=end_s,
        end_travel_s=end_travel_s,
        end_distance_m=end_distance_m,
        terms=CostTerms(**dict(zip(_ROUTE_TERMS, terms, strict=True))),
    )


def time_route(problem: Problem, shift: int, orders: Sequence[int]) -> TimedRoute | None:
    """Time one route; see `RouteTimer.time_route`."""
    return RouteTimer(problem).time_route(shift, orders)


def evaluate(problem: Problem, routes: Routes) -> Solution:
    """Evaluate routes; see `RouteTimer.evaluate`."""
    return RouteTimer(problem).evaluate(routes)


def terms_of_unassigned(problem: Problem, orders: Iterable[int]) -> CostTerms:
    """Give what orders cost that are in no route."""
    numbers = list(orders)
    dropped = 0 if problem.disruption is None else sum(map(int, problem.disruption.dropped_cost[numbers]))
    return CostTerms(unassigned=sum(map(int, problem.order_unassigned_cost[numbers])), disruption=dropped)


def check_routes(problem: Problem, routes: Sequence[Sequence[int]]) -> None:
    """Refuse routes that are none.

    Raises
    ------
    InvalidRoutesError
        If an order occurs twice or does not exist, or the number of routes is not that of the shifts.
    """
    if len(routes) != problem.n_shifts:
        raise InvalidRoutesError(f"{len(routes)} routes given, the problem has {problem.n_shifts} shifts")
    seen: set[int] = set()
    for shift, orders in enumerate(routes):
        for order in orders:
            if not 0 <= order < problem.n_orders:
                raise InvalidRoutesError(f"routes[{shift}] names order {order}, orders are 0 to {problem.n_orders - 1}")
            if order in seen:
                raise InvalidRoutesError(f"routes[{shift}] names order {order}, which is in a route already")
            seen.add(order)
