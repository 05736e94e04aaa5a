"""What changes from one plan to another: which customers are disturbed, how, and what that buys.

Everything is read from the documents alone; nothing is timed or priced anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import TypeAdapter

from dispatch.domain.broken_agreements import BrokenAgreement, broken_agreements
from dispatch.domain.plan import COST_TERMS, Plan, PlanCost, PlanRoute, VisitStop
from dispatch.domain.promise_changes import PromiseChanges, promise_changes
from dispatch.domain.request import Order, Request
from dispatch.domain.told import TOLD_LEVELS, Told, told_of

Disturbance = Literal["technician", "start", "half_day", "day", "dropped"]
DISTURBING: Final[Mapping[Told, tuple[Disturbance, ...]]] = MappingProxyType(
    {
        "exact": ("technician", "start", "day", "dropped"),
        "half_day": ("technician", "half_day", "day", "dropped"),
        "nothing": ("day", "dropped"),
    }
)
"""Which changes disturb a customer, by what the customer was told."""
START_TOLERANCE_S: Final = 900
"""A start that moves by no more, either way, disturbs nobody."""
AGREED_BUFFER_S: Final = 1_800
"""Nor does one that stays so near to the agreed time, which is all that the customer knows."""
AGREED_LATE_S: Final = 3_600
"""A start later than this after the agreed time breaks the agreement (R09)."""
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where a plan has an order."""

    technician: str
    shift: str
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Disturbed:
    """A customer whom the change disturbs.

    Attributes
    ----------
    told
        What the customer had been told when the plan before was in force; None = not known without a request.
    how
        The changes that count for what was told; without a request, all but `half_day`.
    after
        None = the order is in no route any more.
    moved_s
        Seconds by which the visit starts later; negative = earlier, None = in no route.
    """

    order: str
    told: Told | None
    how: tuple[Disturbance, ...]
    before: Placed
    after: Placed | None
    moved_s: int | None


@dataclass(frozen=True, kw_only=True)
class CostChange:
    """What the plans cost.

    Attributes
    ----------
    before, after
        As the plans state it, each on the orders of its own request.
    unchanged
        What the plan before costs where the plan after applies: on its orders and with its technicians, new orders left
        out. The only figure that `after` may be compared with; None = not known.
    """

    before: PlanCost
    after: PlanCost
    unchanged: PlanCost | None

    @property
    def saved(self) -> int | None:
        """By how much the plan after is cheaper than going on unchanged, the price of disruption paid; None = unknown.

        Negative: dearer.
        """
        return None if self.unchanged is None else self.unchanged.total - self.after.total

    @property
    def saved_by_term(self) -> dict[str, int]:
        """What each cost term that differs contributes to `saved`; {} if that is unknown."""
        if self.unchanged is None:
            return {}
        was, is_now = self.unchanged.terms, self.after.terms
        changes = {name: was.get(name, 0) - is_now.get(name, 0) for name in COST_TERMS}
        return {name: change for name, change in changes.items() if change}


@dataclass(frozen=True, kw_only=True)
class PlanDiff:
    """What changes from one plan to another.

    Attributes
    ----------
    common
        How many orders both plans know.
    added
        Orders that only the plan after knows.
    finished
        Orders that only the plan before knows, and that had begun by the moment of the request after.
    gone
        Other orders that only the plan before knows: withdrawn, or begun earlier than planned.
    disturbed
        Who is disturbed: the most exactly told first, then by when they were expected.
    rebooked
        Orders whose booking or agreed time differs between the requests, and whose visit moves: a new time disturbs
        nobody who asked for it.
    served_now, left_out_now
        Common orders that only the plan after serves, or only the plan before.
    next_visit_changed
        Technicians who go somewhere else next.
    """

    common: int
    added: tuple[str, ...]
    finished: tuple[str, ...]
    gone: tuple[str, ...]
    disturbed: tuple[Disturbed, ...]
    rebooked: tuple[str, ...]
    served_now: tuple[str, ...]
    left_out_now: tuple[str, ...]
    next_visit_changed: tuple[str, ...]
    agreements_broken: tuple[BrokenAgreement, ...]
    promises: PromiseChanges
    cost: CostChange

    @property
    def disturbed_by_told(self) -> dict[Told, int]:
        """How many customers are disturbed, by what they had been told; without a request nobody is counted."""
        counts = Counter(one.told for one in self.disturbed)
        return {told: counts[told] for told in TOLD_LEVELS}

    @property
    def agreed_moved(self) -> int:
        """How many customers with an agreed time are disturbed: what a budget of disruption counts."""
        return self.disturbed_by_told["exact"]

    def to_document(self) -> dict[str, Any]:
        """Return the diff in the form of JSON: every attribute by name, with the counts beside them."""
        document: dict[str, Any] = TypeAdapter(PlanDiff).dump_python(self, mode="json")
        document["counts"] = {
            "disturbed": len(self.disturbed),
            "disturbed_by_told": self.disturbed_by_told,
            "agreed_moved": self.agreed_moved,
            "agreements_broken": len(self.agreements_broken),
            "agreements_newly_broken": sum(one.is_new for one in self.agreements_broken),
        }
        document["cost"] |= {"saved": self.cost.saved, "saved_by_term": self.cost.saved_by_term}
        return document


def plan_diff(
    before_request: Request | None,
    before: Plan,
    after_request: Request | None,
    after: Plan,
    *,
    dues: Mapping[str, datetime | None] | None = None,
    unchanged: PlanCost | None = None,
    tolerance_s: int = START_TOLERANCE_S,
    agreed_buffer_s: int = AGREED_BUFFER_S,
    agreed_late_s: int = AGREED_LATE_S,
) -> PlanDiff:
    """Return what changes from the plan `before` to the plan `after`: O(visits).

    Parameters
    ----------
    before_request, after_request
        What the plans answer; None = not known: then what customers were told, agreements and tiers are not, either.
        A plan may be cut down or be older than its request: only what both know is compared.
    dues
        Due times of orders by id, for those that neither plan visits; others are read from the plans.
    unchanged
        What `before` costs where `after` applies, if the caller knows it; plans of one request need none.
    tolerance_s
        A start that moves by no more disturbs nobody.
    agreed_buffer_s
        Nor does one that is no farther from the agreed time.
    agreed_late_s
        A start later than this after the agreed time breaks the agreement.
    """
    pair = _Pair(before_request=before_request, before=before, after_request=after_request, after=after)
    common = [order for order in pair.orders_before if order in pair.orders_after]
    only_before = [order for order in pair.orders_before if order not in pair.orders_after]
    finished = [order for order in only_before if pair.has_begun(order)]
    disturbed = [one for order in common if (one := pair.disturbed(order, tolerance_s, agreed_buffer_s)) is not None]
    disturbed.sort(key=lambda one: (TOLD_LEVELS.index(one.told) if one.told else 0, one.before.start, one.order))
    served_before, served_after = pair.places_before, pair.places_after
    if unchanged is None and before.request_digest == after.request_digest:
        unchanged = before.cost
    return PlanDiff(
        common=len(common),
        added=tuple(order for order in pair.orders_after if order not in pair.orders_before),
        finished=tuple(finished),
        gone=tuple(order for order in only_before if order not in finished),
        disturbed=tuple(disturbed),
        rebooked=tuple(order for order in common if pair.is_rebooked(order) and pair.moves(order)),
        served_now=tuple(order for order in common if order in served_after and order not in served_before),
        left_out_now=tuple(order for order in common if order in served_before and order not in served_after),
        next_visit_changed=tuple(pair.technicians_with_another_next()),
        agreements_broken=broken_agreements(before, after_request, after, late_s=agreed_late_s),
        promises=promise_changes(before_request, before, after_request, after, dues=dues or {}),
        cost=CostChange(before=before.cost, after=after.cost, unchanged=unchanged),
    )


class _Pair:
    """Two plans, looked up by order."""

    def __init__(
        self, *, before_request: Request | None, before: Plan, after_request: Request | None, after: Plan
    ) -> None:
        self._before_request, self._after_request = before_request, after_request
        self._visits_before, self._visits_after = _visits(before), _visits(after)
        self.places_before = {order: _placed(*found) for order, found in self._visits_before.items()}
        self.places_after = {order: _placed(*found) for order, found in self._visits_after.items()}
        self.orders_before = dict.fromkeys([*self.places_before, *(entry.order for entry in before.unassigned)])
        self.orders_after = dict.fromkeys([*self.places_after, *(entry.order for entry in after.unassigned)])

    def disturbed(self, order: str, tolerance_s: int, agreed_buffer_s: int) -> Disturbed | None:
        """Return how the change disturbs the customer of a common order; None = not at all."""
        before, after = self.places_before.get(order), self.places_after.get(order)
        if before is None:
            return None
        asked = self._asked(order)
        told = None if asked is None else told_of(asked)
        counting = set(DISTURBING["exact"] if told is None else DISTURBING[told])
        if self.is_rebooked(order):
            counting &= {"technician", "dropped"}
        agreed = None if asked is None else asked.agreed_start
        if agreed is not None and after is not None and abs(after.start - agreed) <= agreed_buffer_s * _SECOND:
            counting.discard("start")
        how = tuple(one for one in self._changes(before, after, asked, tolerance_s) if one in counting)
        if not how:
            return None
        moved_s = None if after is None else (after.start - before.start) // _SECOND
        return Disturbed(order=order, told=told, how=how, before=before, after=after, moved_s=moved_s)

    def is_rebooked(self, order: str) -> bool:
        """Whether the booking or agreed time of an order differs between the requests."""
        was, is_now = _order(self._before_request, order), _order(self._after_request, order)
        if was is None or is_now is None:
            return False
        return (was.windows, was.agreed_start) != (is_now.windows, is_now.agreed_start)

    def moves(self, order: str) -> bool:
        """Whether the visit of an order differs at all."""
        return self.places_before.get(order) != self.places_after.get(order)

    def has_begun(self, order: str) -> bool:
        """Whether an order's visit in the plan before has begun by the moment of the request after."""
        if order not in self._visits_before:
            return False
        _, visit = self._visits_before[order]
        now = None if self._after_request is None else self._after_request.now
        return visit.status != "planned" or (now is not None and visit.start <= now)

    def technicians_with_another_next(self) -> Iterator[str]:
        """Yield the technicians whose next visit is another, by id; visits that are over do not count."""
        was = _next_order(self.places_before, among=self.orders_after)
        is_now = _next_order(self.places_after, among=self.orders_after)
        yield from sorted(one for one in was.keys() | is_now.keys() if was.get(one) != is_now.get(one))

    def _changes(
        self, before: Placed, after: Placed | None, asked: Order | None, tolerance_s: int
    ) -> Iterator[Disturbance]:
        """Yield what changes for the customer; a change of the day is no change of half-day or start besides."""
        if after is None:
            yield "dropped"
            return
        if after.technician != before.technician:
            yield "technician"
        if self._day(after.start) != self._day(before.start):
            yield "day"
        elif asked is not None and _window_of(asked, before.start) != _window_of(asked, after.start):
            yield "half_day"
        if (
            self._day(after.start) == self._day(before.start)
            and abs(after.start - before.start) > tolerance_s * _SECOND
        ):
            yield "start"

    def _asked(self, order: str) -> Order | None:
        """Return an order as its customer knew it before."""
        return _order(self._before_request, order) or _order(self._after_request, order)

    def _day(self, moment: datetime) -> date:
        """Return the local day: in the zone of a request, else as the plan writes it."""
        request = self._after_request or self._before_request
        return (moment if request is None else moment.astimezone(request.zone)).date()


def _visits(plan: Plan) -> dict[str, tuple[PlanRoute, VisitStop]]:
    return {visit.order: (route, visit) for route in plan.routes for visit in route.visits}


def _placed(route: PlanRoute, visit: VisitStop) -> Placed:
    return Placed(technician=route.technician, shift=route.shift, start=visit.start, end=visit.end)


def _order(request: Request | None, order: str) -> Order | None:
    return None if request is None else request.orders_by_id.get(order)


def _window_of(order: Order, moment: datetime) -> int | None:
    """Return which booked window a start lies in, by number; None = in none of them."""
    return next((k for k, window in enumerate(order.windows) if window.start <= moment <= window.end), None)


def _next_order(places: Mapping[str, Placed], *, among: Mapping[str, None]) -> dict[str, str]:
    """Return the first order of each technician."""
    first: dict[str, tuple[datetime, str]] = {}
    for order, placed in places.items():
        if order in among:
            known = first.get(placed.technician)
            first[placed.technician] = min((placed.start, order), known) if known else (placed.start, order)
    return {technician: order for technician, (_, order) in first.items()}
