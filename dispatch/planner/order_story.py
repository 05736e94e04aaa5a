"""What a plan does with one order, and why: who, when, which promise, where else it could go; or why nobody goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from dispatch.domain.files import request_digest
from dispatch.domain.plan import Plan, PlanRoute, Unassigned, VisitStop
from dispatch.domain.request import Order, Request
from dispatch.domain.unassigned_kinds import kind_of_unassigned
from dispatch.errors import BadInputError, NotFoundError, Problem
from dispatch.planner.alone import alone
from dispatch.planner.alternatives import Alternative, Alternatives
from dispatch.planner.encode import Encoded, encode, routes_of_plan, shifts_of
from dispatch.planner.explain import reasons_for_unassigned
from dispatch.planner.places import travel_by
from dispatch.planner.remedies import Remedies, remedies_for
from dispatch.planner.why_late import WhyLate, why_late
from dispatch.planner.why_not import WhyNot, WhyNotAsker
from dispatch.planner.worth import HourWorth, worth_of_hours
from dispatch.policy.promise import DueTimes
from dispatch.policy.settings import Policy, effective_policy
from dispatch.travel_sources import TravelSources, travel_used
from solver.cost import RouteTimer
from solver.problem import Problem as SolverProblem
from solver.solution import Routes, TimedRoute


@dataclass(frozen=True, kw_only=True)
class OrderStory:
    """What a plan does with an order.

    Attributes
    ----------
    due
        Due times with the promises they come from.
    route, visit
        Where the order is served; None = in no route.
    slack_s
        How many seconds the visit may start later without making any visit of its route late (later) or the route
        impossible; None = not served, or the route breaks a rule as it is.
    unassigned
        Why it is in no route; None = it is in one.
    """

    order: Order
    due: DueTimes
    route: PlanRoute | None
    visit: VisitStop | None
    slack_s: int | None
    unassigned: Unassigned | None


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Everything that can be said about one order.

    Attributes
    ----------
    alternatives
        The cheapest other place with each technician, the cheapest first, all other visits as they are.
    why_not
        About the technician asked for; None = nobody was.
    why_late
        None = its visit is in time, or it has none.
    remedies
        What would help; None = it is served in time.
    """

    story: OrderStory
    alternatives: tuple[Alternative, ...]
    why_not: WhyNot | None
    why_late: WhyLate | None
    remedies: Remedies | None

    def to_document(self) -> dict[str, Any]:
        """Return the explanation in the form of JSON."""
        document: dict[str, Any] = TypeAdapter(Explanation).dump_python(self, mode="json")
        return document


class PlanReader:
    """Explains the plan of a request.

    Parameters
    ----------
    policy
        The operator's; the request's own policy section overrides it.
    sources
        Where travel comes from; default: one that reads files relative to the working directory.

    Raises
    ------
    BadInputError
        If the plan was made for another request.
    """

    def __init__(self, request: Request, plan: Plan, *, policy: Policy, sources: TravelSources | None = None) -> None:
        digest = request_digest(request)
        if plan.request_digest != digest:
            message = f"{plan.request_digest} is not the digest of this request, {digest}"
            problem = Problem(
                path="request_digest", message=message, remedy="give the request that the plan was made of"
            )
            raise BadInputError([problem])
        self._request = request
        self._plan = plan
        self._policy = effective_policy(request, policy)
        used = travel_used(request, plan)
        travel = travel_by(used, request, self._policy, shifts_of(request), sources=sources or TravelSources())
        self._encoded: Encoded = encode(request, self._policy, travel=travel)
        self._routes: Routes = routes_of_plan(plan, request, self._encoded.shifts)
        self._timer = RouteTimer(self._encoded.problem)

    def unassigned(self) -> tuple[Unassigned, ...]:
        """Return the orders in no route with their reasons, proved anew."""
        return reasons_for_unassigned(self._encoded, self._request, self._policy, self._routes, timer=self._timer)

    def worth_of_hours(self, *, limit_s: float, threads: int, clock: Callable[[], float]) -> tuple[HourWorth, ...]:
        """Return what one more technician-hour would be worth beside this plan; see `dispatch.planner.worth`."""
        return worth_of_hours(self._encoded, self._request, self._routes, limit_s=limit_s, threads=threads, clock=clock)

    def story(self, order_id: str) -> OrderStory:
        """Return what the plan does with an order.

        Raises
        ------
        NotFoundError
            If the request has no such order.
        """
        if order_id not in self._request.orders_by_id:
            raise NotFoundError(f"order {order_id!r} is not in the request")
        number = self._encoded.order_ids.index(order_id)
        found = [(route, visit) for route in self._plan.routes for visit in route.visits if visit.order == order_id]
        route, visit = found[0] if found else (None, None)
        reasons = None if found else next(one for one in self.unassigned() if one.order == order_id)
        return OrderStory(
            order=self._request.orders_by_id[order_id],
            due=self._encoded.terms[number].due,
            route=route,
            visit=visit,
            slack_s=self._slack_s(number) if found else None,
            unassigned=reasons,
        )

    def explanation(self, order_id: str, *, why_not: str | None = None) -> Explanation:
        """Return everything that can be said about an order; seconds of planning, if it is late or in no route.

        Parameters
        ----------
        why_not
            Id of a technician; None = of nobody in particular.

        Raises
        ------
        NotFoundError
            If the request has no such order or technician.
        """
        if why_not is not None and why_not not in self._request.technicians_by_id:
            raise NotFoundError(f"technician {why_not!r} is not in the request")
        story, zone = self.story(order_id), self._request.zone
        number = self._encoded.order_ids.index(order_id)
        is_late = story.visit is not None and story.due.due is not None and story.visit.end > story.due.due
        places = Alternatives(self._encoded, self._routes, self._timer, number, zone=zone)
        return Explanation(
            story=story,
            alternatives=places.by_technician(),
            why_not=None if why_not is None else self._why_not_asker().ask(number, why_not),
            why_late=why_late(self._encoded, self._routes, self._timer, number, zone=zone) if is_late else None,
            remedies=self.remedies(order_id) if is_late or story.visit is None else None,
        )

    def remedies(self, order_id: str) -> Remedies:
        """Return what would help an order that is late or in no route: seconds of planning, the same each time."""
        number = self._encoded.order_ids.index(order_id)
        return remedies_for(self._encoded, self._request, self._policy, self._routes, number)

    def plan_with_remedies(self) -> Plan:
        """Return the plan with proved reasons, and remedies for each order left out that is not deferred or on hold."""
        entries = [
            entry.model_copy(update={"remedies": self.remedies(entry.order).texts}) if _may_be_helped(entry) else entry
            for entry in self.unassigned()
        ]
        return self._plan.model_copy(update={"unassigned": tuple(entries)})

    def _why_not_asker(self) -> WhyNotAsker:
        return WhyNotAsker(
            encoded=self._encoded,
            request=self._request,
            policy=self._policy,
            routes=self._routes,
            timer=self._timer,
        )

    def _slack_s(self, number: int) -> int | None:
        problem = self._encoded.problem
        shift = next((shift for shift, route in enumerate(self._routes) if number in route), None)
        if shift is None:
            return None
        cut = alone(problem, shift, self._routes[shift])
        position = self._routes[shift].index(number)
        planned = _timed(cut)
        if planned is None:
            return None
        start_s = planned.visits[position].start_s
        low, high = 0, int(cut.shift_latest_s[0]) - start_s
        while low < high:
            middle = (low + high + 1) // 2
            later = _timed(_not_before(cut, position, start_s + middle))
            if later is not None and _lateness(later) <= _lateness(planned):
                low = middle
            else:
                high = middle - 1
        return max(0, low)


def _may_be_helped(entry: Unassigned) -> bool:
    return kind_of_unassigned(reason.code for reason in entry.reasons) in ("crowded_out", "nobody_can_serve")


def _timed(cut: SolverProblem) -> TimedRoute | None:
    return RouteTimer(cut).time_route(0, range(cut.n_orders))


def _lateness(timed: TimedRoute) -> int:
    return timed.terms.tardiness + timed.terms.promise_missed + timed.terms.agreed_broken


def _not_before(cut: SolverProblem, order: int, start_s: int) -> SolverProblem:
    """Return the problem in which an order starts at `start_s` or later; without any window if that is too late."""
    first = cut.order_window_first
    owner = np.repeat(np.arange(cut.n_orders), np.diff(first))
    open_s = np.where(owner == order, np.maximum(cut.window_open_s, start_s), cut.window_open_s)
    is_left = open_s <= cut.window_close_s
    left_of_order = np.bincount(owner[is_left], minlength=cut.n_orders)
    return replace(
        cut,
        order_window_first=np.concatenate(([0], np.cumsum(left_of_order))).astype(np.int32),
        window_open_s=np.ascontiguousarray(open_s[is_left]),
        window_close_s=np.ascontiguousarray(cut.window_close_s[is_left]),
    )
