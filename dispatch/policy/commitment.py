"""How far each visit of the plan in force may still change: not at all, at a price, or freely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

from dispatch.domain.plan import LockKind, Plan, PlanRoute, VisitStatus, VisitStop
from dispatch.domain.request import Order, Request, Shift
from dispatch.domain.told import Told, told_of
from dispatch.policy.settings import DisruptionSettings, Policy

Hold = Literal["done", "locked", "taxed", "free"]
Change = Literal["technician", "day", "later", "dropped"]

_TOLD_TEXT: Final[dict[Told, str]] = {
    "exact": "the customer was told an exact time",
    "half_day": "the customer was told a day or half-day",
    "nothing": "the customer was told nothing yet",
}
_LOCK_TEXT: Final[dict[VisitStatus, str]] = {
    "planned": "the plan in force locks it",
    "en_route": "the technician is on the way",
    "on_site": "the technician is on site",
    "done": "it is done",
}


@dataclass(frozen=True, kw_only=True)
class LockedVisit:
    """A visit that stays with its technician and shift, and perhaps at its time.

    Attributes
    ----------
    order, technician, shift
        Ids.
    position
        Number of the visit among the visits of its route, from 0.
    lock
        `technician` or `technician_and_time`.
    start, end
        Its times in the plan in force; binding with `technician_and_time`.
    """

    order: str
    technician: str
    shift: str
    position: int
    lock: LockKind
    start: datetime
    end: datetime

    @property
    def holds_time(self) -> bool:
        """Whether the start may not move either."""
        return self.lock == "technician_and_time"


def locked_visits(current_plan: Plan | None) -> tuple[LockedVisit, ...]:
    """Return the locked visits of a plan, route by route, in sequence; () without a plan.

    Whatever is not `planned` any more (under way, at the customer, done) is locked in technician and time, whatever
    its `lock` says.
    """
    if current_plan is None:
        return ()
    return tuple(
        LockedVisit(
            order=visit.order,
            technician=route.technician,
            shift=route.shift,
            position=position,
            lock=visit.effective_lock,
            start=visit.start,
            end=visit.end,
        )
        for route in current_plan.routes
        for position, visit in enumerate(route.visits)
        if visit.effective_lock != "free"
    )


@dataclass(frozen=True, kw_only=True)
class ChangePrices:
    """What each change of a visit costs, cost units; they add up.

    Attributes
    ----------
    technician
        Somebody else goes.
    day
        A shift of another local day has the visit.
    later, later_from
        Service starts after the moment `later_from`; None = no exact time was told.
    dropped
        The order is in no route.
    """

    technician: int = 0
    day: int = 0
    later: int = 0
    later_from: datetime | None = None
    dropped: int = 0


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """How far one visit of the plan in force may change.

    Attributes
    ----------
    order, technician, shift
        Ids.
    start
        As published.
    day
        The local day of `start`.
    told
        What the customer was told.
    hold
        `done` and `locked` visits do not change, `taxed` ones at their prices, `free` ones at none.
    why
        The reason in words.
    prices
        All 0 unless `taxed`.
    """

    order: str
    technician: str
    shift: str
    start: datetime
    day: date
    told: Told
    hold: Hold
    why: str
    prices: ChangePrices


def changes_of(
    commitment: Commitment, *, technician: str, shift: Shift, start: datetime, zone: tzinfo
) -> tuple[Change, ...]:
    """Return how a visit differs from the published one, as far as that has a price; () = it does not.

    Parameters
    ----------
    technician, shift, start
        Of the visit as it would be.
    zone
        Of the request: a shift belongs to the local day on which it starts.
    """
    found: list[Change] = []
    if technician != commitment.technician:
        found.append("technician")
    is_same_shift = (technician, shift.id) == (commitment.technician, commitment.shift)
    if not is_same_shift and shift.start.astimezone(zone).date() != commitment.day:
        found.append("day")
    if commitment.prices.later_from is not None and start > commitment.prices.later_from:
        found.append("later")
    return tuple(found)


def commitments(request: Request, policy: Policy) -> tuple[Commitment, ...]:
    """Return the commitment of every visit of the plan in force whose order is still in the request, route by route.

    Parameters
    ----------
    policy
        The effective policy of the request. Unless `disruption.enabled`, no visit is taxed: the plan in force is only
        where the search begins.
    """
    routes = request.current_plan.routes if request.current_plan else ()
    return tuple(_of_routes(routes, request, policy))


def _of_routes(routes: tuple[PlanRoute, ...], request: Request, policy: Policy) -> Iterator[Commitment]:
    for route in routes:
        for visit in route.visits:
            order = request.orders_by_id.get(visit.order)
            if order is None:
                continue
            told = told_of(order)
            hold, why, prices = _judged(visit, order, told, request, policy)
            yield Commitment(
                order=order.id,
                technician=route.technician,
                shift=route.shift,
                start=visit.start,
                day=visit.start.astimezone(request.zone).date(),
                told=told,
                hold=hold,
                why=why,
                prices=prices,
            )


def _judged(
    visit: VisitStop, order: Order, told: Told, request: Request, policy: Policy
) -> tuple[Hold, str, ChangePrices]:
    none = ChangePrices()
    if visit.effective_lock != "free":
        return "done" if visit.status == "done" else "locked", _LOCK_TEXT[visit.status], none
    if not policy.disruption.enabled:
        return "free", "changes to the plan in force have no price", none
    if _is_overtaken(visit, order, told, request):
        return "free", "the customer asked for another time since", none
    published = f"{visit.start.astimezone(request.zone):%Y-%m-%d %H:%M}"
    return "taxed", f"{_TOLD_TEXT[told]}, published for {published}", _prices(visit, order, told, request, policy)


def _is_overtaken(visit: VisitStop, order: Order, told: Told, request: Request) -> bool:
    """Tell whether what the customer was told last is not the published visit: then a change is what they want."""
    if told == "exact" and order.agreed_start is not None:
        return order.agreed_start.astimezone(request.zone).date() != visit.start.astimezone(request.zone).date()
    return told == "half_day" and not any(window.start <= visit.start <= window.end for window in order.windows)


def _prices(visit: VisitStop, order: Order, told: Told, request: Request, policy: Policy) -> ChangePrices:
    settings = policy.disruption
    permille = _permille(visit.start, request, settings)
    # What the customer knows is the agreed time: until the inner buffer after it, nothing has changed for them.
    later_from = visit.start + timedelta(seconds=settings.tolerance_s)
    if order.agreed_start is not None:
        later_from = max(later_from, order.agreed_start + timedelta(seconds=policy.appointment.buffer_s))

    def scaled(price: int) -> int:
        return price * permille // 1_000

    is_exact = told == "exact"
    return ChangePrices(
        technician=scaled(getattr(settings.technician, told)),
        day=scaled(getattr(settings.day, told)),
        later=scaled(settings.later) if is_exact else 0,
        later_from=later_from if is_exact else None,
        dropped=scaled(getattr(settings.dropped, told)),
    )


def _permille(start: datetime, request: Request, settings: DisruptionSettings) -> int:
    """Return the share of the prices that counts: the sooner the visit, the more a change disturbs."""
    if start - request.now < timedelta(hours=settings.soon_h):
        return settings.soon_permille
    is_same_day = start.astimezone(request.zone).date() == request.now.astimezone(request.zone).date()
    return settings.same_day_permille if is_same_day else settings.later_permille
