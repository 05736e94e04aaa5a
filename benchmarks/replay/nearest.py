"""First come, first served, by the nearest technician who is free and able: dispatch without a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from benchmarks.replay.crew import Person, Ways
from benchmarks.replay.dispatcher import Checks
from benchmarks.replay.foresight import Prediction
from dispatch.domain.apply_event import apply_event
from dispatch.domain.events import Event
from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.plan import Plan, PlanCost, RunInfo
from dispatch.domain.request import Order, Request
from dispatch.domain.told import Told
from dispatch.policy.eligibility import exclusions
from dispatch.policy.settings import Policy


@dataclass(frozen=True)
class _Waiting:
    """What follows from an order as it is now, worked out once: the queue is looked through at every event."""

    order: Order
    ready_at: datetime
    able: frozenset[str]
    """Ids of technicians who may serve it."""


HEAD_START: Final = timedelta(minutes=30)
"""An order with an appointment joins the queue so long before somebody may begin."""


class Nearest:
    """The policy "nearest".

    Orders wait in the sequence in which they could be served: from acceptance on, with an appointment from shortly
    before it. The first one that somebody who is free can serve goes to the nearest of those.
    """

    def __init__(self, ways: Ways, policy: Policy) -> None:
        self._ways = ways
        self._policy = policy
        self._day: LiveDay | None = None
        self._order_of: dict[str, str] = {}
        self._waiting: dict[str, _Waiting] = {}
        self._is_stale = True

    @property
    def day(self) -> LiveDay:
        """The day as it stands."""
        if self._day is None:
            raise ValueError("no day has begun, call begin first")
        return self._day

    def begin(self, request: Request) -> None:
        """Take over a day, with no plan."""
        no_run = RunInfo(seed=0, iterations=0, stopped_by="none", version="", runtime_s=0)
        no_plan = Plan(request_digest="none", cost=PlanCost(total=0, terms={}), run=no_run)
        self._day, self._order_of, self._waiting = begin_day(request, no_plan), {}, {}
        self._is_stale = True

    def observe(self, event: Event) -> None:
        """Note what happened."""
        self._day = apply_event(self.day, event)
        under_way = {visit.order for visit in self.day.under_way.values()}
        self._order_of = {
            technician: order
            for technician, order in self._order_of.items()
            if order in self.day.orders
            and order not in under_way
            and technician not in self.day.orders[order].excluded_technicians
        }
        self._is_stale = True

    def settle(self, now: datetime, free: Sequence[Person]) -> bool:
        """Give orders to whoever is free, the first of the queue first: O(orders x free technicians)."""
        if not self._is_stale:
            return False
        self._is_stale = False
        day, before = self.day, dict(self._order_of)
        idle = [person for person in free if person.id not in self._order_of and not day.is_off(person.id)]
        for order, who in self._queue(now) if idle else ():
            able = [person for person in idle if person.id in who and self._fits(order, person, now, 0)]
            if not able:
                continue
            way_s = self._ways.to_order_of(able, order)
            reached = [
                (s, person.id, person)
                for s, person in zip(way_s, able, strict=True)
                if self._fits(order, person, now, s)
            ]
            if reached:
                _, technician, person = min(reached, key=lambda found: found[:2])
                self._order_of[technician] = order.id
                idle.remove(person)
            if not idle:
                break
        return self._order_of != before

    def wakes_at(self, now: datetime) -> datetime | None:
        """Return when the next appointment joins the queue."""
        later = (moment for order in self.day.orders.values() if (moment := self._of(order).ready_at) > now)
        found = min(later, default=None)
        self._is_stale = self._is_stale or found is not None
        return found

    def next_order(self, technician: str) -> str | None:
        """Return the order a technician was given and has not set out for."""
        return self._order_of.get(technician)

    def technician_of(self, order: str) -> str | None:
        """Return who was given an order."""
        return next((technician for technician, given in self._order_of.items() if given == order), None)

    def rests_before(self, technician: str, order: str) -> bool:  # noqa: ARG002 - the protocol's signature
        """Breaks are planned by nobody."""
        return False

    def proposal(self, order: str, now: datetime) -> datetime | None:  # noqa: ARG002 - the protocol's signature
        """No time can be named: nobody knows who will be free when."""
        return None

    def disturbed(self) -> Mapping[str, Told]:
        """There is no plan that could change."""
        return {}

    def predictions(self) -> Sequence[Prediction]:
        """Nothing is said about the future."""
        return ()

    def checks(self) -> Checks:
        """There is no plan that could be checked."""
        return Checks()

    def _queue(self, now: datetime) -> Iterable[tuple[Order, frozenset[str]]]:
        day = self.day
        taken = {visit.order for visit in day.under_way.values()} | set(self._order_of.values())
        waiting = [
            order
            for order in day.orders.values()
            if order.id not in taken and order.id not in day.parent_of and order.resource_ready
        ]
        ready = [known for order in waiting if (known := self._of(order)).ready_at <= now]
        ready.sort(key=lambda known: (known.ready_at, known.order.id))
        return [(known.order, known.able) for known in ready]

    def _of(self, order: Order) -> _Waiting:
        known = self._waiting.get(order.id)
        if known is None or known.order is not order:
            base = self.day.base
            able = frozenset(person.id for person in base.technicians if not exclusions(order, person, base))
            known = self._waiting[order.id] = _Waiting(order, self._ready_at(order), able)
        return known

    def _ready_at(self, order: Order) -> datetime:
        opening = _opening(order, self._policy)
        bounds = [order.accepted_at, order.earliest_start, order.hold_until]
        bounds.append(None if opening is None else opening - HEAD_START)
        return max(bound for bound in bounds if bound is not None)

    def _fits(self, order: Order, person: Person, now: datetime, way_s: int) -> bool:
        opening, closing = _opening(order, self._policy), _closing(order)
        start = now + timedelta(seconds=way_s)
        start = start if opening is None else max(start, opening)
        end = start + timedelta(seconds=person.service_s_of(order))
        return end <= person.shift.latest_end and (closing is None or start <= closing)


def _opening(order: Order, policy: Policy) -> datetime | None:
    if order.agreed_start is not None:
        return order.agreed_start - timedelta(seconds=policy.appointment.early_s)
    return min((window.start for window in order.windows), default=None)


def _closing(order: Order) -> datetime | None:
    """Return the last moment an appointment can still be kept; a broken exact time is worth a late visit."""
    if order.agreed_start is not None:
        return None
    return max((window.end for window in order.windows), default=None)
