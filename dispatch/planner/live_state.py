"""The routes of a live plan and the orders in them: taking orders in, out and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.plan import Plan
from dispatch.domain.request import Order, Request
from dispatch.domain.told import told_of
from dispatch.domain.travel_validation import location_problems
from dispatch.domain.validation import order_problems
from dispatch.errors import BadInputError, Problem
from dispatch.planner.encode import encode, shifts_of
from dispatch.planner.guests import GuestMaker, windows_of, with_all_carried
from dispatch.planner.live_effects import LiveOrder, VisitChance
from dispatch.planner.order_terms import OrderTerms, terms_of
from dispatch.planner.places import stations_of, travel_between_stops
from dispatch.planner.risk import KINDS
from dispatch.policy.settings import Policy
from dispatch.travel import Nodes, OrderTravel
from dispatch.travel_sources import TravelSources
from solver.errors import InfeasibleRouteError
from solver.live import Insertion, LiveRoutes
from solver.solution import Routes, TimedRoute

LONGEST_AGO: Final = timedelta(days=60)
"""Due times of orders that come may lie so far back; earlier ones count as this."""


class LiveState:
    """Routes of a request's plan in the core, with what its numbers stand for. Not for several threads at once.

    Parameters
    ----------
    policy
        The effective one.

    Attributes
    ----------
    orders
        By number; those of the request come first, then guests, also forgotten ones.
    number
        Of the orders that the plan is about, by id.
    chances
        Kept by whoever computes them; a route that changes loses its own.
    """

    def __init__(self, request: Request, plan: Plan, policy: Policy, sources: TravelSources) -> None:
        self._request, self._policy = request, policy
        self._request_now: Request | None = None
        shifts = shifts_of(request)
        travel = travel_between_stops(request, policy, shifts, sources=sources)
        self.encoded = encode(request, policy, travel=travel, best_plan=plan, since=request.now - LONGEST_AGO)
        used = None if travel.stand_in is None else travel.stand_in.provider
        order_travel = OrderTravel(request, policy, sources=sources, used=used)
        carried = with_all_carried(self.encoded, request)
        nodes = order_travel.nodes(stations_of(request, shifts).locations)
        self._maker = GuestMaker(request, self.encoded, carried, order_travel, nodes)
        self.problem = carried.problem
        self.live = LiveRoutes(self.problem, ((),) * len(shifts))
        self.shift_keys = self.encoded.shift_keys
        self._timed: dict[int, TimedRoute | None] = {}
        self.chances: dict[int, dict[int, VisitChance]] = {}
        self._guest_nodes: list[Nodes | None] = []
        start_of = {visit.order: visit.start for route in plan.routes for visit in route.visits}
        self.orders = [
            self._live_order(
                order, self.encoded.terms[number], start_of.get(order.id), windows_of(self.problem, number)
            )
            for number, order in enumerate(request.orders)
        ]
        self.number = {order.id: number for number, order in enumerate(request.orders)}
        self._load(self.encoded.initial or ())

    @property
    def request(self) -> Request:
        """The request with the orders that were taken in, without those that were withdrawn."""
        if self._request_now is None:
            present = tuple(self.orders[number].order for number in self.number.values())
            self._request_now = self._request.model_copy(update={"orders": present})
        return self._request_now

    def go_on(self, now: datetime) -> None:
        """Let the clock go on to a moment; an earlier one changes nothing.

        Orders that come are looked at as of then. Routes stay as they were: visits of them may lie before it.
        """
        if now > self._request.now:
            self._request = self._request.model_copy(update={"now": now})
            self._request_now = None

    def withdraw(self, order_id: str) -> None:
        """Forget an order of the plan.

        Raises
        ------
        BadInputError
            If there is no such order, or the others of its route cannot do without its visit.
        """
        if order_id not in self.number:
            raise _bad_order(f"{order_id!r} is not in the plan", "name one that is")
        number = self.number[order_id]
        if self.live.shift_of(number) is not None:
            self._take_out(number)
        self._drop(number)
        del self.number[order_id]
        self._request_now = None

    @contextmanager
    def taken_in(self, order: Order) -> Iterator[int]:
        """Give an order's number while it is in no route; afterwards everything is as before."""
        known = self.number.get(order.id)
        if known is None:
            with self._as_guest(order) as number:
                yield number
            return
        shift = self.live.shift_of(known)
        if shift is not None:
            at = self.live.route(shift).index(known)
            self._take_out(known)
        try:
            if order == self.orders[known].order:
                yield known
            else:
                with self._as_guest(order) as number:
                    yield number
        finally:
            if shift is not None:
                self._put(known, shift, at)

    @contextmanager
    def _as_guest(self, order: Order) -> Iterator[int]:
        number = self._add(order)
        try:
            yield number
        finally:
            self._drop(number)

    def settle(self, order: Order, insertion: Insertion) -> None:
        """Serve an order from now on; what was known of it before is replaced."""
        known = self.number.get(order.id)
        if known is not None and self.live.shift_of(known) is not None:
            self._take_out(known)
        if known is not None and order == self.orders[known].order:
            number = known
        else:
            number = self._add(order)
            if known is not None:
                self._drop(known)
        self._put(number, insertion.shift, insertion.at)
        self.number[order.id] = number
        self._request_now = None
        timed = self.timed_route(insertion.shift)
        start = None if timed is None else self.at(timed.visits[insertion.at].start_s)
        terms = terms_of(order, self._request, self._policy)
        self.orders[number] = self._live_order(order, terms, start, self.orders[number].windows)

    def _add(self, order: Order) -> int:
        problems = list(order_problems("order", order, self._request))
        if order.location is not None:
            problems += location_problems("order.location", order.location, self._request)
        if problems:
            raise BadInputError(problems)
        terms, node = terms_of(order, self._request, self._policy), self._maker.node_of(order)
        guest = self._maker.guest(order, node, terms, self._guest_nodes)
        number = self.live.add(guest)
        slot = number - len(self._request.orders)
        if slot == len(self._guest_nodes):
            self._guest_nodes.append(None)
        self._guest_nodes[slot] = node
        self.orders[number : number + 1] = [self._live_order(order, terms, None, guest.windows)]
        return number

    def _drop(self, number: int) -> None:
        """Forget an order that is in no route; one of the request just stays in none."""
        slot = number - len(self._request.orders)
        if slot >= 0:
            self.live.forget(number)
            self._guest_nodes[slot] = None

    def _take_out(self, number: int) -> None:
        shift = self.live.shift_of(number)
        if shift is None or not self.live.remove(number):
            message = f"{self.orders[number].order.id} cannot be taken out: without it the way is longer"
            raise _bad_order(message, "plan anew instead")
        self._timed.pop(shift, None)
        self.chances.pop(shift, None)

    def _put(self, number: int, shift: int, at: int) -> None:
        if not self.live.insert(number, shift, at):
            raise InfeasibleRouteError(
                f"order {number} does not fit into shift {shift} at {at}, where it was found to fit"
            )
        self._timed.pop(shift, None)
        self.chances.pop(shift, None)

    def _live_order(
        self, order: Order, terms: OrderTerms, start: datetime | None, windows: Sequence[tuple[int, int]]
    ) -> LiveOrder:
        """Return what is known of an order that starts at `start`; None = in no route."""
        told, agreed, policy = told_of(order), order.agreed_start, self._policy
        disturbed_from = None
        if start is not None and agreed is not None:
            later = start + timedelta(seconds=policy.disruption.tolerance_s)
            disturbed_from = max(later, agreed + timedelta(seconds=policy.appointment.buffer_s))
        late = None if agreed is None else agreed + timedelta(seconds=policy.appointment.late_s)
        return LiveOrder(
            order=order,
            kind=KINDS.index(order.kind),
            windows=windows,
            due_s=self._maker.second_of(terms.due.due),
            broken_from_s=self._maker.second_of(terms.broken_from),
            disturbed_from_s=self._maker.second_of(disturbed_from),
            told=told,
            kept_until_s=self._maker.second_of(late),
        )

    def timed_route(self, shift: int) -> TimedRoute | None:
        """Return the times of a shift's route; None if it is not used."""
        if shift not in self._timed:
            route = self.live.route(shift)
            self._timed[shift] = self.live.time_route(shift, route) if route else None
        return self._timed[shift]

    def second_of(self, moment: datetime | None) -> int:
        """Return the second of a moment; None = never."""
        return self._maker.second_of(moment)

    def at(self, second: int) -> datetime:
        """Return the moment of a second."""
        return self.encoded.epoch.instant_of(second, self._request.zone)

    def _load(self, routes: Routes) -> None:
        """Give every shift its visits, as far as they fit."""
        locked = self.encoded.problem.locked_routes
        for shift, wanted in enumerate(routes or locked):
            missing = [order for order in locked[shift] if order not in wanted]
            if self.live.set_route(shift, [*missing, *wanted]):
                continue
            kept = set(locked[shift])
            for order in wanted:
                if self.live.set_route(shift, [j for j in (*missing, *wanted) if j in kept or j == order]):
                    kept.add(order)


def _bad_order(message: str, remedy: str) -> BadInputError:
    return BadInputError([Problem(path="order", message=message, remedy=remedy)])
