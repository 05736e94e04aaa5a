"""A plan that is kept ready: where one more order fits is answered in milliseconds, and every change is feasible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import RLock
from typing import Final

from dispatch.domain.offers import InsertionOffer
from dispatch.domain.plan import Plan, RunInfo
from dispatch.domain.request import Order, Request, Window
from dispatch.domain.told import told_of
from dispatch.domain.validation import order_problems
from dispatch.errors import BadInputError, Problem, StaleOfferError
from dispatch.planner.declare import checked
from dispatch.planner.decode import decode
from dispatch.planner.encode import encode, shifts_of
from dispatch.planner.explain import reasons_for_unassigned
from dispatch.planner.guests import GuestMaker, with_all_carried
from dispatch.planner.live_effects import LiveOrder, effects_of
from dispatch.planner.order_terms import OrderTerms, terms_of
from dispatch.planner.places import stations_of, travel_between_stops
from dispatch.planner.plan import program_version
from dispatch.planner.problem_digest import problem_digest
from dispatch.policy.settings import Policy, effective_policy
from dispatch.policy.windows import start_windows
from dispatch.travel import Nodes, OrderTravel
from dispatch.travel_sources import TravelSources
from solver.cost import RouteTimer
from solver.errors import InfeasibleRouteError
from solver.live import Insertion, LiveRoutes
from solver.problem import NEVER_S
from solver.solution import Routes, TimedRoute

LONGEST_AGO: Final = timedelta(days=60)
"""Due times of orders that come may lie so far back; earlier ones count as this."""


class LivePlan:
    """A plan of a request that takes in orders one at a time. Several threads may use it at once.

    Visits of the plan that no longer fit, as after an overrun, are left out when it is loaded.

    Parameters
    ----------
    request, plan
        The plan answers the request, or is its current plan.
    policy
        The operator's; the request's policy section overrides it.
    sources
        Where travel comes from; default: one that reads files relative to the working directory.

    Raises
    ------
    BadPolicyError
        If the request's policy section cannot be used.
    TravelError
        If travel times cannot be had.
    """

    def __init__(self, request: Request, plan: Plan, *, policy: Policy, sources: TravelSources | None = None) -> None:
        self._policy = effective_policy(request, policy)
        self._request, self._sources = request, sources or TravelSources()
        shifts = shifts_of(request)
        travel = travel_between_stops(request, self._policy, shifts, sources=self._sources)
        self._encoded = encode(request, self._policy, travel=travel, best_plan=plan, since=request.now - LONGEST_AGO)
        self._stand_in = travel.stand_in
        used = None if travel.stand_in is None else travel.stand_in.provider
        order_travel = OrderTravel(request, self._policy, sources=self._sources, used=used)
        carried = with_all_carried(self._encoded, request)
        nodes = order_travel.nodes(stations_of(request, shifts).locations)
        self._maker = GuestMaker(request, self._encoded, carried, order_travel, nodes)
        self._live = LiveRoutes(carried.problem, ((),) * len(shifts))
        self._lock = RLock()
        self._timed: dict[int, TimedRoute | None] = {}
        self._guest_nodes: list[Nodes | None] = []
        start_of = {visit.order: visit.start for route in plan.routes for visit in route.visits}
        self._orders = [
            self._live_order(order, terms, start_of.get(order.id))
            for order, terms in zip(request.orders, self._encoded.terms, strict=True)
        ]
        self._number = {order.id: number for number, order in enumerate(request.orders)}
        self._shift_keys = self._encoded.shift_keys
        self._load(self._encoded.initial or ())

    @property
    def request(self) -> Request:
        """The request with the orders that were taken in, without those that were removed."""
        with self._lock:
            present = [self._orders[number].order for number in self._number.values()]
            return self._request.model_copy(update={"orders": tuple(present)})

    def insertions(self, order: Order, most: int = 5) -> tuple[InsertionOffer, ...]:
        """Return the cheapest ways to serve an order, at most one for each shift, cheapest first.

        An order of the plan is looked at as if it were not served yet.

        Raises
        ------
        BadInputError
            If the order is impossible, as one of an unknown community.
        TravelError
            If travel to it cannot be had.
        """
        with self._lock, self._taken_in(order) as number:
            return tuple(self._offer(number, found) for found in self._live.insertions(number, most=most))

    def insertions_within(
        self, order: Order, windows: Sequence[Window], most: int = 1
    ) -> tuple[tuple[InsertionOffer, ...], ...]:
        """Return `insertions` of an order for each window, as if it alone were booked; raises as `insertions`."""
        with self._lock, self._taken_in(order) as number:
            sets = [self._windows_in_seconds(order, window) for window in windows]
            answers = self._live.insertions_within(number, sets, most=most)
            return tuple(
                tuple(self._offer(number, found, windows) for found in answer)
                for windows, answer in zip(sets, answers, strict=True)
            )

    def insert(self, order: Order, offer: InsertionOffer) -> None:
        """Serve an order as offered; one that is in the plan already is served so instead.

        Raises
        ------
        StaleOfferError
            If the route has changed since.
        BadInputError, TravelError
            As `insertions`.
        """
        with self._lock:
            shift = self._shift_keys.index((offer.technician, offer.shift))
            with self._taken_in(order) as number:
                found = Insertion(offer.cost, shift, offer.position)
                if offer.order != order.id or not self._still_costs(number, found):
                    raise StaleOfferError(
                        f"order {order.id} can no longer be served by {offer.technician} as visit {offer.position + 1} "
                        f"for {offer.cost}\nMaybe somebody else has taken the place: ask again."
                    )
            self._settle(order, found)

    def book(self, order: Order) -> InsertionOffer:
        """Serve an order in its windows or at its agreed time, as cheaply as it can be without breaking anything.

        Returns
        -------
        InsertionOffer
            What it came to.

        Raises
        ------
        StaleOfferError
            If nobody can keep the windows without breaking a promise or an agreed time of another customer.
        BadInputError, TravelError
            As `insertions`.
        """
        with self._lock:
            with self._taken_in(order) as number:
                found = self._live.insertions(number)
                offers = [(one, self._offer(number, one)) for one in found]
            for insertion, offer in offers:
                if not offer.broken:
                    self._settle(order, insertion)
                    return offer
            raise StaleOfferError(
                f"order {order.id}: its windows can no longer be kept\n"
                "Maybe somebody else has taken the place: ask again."
            )

    def remove(self, order_id: str) -> None:
        """Forget an order, as one that is withdrawn.

        Raises
        ------
        BadInputError
            If there is no such order, or the others of its route cannot do without its visit.
        """
        with self._lock:
            if order_id not in self._number:
                raise _bad_order(f"{order_id!r} is not in the plan", "name one that is")
            number = self._number[order_id]
            if self._live.shift_of(number) is not None:
                self._take_out(number)
            self._drop(number)
            del self._number[order_id]

    def plan(self) -> Plan:
        """Return the plan as it stands, checked; it answers `request`.

        Raises
        ------
        CheckFailedError
            If it breaks a rule: a fault of this module.
        """
        with self._lock:
            request = self.request
            served = [[self._orders[j].order.id for j in route] for route in self._live.routes]
        number = {order.id: k for k, order in enumerate(request.orders)}
        routes = tuple(tuple(number[order] for order in route) for route in served)
        encoded = encode(request, self._policy)
        timer = RouteTimer(encoded.problem)
        run = RunInfo(
            seed=0,
            iterations=0,
            stopped_by="insertions",
            version=program_version(),
            runtime_s=0.0,
            digest=problem_digest(encoded.problem, routes),
            travel=self._stand_in,
        )
        reasons = reasons_for_unassigned(encoded, request, self._policy, routes, timer=timer)
        plan = decode(encoded, request, routes, run=run, unassigned=reasons, timer=timer)
        return checked(plan, encoded, request, self._policy, sources=self._sources)

    def _load(self, routes: Routes) -> None:
        """Give every shift its visits, as far as they fit."""
        locked = self._encoded.problem.locked_routes
        for shift, wanted in enumerate(routes or locked):
            missing = [order for order in locked[shift] if order not in wanted]
            if self._live.set_route(shift, [*missing, *wanted]):
                continue
            kept = set(locked[shift])
            for order in wanted:
                if self._live.set_route(shift, [j for j in (*missing, *wanted) if j in kept or j == order]):
                    kept.add(order)

    @contextmanager
    def _taken_in(self, order: Order) -> Iterator[int]:
        """Give an order's number while it is in no route; afterwards everything is as before."""
        known = self._number.get(order.id)
        if known is None:
            with self._as_guest(order) as number:
                yield number
            return
        shift = self._live.shift_of(known)
        if shift is not None:
            at = self._live.route(shift).index(known)
            self._take_out(known)
        try:
            if order == self._orders[known].order:
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

    def _settle(self, order: Order, insertion: Insertion) -> None:
        """Serve an order from now on; what was known of it before is replaced."""
        known = self._number.get(order.id)
        if known is not None and self._live.shift_of(known) is not None:
            self._take_out(known)
        if known is not None and order == self._orders[known].order:
            number = known
        else:
            number = self._add(order)
            if known is not None:
                self._drop(known)
        self._put(number, insertion.shift, insertion.at)
        self._number[order.id] = number
        timed = self._timed_route(insertion.shift)
        start = None if timed is None else self._at(timed.visits[insertion.at].start_s)
        self._orders[number] = self._live_order(order, terms_of(order, self._request, self._policy), start)

    def _add(self, order: Order) -> int:
        problems = list(order_problems("order", order, self._request))
        if problems:
            raise BadInputError(problems)
        terms, node = terms_of(order, self._request, self._policy), self._maker.node_of(order)
        number = self._live.add(self._maker.guest(order, node, terms, self._guest_nodes))
        slot = number - len(self._request.orders)
        if slot == len(self._guest_nodes):
            self._guest_nodes.append(None)
        self._guest_nodes[slot] = node
        self._orders[number : number + 1] = [self._live_order(order, terms, None)]
        return number

    def _drop(self, number: int) -> None:
        """Forget an order that is in no route; one of the request just stays in none."""
        slot = number - len(self._request.orders)
        if slot >= 0:
            self._live.forget(number)
            self._guest_nodes[slot] = None

    def _take_out(self, number: int) -> None:
        shift = self._live.shift_of(number)
        if shift is None or not self._live.remove(number):
            message = f"{self._orders[number].order.id} cannot be taken out: without it the way is longer"
            raise _bad_order(message, "plan anew instead")
        self._timed.pop(shift, None)

    def _put(self, number: int, shift: int, at: int) -> None:
        if not self._live.insert(number, shift, at):
            raise InfeasibleRouteError(
                f"order {number} does not fit into shift {shift} at {at}, where it was found to fit"
            )
        self._timed.pop(shift, None)

    def _live_order(self, order: Order, terms: OrderTerms, start: datetime | None) -> LiveOrder:
        """Return what is known of an order that starts at `start`; None = in no route."""
        tolerance = timedelta(seconds=self._policy.disruption.tolerance_s)
        told_until = start + tolerance if start is not None and told_of(order) == "exact" else None
        return LiveOrder(
            order=order,
            due_s=self._maker.second_of(terms.due.due),
            broken_from_s=self._maker.second_of(terms.broken_from),
            told_until_s=self._maker.second_of(told_until),
        )

    def _windows_in_seconds(self, order: Order, window: Window) -> list[tuple[int, int]]:
        booked = order.model_copy(update={"windows": (window,), "agreed_start": None})
        windows = start_windows(booked, self._request, self._policy)
        return [(self._maker.second_of(one.start), self._maker.second_of(one.end)) for one in windows]

    def _timed_route(self, shift: int) -> TimedRoute | None:
        """Return the times of a shift's route; None if it is not used."""
        if shift not in self._timed:
            route = self._live.route(shift)
            self._timed[shift] = self._live.time_route(shift, route) if route else None
        return self._timed[shift]

    def _longer_route(
        self, number: int, insertion: Insertion, windows: Sequence[tuple[int, int]] | None = None
    ) -> TimedRoute | None:
        """Return the times of a route with one more visit, maybe with other windows than its own; None = infeasible."""
        route = self._live.route(insertion.shift)
        longer = (*route[: insertion.at], number, *route[insertion.at :])
        if windows is None:
            return self._live.time_route(insertion.shift, longer)
        return self._live.time_route_within(insertion.shift, longer, number, windows)

    def _still_costs(self, number: int, insertion: Insertion) -> bool:
        """Tell whether an insertion is possible and costs what it did."""
        if insertion.at > len(self._live.route(insertion.shift)):
            return False
        before, after = self._timed_route(insertion.shift), self._longer_route(number, insertion)
        return after is not None and after.terms.total - (before.terms.total if before else 0) == insertion.cost

    def _offer(
        self, number: int, insertion: Insertion, windows: Sequence[tuple[int, int]] | None = None
    ) -> InsertionOffer:
        after = self._longer_route(number, insertion, windows)
        if after is None:
            raise InfeasibleRouteError(f"{insertion} of order {number} was found, but is not feasible")
        effects = effects_of(self._timed_route(insertion.shift), after, self._orders)
        visit, order = after.visits[insertion.at], self._orders[number]
        technician, shift = self._shift_keys[insertion.shift]
        return InsertionOffer(
            order=order.order.id,
            technician=technician,
            shift=shift,
            position=insertion.at,
            cost=insertion.cost,
            terms=effects.terms,
            arrival=self._at(visit.arrival_s),
            start=self._at(visit.start_s),
            end=self._at(visit.end_s),
            due=None if order.due_s == NEVER_S else self._at(order.due_s),
            is_late=visit.end_s > order.due_s,
            disturbed=tuple(self._orders[j].order.id for j in effects.disturbed),
            broken=tuple(self._orders[j].order.id for j in effects.broken),
        )

    def _at(self, second: int) -> datetime:
        return self._encoded.epoch.instant_of(second, self._request.zone)


def _bad_order(message: str, remedy: str) -> BadInputError:
    return BadInputError([Problem(path="order", message=message, remedy=remedy)])
