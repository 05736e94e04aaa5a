"""What going on with a plan costs where another request applies by now."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.domain.plan import Plan, PlanCost
from dispatch.domain.request import Request
from dispatch.planner.decode import plan_cost
from dispatch.planner.encode import encode, routes_of_plan, shifts_of
from dispatch.planner.places import travel_between_stops
from dispatch.policy.settings import Policy, effective_policy
from dispatch.travel_sources import TravelSources
from solver.cost import RouteTimer
from solver.problem import NO_LOCK


def unchanged_cost(request: Request, plan: Plan, *, policy: Policy, sources: TravelSources | None = None) -> PlanCost:
    """Return what a plan of another request costs on this one if nobody changes it.

    Every technician goes on in the sequence of the plan, at the times that are possible now. A visit that does not fit
    any more is left out, and so are orders that the plan does not know.

    Parameters
    ----------
    policy
        The operator's; the request's own policy section overrides it.
    sources
        Where travel comes from; default: one that reads files relative to the working directory.
    """
    policy = effective_policy(request, policy)
    travel = travel_between_stops(request, policy, shifts_of(request), sources=sources)
    encoded = encode(request, policy, travel=travel)
    timer = RouteTimer(encoded.problem)
    wanted = routes_of_plan(plan, request, encoded.shifts)
    kept = tuple(_kept(timer, shift, orders) for shift, orders in enumerate(wanted))
    return plan_cost(timer.evaluate(kept).terms)


def _kept(timer: RouteTimer, shift: int, wanted: Sequence[int]) -> tuple[int, ...]:
    """Return a route in its sequence without visits that do not fit beside those before them and the locked ones."""
    route = timer.problem.locked_routes[shift]
    for position, order in enumerate(wanted):
        if timer.problem.order_lock_shift[order] != NO_LOCK:
            continue
        earlier = set(wanted[:position])
        at = max((k + 1 for k, visited in enumerate(route) if visited in earlier), default=0)
        longer = (*route[:at], order, *route[at:])
        if timer.time_route(shift, longer) is not None:
            route = longer
    return route
