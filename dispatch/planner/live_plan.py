"""A plan that is kept ready: where one more order fits is answered in milliseconds, and every change is feasible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import RLock

from dispatch.domain.offers import InsertionOffer, SlotWindow
from dispatch.domain.plan import Plan, RunInfo
from dispatch.domain.request import Order, Request
from dispatch.errors import StaleOfferError
from dispatch.planner.declare import checked
from dispatch.planner.decode import decode
from dispatch.planner.encode import encode, shifts_of
from dispatch.planner.explain import reasons_for_unassigned
from dispatch.planner.live_effects import LiveOrder, VisitChance, at_risk, effects_of
from dispatch.planner.live_odds import LiveOdds
from dispatch.planner.live_state import LiveState
from dispatch.planner.places import travel_between_stops
from dispatch.planner.plan import program_version
from dispatch.planner.problem_digest import problem_digest
from dispatch.planner.risk import midnight_of
from dispatch.policy.settings import Policy, effective_policy
from dispatch.policy.windows import start_windows
from dispatch.travel_sources import TravelSources
from solver.cost import RouteTimer
from solver.errors import InfeasibleRouteError
from solver.live import Insertion
from solver.problem import NEVER_S
from solver.solution import TimedRoute


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
        self._policy, self._sources = effective_policy(request, policy), sources or TravelSources()
        self._request, self._lock = request, RLock()
        self._state = state = LiveState(request, plan, self._policy, self._sources)
        self._odds = LiveOdds(
            state.problem,
            [technician for technician, _ in state.shift_keys],
            self._policy,
            midnight_s=midnight_of(request, state.encoded.epoch),
        )

    @property
    def request(self) -> Request:
        """The request with the orders that were taken in, without those that were removed."""
        with self._lock:
            return self._state.request

    def go_on(self, now: datetime) -> None:
        """Let the clock go on to a moment; an earlier one changes nothing.

        Orders and windows that are asked for are looked at as of then. What has become of visits that were to begin
        before it is not known here: for that, load the plan of what is left.
        """
        with self._lock:
            self._request = self._request.model_copy(update={"now": max(now, self._request.now)})
            self._state.go_on(now)

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
        with self._lock, self._state.taken_in(order) as number:
            return tuple(
                self._offers(number, [(found, None) for found in self._state.live.insertions(number, most=most)])
            )

    def first_within(
        self,
        order: Order,
        slots: Sequence[SlotWindow],
        *,
        accept: Callable[[InsertionOffer], bool],
        most: int = 3,
        enough: int | None = None,
    ) -> tuple[InsertionOffer | None, ...]:
        """Return for each window the cheapest insertion that is acceptable if that window alone is told.

        Parameters
        ----------
        accept
            Whether an insertion will do; at most the `most` cheapest of a window are tried, each in another shift.
        enough
            Windows are looked at from the cheapest on until so many have one; the others get None. None = all of them.

        Returns
        -------
        tuple
            One entry for each window; None = there is none.

        Raises
        ------
        BadInputError, TravelError
            As `insertions`.
        """
        with self._lock, self._state.taken_in(order) as number:
            sets = [self._windows_in_seconds(order, slot) for slot in slots]
            candidates = self._state.live.insertions_within(number, sets, most=most)
            told = [self._as_told(number, slot, windows) for slot, windows in zip(slots, sets, strict=True)]
            answers: list[InsertionOffer | None] = [None] * len(slots)
            hopeful = sorted((k for k, found in enumerate(candidates) if found), key=lambda k: candidates[k][0].cost)
            batch = len(hopeful) if enough is None else enough
            for first in range(0, len(hopeful), max(1, batch)):
                wanted = hopeful[first : first + batch]
                for attempt in range(most):
                    tried = [k for k in wanted if answers[k] is None and attempt < len(candidates[k])]
                    offers = self._offers(number, [(candidates[k][attempt], told[k]) for k in tried])
                    for k, offer in zip(tried, offers, strict=True):
                        answers[k] = offer if accept(offer) else None
                if enough is not None and sum(answer is not None for answer in answers) >= enough:
                    break
            return tuple(answers)

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
            shift = self._state.shift_keys.index((offer.technician, offer.shift))
            with self._state.taken_in(order) as number:
                found = Insertion(offer.cost, shift, offer.position)
                if offer.order != order.id or not self._still_costs(number, found):
                    raise StaleOfferError(
                        f"order {order.id} can no longer be served by {offer.technician} as visit {offer.position + 1} "
                        f"for {offer.cost}\nMaybe somebody else has taken the place: ask again."
                    )
            self._state.settle(order, found)

    def book(self, order: Order, *, accept: Callable[[InsertionOffer], bool]) -> InsertionOffer:
        """Serve an order in its windows or at its agreed time by the cheapest acceptable insertion; return that.

        Nobody else can change the plan between the look and the booking.

        Raises
        ------
        StaleOfferError
            If there is none any more.
        BadInputError, TravelError
            As `insertions`.
        """
        with self._lock:
            with self._state.taken_in(order) as number:
                found = self._state.live.insertions(number)
                offers = self._offers(number, [(one, None) for one in found])
            for insertion, offer in zip(found, offers, strict=True):
                if accept(offer):
                    self._state.settle(order, insertion)
                    return offer
            raise StaleOfferError(
                f"order {order.id}: what it was offered can no longer be kept\n"
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
            self._state.withdraw(order_id)

    def plan(self) -> Plan:
        """Return the plan as it stands, checked; it answers `request`.

        Raises
        ------
        CheckFailedError
            If it breaks a rule: a fault of this module.
        """
        with self._lock:
            request = self.request
            served = [[self._state.orders[j].order.id for j in route] for route in self._state.live.routes]
        number = {order.id: k for k, order in enumerate(request.orders)}
        routes = tuple(tuple(number[order] for order in route) for route in served)
        travel = travel_between_stops(request, self._policy, shifts_of(request), sources=self._sources)
        encoded = encode(request, self._policy, travel=travel)
        timer = RouteTimer(encoded.problem)
        run = RunInfo(
            seed=0,
            iterations=0,
            stopped_by="insertions",
            version=program_version(),
            runtime_s=0.0,
            digest=problem_digest(encoded.problem, routes),
            travel=travel.stand_in,
        )
        reasons = reasons_for_unassigned(encoded, request, self._policy, routes, timer=timer)
        plan = decode(encoded, request, routes, run=run, unassigned=reasons, timer=timer)
        return checked(plan, encoded, request, self._policy, sources=self._sources)

    def _windows_in_seconds(self, order: Order, slot: SlotWindow) -> list[tuple[int, int]]:
        booked = order.model_copy(update={"windows": (slot.window,), "agreed_start": None})
        windows = start_windows(booked, self._request, self._policy)
        return [(self._state.second_of(one.start), self._state.second_of(one.end)) for one in windows]

    def _as_told(self, number: int, slot: SlotWindow, windows: Sequence[tuple[int, int]]) -> LiveOrder:
        """Return an order whose customer is told a window or time."""
        return replace(
            self._state.orders[number],
            windows=windows,
            told="half_day" if slot.told is None else "exact",
            kept_until_s=self._state.second_of(slot.kept_until),
        )

    def _chances_of(self, shifts: Iterable[int]) -> None:
        """Note the odds of routes as they stand."""
        unknown = sorted({shift for shift in shifts if shift not in self._state.chances})
        timed = {shift: self._state.timed_route(shift) for shift in unknown}
        used = [route for route in timed.values() if route is not None]
        self._state.chances |= {shift: {} for shift in unknown}
        found = self._odds.of(used, self._state.orders, [{}] * len(used))
        self._state.chances |= {route.shift: chances for route, chances in zip(used, found, strict=True)}

    def _longer_route(self, number: int, insertion: Insertion, told: LiveOrder | None = None) -> TimedRoute | None:
        """Return the times of a route with one more visit, maybe told otherwise than it is; None = infeasible."""
        route = self._state.live.route(insertion.shift)
        longer = (*route[: insertion.at], number, *route[insertion.at :])
        if told is None:
            return self._state.live.time_route(insertion.shift, longer)
        return self._state.live.time_route_within(insertion.shift, longer, number, told.windows)

    def _still_costs(self, number: int, insertion: Insertion) -> bool:
        """Tell whether an insertion is possible and costs what it did."""
        if insertion.at > len(self._state.live.route(insertion.shift)):
            return False
        before, after = self._state.timed_route(insertion.shift), self._longer_route(number, insertion)
        return after is not None and after.terms.total - (before.terms.total if before else 0) == insertion.cost

    def _offers(self, number: int, found: Sequence[tuple[Insertion, LiveOrder | None]]) -> list[InsertionOffer]:
        """Return what insertions of an order come to, each maybe with another order told its customer."""
        timed = [self._longer_route(number, insertion, told) for insertion, told in found]
        routes = [route for route in timed if route is not None]
        if len(routes) < len(found):
            raise InfeasibleRouteError(f"an insertion of order {number} was found, but is not feasible")
        orders = [self._state.orders[number] if told is None else told for _, told in found]
        self._chances_of(insertion.shift for insertion, _ in found)
        chances = self._odds.of(routes, self._state.orders, [{number: order} for order in orders])
        return [
            self._offer(insertion, order, route, chance)
            for (insertion, _), order, route, chance in zip(found, orders, routes, chances, strict=True)
        ]

    def _offer(
        self, insertion: Insertion, order: LiveOrder, after: TimedRoute, chances: Mapping[int, VisitChance]
    ) -> InsertionOffer:
        effects = effects_of(self._state.timed_route(insertion.shift), after, self._state.orders)
        risky = at_risk(self._state.chances[insertion.shift], chances, least=self._policy.slots.least_probability)
        visit = after.visits[insertion.at]
        technician, shift = self._state.shift_keys[insertion.shift]
        return InsertionOffer(
            order=order.order.id,
            technician=technician,
            shift=shift,
            position=insertion.at,
            cost=insertion.cost,
            terms=effects.terms,
            arrival=self._state.at(visit.arrival_s),
            start=self._state.at(visit.start_s),
            end=self._state.at(visit.end_s),
            due=None if order.due_s == NEVER_S else self._state.at(order.due_s),
            is_late=visit.end_s > order.due_s,
            disturbed=self._ids(effects.disturbed),
            broken=self._ids(effects.broken),
            at_risk=self._ids(risky),
            p_on_time=None if order.told == "nothing" else chances[visit.order].on_time,
            p_promise_kept=None if order.due_s == NEVER_S else chances[visit.order].promise_kept,
        )

    def _ids(self, numbers: Iterable[int]) -> tuple[str, ...]:
        return tuple(self._state.orders[number].order.id for number in numbers)
