"""Keeps capacity free for urgent orders: placeholders take part in the search and are taken out of its routes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dispatch.domain.plan import Plan, Unassigned
from dispatch.domain.request import Order, Request
from dispatch.planner.encode import Encoded, encode
from dispatch.planner.explain import reasons_for_unassigned
from dispatch.planner.order_terms import OrderTerms, terms_of
from dispatch.planner.places import Travel
from dispatch.policy.reserve import half_day_of
from dispatch.policy.settings import Policy
from solver.cost import RouteTimer
from solver.solution import Routes, Solution


@dataclass(frozen=True, kw_only=True, eq=False)
class Reserve:
    """What is searched instead of the request.

    Attributes
    ----------
    request
        The request with a placeholder for each urgent order that is expected, after its own orders.
    encoded
        Its problem; a placeholder costs nothing but `reserve.worth` if it is in no route.
    timer
        Of the problem without placeholders.
    expected
        The placeholders.
    """

    request: Request
    encoded: Encoded
    timer: RouteTimer
    expected: tuple[Order, ...]

    def without(self, routes: Routes) -> Routes:
        """Return routes without placeholders."""
        real = len(self.request.orders) - len(self.expected)
        return tuple(tuple(order for order in route if order < real) for route in routes)

    def emptied(self, routes: Routes) -> Solution | None:
        """Return routes without placeholders, timed anew.

        None = one of them cannot be driven so: where ways are shorter by way of somewhere else, or a break becomes due.
        """
        real = self.without(routes)
        is_drivable = all(self.timer.time_route(shift, orders) for shift, orders in enumerate(real) if orders)
        return self.timer.evaluate(real) if is_drivable else None

    def reasons(self, routes: Routes, policy: Policy) -> tuple[Unassigned, ...]:
        """Return why real orders are in no route, what is kept free taken as taken."""
        names = {order.id for order in self.expected}
        reasons = reasons_for_unassigned(self.encoded, self.request, policy, routes)
        return tuple(one for one in reasons if one.order not in names)

    def in_kpis(self, plan: Plan, routes: Routes) -> Plan:
        """Return a plan whose figures say for how many urgent orders there is room.

        `kpis["reserve"]` holds `wanted`, `kept` and `by_half_day`, the same two for each half-day.
        """
        real = len(self.request.orders) - len(self.expected)
        names = [half_day_of(order) for order in self.expected]
        kept = Counter(names[order - real] for route in routes for order in route if order >= real)
        by_half_day = {name: {"wanted": count, "kept": kept[name]} for name, count in Counter(names).items()}
        figures: dict[str, Any] = {"wanted": len(names), "kept": kept.total(), "by_half_day": by_half_day}
        return plan.model_copy(update={"kpis": {**plan.kpis, "reserve": figures}})


def with_placeholders(request: Request, expected: Sequence[Order]) -> Request:
    """Return a request with placeholders after its own orders."""
    return request.model_copy(update={"orders": (*request.orders, *expected)}) if expected else request


def reserve_of(
    request: Request,
    expected: tuple[Order, ...],
    policy: Policy,
    *,
    terms: Sequence[OrderTerms],
    travel: Travel,
    encoded: Encoded,
    best_plan: Plan | None,
) -> Reserve:
    """Encode a request with placeholders.

    Parameters
    ----------
    request
        The one with placeholders; `travel` is that between all its stops.
    terms, encoded
        Of the request without them.
    """
    price = policy.reserve.worth
    more = [replace(terms_of(order, request, policy), unassigned_cost=price) for order in expected]
    return Reserve(
        request=request,
        encoded=encode(request, policy, terms=(*terms, *more), travel=travel, best_plan=best_plan),
        timer=RouteTimer(encoded.problem),
        expected=expected,
    )


def travel_without(travel: Travel, request: Request, count: int) -> Travel:
    """Return travel between the stops of a request, of that which has `count` placeholders more."""
    if not count:
        return travel
    real = len(request.orders)
    kept = np.r_[0:real, real + count : travel.travel_s.shape[1]]
    pick = np.ix_(range(len(travel.profiles)), kept, kept)

    def moved(location: np.ndarray[Any, np.dtype[np.int32]]) -> np.ndarray[Any, np.dtype[np.int32]]:
        return np.where(location >= real, location - count, location).astype(np.int32)

    return replace(
        travel,
        travel_s=travel.travel_s[pick],
        distance_m=travel.distance_m[pick],
        order_location=travel.order_location[:real],
        shift_start_location=moved(travel.shift_start_location),
        shift_end_location=moved(travel.shift_end_location),
        depot_location=moved(travel.depot_location),
    )
