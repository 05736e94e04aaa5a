"""Every term of the cost table, from the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.checker.disruption import Changes
from dispatch.checker.findings import Findings, second_of
from dispatch.checker.legs import RouteLegs
from dispatch.checker.reading import ReadRoute
from dispatch.checker.timing import RouteTimes
from dispatch.domain.plan import COST_TERMS, DepotStop, EndStop, Plan, PlanCost, VisitStop
from dispatch.domain.request import Order, Request
from dispatch.policy.commitment import commitments
from dispatch.policy.prices import missed_price, unassigned_price
from dispatch.policy.promise import DueTimes
from dispatch.policy.settings import Policy

Terms = Counter[str]


@dataclass(frozen=True, kw_only=True)
class JudgedRoute:
    """A route with the checker's own travel, and its times: as stated, and with the wrong ones put right."""

    route: ReadRoute
    legs: RouteLegs
    stated: RouteTimes
    right: RouteTimes


class Pricing:
    """Prices of one request under its policy; due times are worked out once for each order."""

    def __init__(self, request: Request, policy: Policy, due_of_order: dict[str, DueTimes]) -> None:
        self._request, self._policy, self._due_of_order = request, policy, due_of_order
        self._changes = Changes(request, commitments(request, policy))

    def terms(self, routes: Sequence[JudgedRoute], unvisited: Sequence[Order], *, is_right: bool) -> Terms:
        """Return every term of a plan, at the stated times or, with `is_right`, at the right ones."""
        terms: Terms = Counter(dict.fromkeys(COST_TERMS, 0))
        for judged in routes:
            self._add_route(terms, judged, judged.right if is_right else judged.stated)
        for order in unvisited:
            due = self._due_of_order[order.id].due
            terms["unassigned"] += unassigned_price(order, self._request, self._policy, due)
            terms["disruption"] += self._changes.price_of_dropping(order.id)
        return terms

    def _add_route(self, terms: Terms, judged: JudgedRoute, times: RouteTimes) -> None:
        prices, route = self._policy.prices, judged.route
        travel_s, distance_m = _way(judged)
        terms["travel"] += prices.travel * travel_s
        terms["distance"] += prices.distance * distance_m
        terms["work_time"] += prices.work_time * max(0, times.end_s - times.departure_s)
        terms["overtime"] += prices.overtime * max(0, times.end_s - second_of(route.shift.end))
        terms["shift_used"] += prices.shift_used
        for visit, (start_s, end_s) in zip(route.visits, times.visits_s, strict=True):
            preferred = visit.order.preferred_technicians
            if preferred and route.technician.id not in preferred:
                terms["preference"] += prices.preference
            self._add_appointment(terms, visit.order, start_s)
            self._add_lateness(terms, visit.order, end_s)
            terms["disruption"] += self._changes.price_of_visit(visit.order.id, route, start_s)

    def _add_appointment(self, terms: Terms, order: Order, start_s: int) -> None:
        if order.agreed_start is None:
            return
        appointment, prices = self._policy.appointment, self._policy.prices
        late_s = start_s - second_of(order.agreed_start)
        terms["agreed_buffer"] += prices.agreed_buffer * max(0, late_s - appointment.buffer_s)
        if appointment.agreed_window == "priced" and late_s > appointment.late_s:
            terms["agreed_broken"] += prices.agreed_broken

    def _add_lateness(self, terms: Terms, order: Order, end_s: int) -> None:
        prices, due_times = self._policy.prices, self._due_of_order[order.id]
        if due_times.soft_due is not None:
            soft_s = max(0, end_s - second_of(due_times.soft_due))
            terms["soft_due"] += prices.soft_due * min(soft_s, prices.soft_due_cap_s)
        if due_times.due is not None:
            tardiness_s = max(0, end_s - second_of(due_times.due))
            terms["tardiness"] += prices.tardiness * min(tardiness_s, prices.tardiness_cap_s)
            if tardiness_s > 0:
                terms["promise_missed"] += missed_price(order, self._request.tier_of(order), self._policy)


def check_cost(plan: Plan, stated: Terms, right: Terms, findings: Findings, *, is_complete: bool) -> None:
    """Note terms and a total that the documents do not bear out.

    Parameters
    ----------
    stated, right
        Recomputed at the stated times, and with wrong times put right: a term may follow from either.
    is_complete
        Whether the whole plan was understood; if not, no term can be judged, only the sum.
    """
    terms = plan.cost.terms
    for name in COST_TERMS:
        if name not in terms:
            findings.add("cost_term", expected=f"{name} {stated[name]}", found=f"no term {name}")
        elif is_complete and terms[name] not in (stated[name], right[name]):
            findings.add("cost_term", expected=f"{name} {stated[name]}", found=f"{name} {terms[name]}")
    for name in terms:
        if name not in COST_TERMS:
            findings.add("cost_term", expected=f"one of {', '.join(COST_TERMS)}", found=f"{name} {terms[name]}")
    total = sum(terms.values())
    if plan.cost.total not in (total, stated.total() if is_complete else total):
        findings.add("cost_total", expected=str(total), found=str(plan.cost.total))
    if plan.bound is not None and is_complete and plan.bound > stated.total():
        findings.add("bound", expected=f"at most {stated.total()}", found=str(plan.bound))


def plan_cost(terms: Terms) -> PlanCost:
    """Return terms in the form plans have them."""
    return PlanCost(total=terms.total(), terms={name: terms[name] for name in COST_TERMS})


def _way(judged: JudgedRoute) -> tuple[int, int]:
    """Return seconds and metres of a route; where there is no way, as the plan states them."""
    seconds = metres = 0
    route = judged.route
    targets: list[VisitStop | EndStop] = [*(visit.stop for visit in route.visits), route.end]
    for gap, target, legs in zip(route.gaps, targets, judged.legs, strict=True):
        stops: list[DepotStop | VisitStop | EndStop] = [*(stop for stop in gap if isinstance(stop, DepotStop)), target]
        for stop, leg in zip(stops, legs, strict=True):
            seconds += stop.travel_s if leg.travel_s is None else leg.travel_s
            metres += stop.distance_m if leg.distance_m is None else leg.distance_m
    return seconds, metres
