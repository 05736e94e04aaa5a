"""What is left to plan on the running day, as a planning request of its own.

Orders that are done, withdrawn or under way are not in it, so nothing of them can move. A technician who is under way
is free where and when that visit ends. The plan in force, cut to the visits that are left, is the current plan: the
search begins there, its locks hold, and what changes against it costs `disruption`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Any, Final

from dispatch.domain.live_day import LiveDay, ShiftUse
from dispatch.domain.plan import EndStop, Plan, PlanRoute, StartStop, Stop, VisitStop
from dispatch.domain.request import Available, Break, Order, Request, Shift, Technician
from dispatch.policy.eligibility import exclusions
from dispatch.policy.settings import Policy, effective_policy

LIVE_POLICY: Final[Mapping[str, Mapping[str, Any]]] = {
    "appointment": {"agreed_window": "priced"},
    "disruption": {"enabled": True},
}
"""What holds on the running day whatever the night's policy says: an agreed time may break, but at the highest price;
and changes to the plan in force have their prices."""


def live_request(day: LiveDay, policy: Policy) -> Request:
    """Return the request for the rest of the day.

    Parameters
    ----------
    policy
        The operator's; the policy section of the day's request overrides it.
    """
    effective = effective_policy(day.base, policy)
    under_way = {visit.order for visit in day.under_way.values()}
    orders = tuple(_order_left(order, day) for order in day.orders.values() if order.id not in under_way)
    technicians = tuple(_technician_left(technician, day) for technician in day.base.technicians)
    is_slower = day.travel_until is None or day.travel_until > day.now
    factor = day.travel_factor if is_slower and day.travel_factor != 1 else day.base.travel.factor
    request = day.base.model_copy(
        update={
            "now": day.now,
            "orders": orders,
            "technicians": technicians,
            "travel": day.base.travel.model_copy(update={"factor": factor}),
            "policy": _with_live_policy(day.base.policy, effective),
            "current_plan": None,
        }
    )
    return request.model_copy(update={"current_plan": _plan_left(request, day, effective)})


def _with_live_policy(policy: Mapping[str, Any], effective: Policy) -> dict[str, Any]:
    """Return the policy section of a request, its live settings set."""
    live = {**LIVE_POLICY, "risk": {"in_search": effective.live.risk_in_search}}
    return {**policy, **{name: {**(policy.get(name) or {}), **values} for name, values in live.items()}}


def _order_left(order: Order, day: LiveDay) -> Order:
    """Return an open order; one that waits for the order of a mass outage is held, and its clock runs on (R03)."""
    if order.id not in day.parent_of:
        return order
    return order.model_copy(update={"hold_until": day.base.horizon.end})


def _technician_left(technician: Technician, day: LiveDay) -> Technician:
    """Return a technician as they are now: where and when free, what shifts, breaks, parts and visits are left."""
    available = _available(technician, day)
    free_from = day.now if available is None else max(day.now, available.from_)
    shifts = tuple(_shift_left(shift, technician, day, free_from) for shift in _working_shifts(technician, day))
    used: Counter[str] = Counter()
    for shift in technician.shifts:
        if shift.start <= day.now <= shift.latest_end:
            used += Counter(day.use_of(technician.id, shift.id).parts)
    stock = {part: max(0, count - used[part]) for part, count in technician.stock.items()}
    return technician.model_copy(update={"available": available, "shifts": shifts, "stock": stock})


def _working_shifts(technician: Technician, day: LiveDay) -> Iterator[Shift]:
    for shift in technician.shifts:
        if day.is_off(technician.id):
            until = day.off[technician.id]
            if until is None or shift.latest_end <= until:
                continue
        yield shift


def _available(technician: Technician, day: LiveDay) -> Available | None:
    """Return where and when a technician is free next; None if nothing is known beyond the roster."""
    seen, visit = day.last_seen.get(technician.id), day.under_way.get(technician.id)
    found = technician.available
    if seen is not None:
        found = Available(from_=max(day.now, seen.free_from), location=seen.location)
    if visit is not None:
        location = day.base.location_of(day.orders[visit.order])
        found = Available(from_=max(day.now, visit.expected_end), location=location)
    until = day.off.get(technician.id)
    if until is not None and until > day.now:
        found = Available(from_=max(until, found.from_) if found else until, location=found.location if found else None)
    return found


def _shift_left(shift: Shift, technician: Technician, day: LiveDay, free_from: datetime) -> Shift:
    use = day.use_of(technician.id, shift.id)
    if use == ShiftUse() and not shift.start < free_from <= shift.latest_end:
        return shift
    most = None if shift.max_visits is None else max(0, shift.max_visits - use.visits)
    breaks = tuple(_breaks_left(shift.breaks[use.breaks :], shift, free_from))
    return shift.model_copy(update={"max_visits": most, "breaks": breaks})


def _breaks_left(breaks: Sequence[Break], shift: Shift, free_from: datetime) -> Iterator[Break]:
    """Return the breaks that nobody has taken yet, such that they still have to be.

    By the model a break is waived if the route departs late; here its technician has worked until then. One whose time
    has passed is due at once; one that no longer fits into the shift is lost.
    """
    first_end = last_start = free_from
    for pause in breaks:
        earliest = max(pause.earliest, free_from, first_end - pause.duration)
        latest = max(pause.latest, earliest + pause.duration, last_start + pause.duration)
        if earliest + pause.duration > shift.latest_end:
            return
        yield pause.model_copy(update={"earliest": earliest, "latest": latest})
        first_end, last_start = earliest + pause.duration, latest - pause.duration


def _plan_left(request: Request, day: LiveDay, policy: Policy) -> Plan:
    """Return the plan in force without what is over, under way, held, or can no longer be done in its shift."""
    routes = []
    for route in day.plan.routes:
        technician = request.technicians_by_id.get(route.technician)
        if technician is None or route.shift not in technician.shifts_by_id or _is_over(route.shift, technician, day):
            continue
        visits = [
            _with_lock(visit, order, technician, request, policy)
            for visit in route.visits
            if (order := request.orders_by_id.get(visit.order)) is not None
            and order.id not in day.parent_of
            and technician.id not in order.excluded_technicians
            and not (order.hold_until is not None and order.hold_until > visit.start)
        ]
        if visits:
            begin = [stop for stop in route.stops if isinstance(stop, StartStop)]
            end = [stop for stop in route.stops if isinstance(stop, EndStop)]
            routes.append(PlanRoute(technician=route.technician, shift=route.shift, stops=(*begin, *visits, *end)))
    return day.plan.model_copy(update={"routes": tuple(routes), "unassigned": (), "violations": ()})


def _is_over(shift: str, technician: Technician, day: LiveDay) -> bool:
    """Tell whether nothing can begin in a shift any more: it has ended, or will before its technician is free."""
    free_from = day.now if technician.available is None else max(day.now, technician.available.from_)
    return technician.shifts_by_id[shift].latest_end <= free_from


def _with_lock(visit: VisitStop, order: Order, technician: Technician, request: Request, policy: Policy) -> VisitStop:
    """Return a visit of the plan in force, locked to its technician if its agreed time is near.

    Not if the technician may no longer go there, or the visit was not planned for the day that was agreed: then keeping
    it where it was would help nobody.
    """
    if visit.lock != "free" or order.agreed_start is None:
        return visit
    is_near = order.agreed_start <= request.now + timedelta(minutes=policy.live.freeze_min)
    is_that_day = _local_day(order.agreed_start, request) == _local_day(visit.start, request)
    may_go = not exclusions(order, technician, request)
    return visit.model_copy(update={"lock": "technician"}) if is_near and is_that_day and may_go else visit


def _local_day(moment: datetime, request: Request) -> date:
    return moment.astimezone(request.zone).date()


def without_freeze(plan: Plan, before: Plan) -> Plan:
    """Return a plan of a live request with the locks that the plan in force before had.

    A visit that was locked since its agreed time was near is locked for that one request: the next one looks anew, for
    the customer may have asked for another time since.
    """
    by_hand = {visit.order for route in before.routes for visit in route.visits if visit.lock != "free"}
    routes = tuple(
        route.model_copy(update={"stops": tuple(_unlocked(stop, by_hand) for stop in route.stops)})
        for route in plan.routes
    )
    return plan.model_copy(update={"routes": routes})


def _unlocked(stop: Stop, by_hand: AbstractSet[str]) -> Stop:
    is_frozen = isinstance(stop, VisitStop) and stop.lock != "free" and stop.order not in by_hand
    return stop.model_copy(update={"lock": "free"}) if is_frozen else stop
