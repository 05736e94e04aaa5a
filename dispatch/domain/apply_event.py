"""From one state of the running day to the next: what an event means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from dispatch.domain.events import (
    Arrived,
    BreakStarted,
    CannotInstall,
    ContactFailed,
    ContactSucceeded,
    Done,
    EnRoute,
    Event,
    MassOutage,
    NoAccess,
    OrderAccepted,
    OrderChanged,
    OrderWithdrawn,
    Overrun,
    Rescheduled,
    SpeedTestFailed,
    TechnicianAccepted,
    TechnicianBack,
    TechnicianOff,
    TechnicianRejected,
    TechnicianSilent,
    TravelSlower,
)
from dispatch.domain.live_day import Finished, LastSeen, LiveDay, Outcome, ShiftUse, Visit, service_time, shift_at
from dispatch.domain.problems import shown
from dispatch.domain.request import Order, Technician
from dispatch.domain.travel_validation import location_problems
from dispatch.domain.validation import order_problems
from dispatch.errors import BadInputError, Problem

REACH: Final = timedelta(days=31)
"""News of a moment so far before or after the planned period is refused."""
_Value = TypeVar("_Value")


def apply_event(day: LiveDay, event: Event) -> LiveDay:
    """Return the day after an event; one that was applied before changes nothing.

    News may come late: `now` never runs backwards. Nothing is looked up in a policy: when to call again, and what an
    order is due, the event says.

    Raises
    ------
    BadInputError
        If the event cannot have happened: it names what the day does not have, or contradicts what is known.
    """
    if event.id in day.events:
        return day
    _require_in_reach(day, event)
    after = replace(day.at(event.at), events=day.events | {event.id})
    return _MEANING[type(event)](after, event)


def reach_of(day: LiveDay) -> tuple[datetime, datetime]:
    """Return the first and the last moment that news of a day may tell of."""
    return min(day.base.now, day.base.horizon.start) - REACH, day.base.horizon.end + REACH


def _require_in_reach(day: LiveDay, event: Event) -> None:
    """Refuse a moment that is a slip of the pen: it would turn the clock of the day for good."""
    first, last = reach_of(day)
    for path in ("at", "expected_arrival", "expected_end", "agreed_start"):
        moment = getattr(event, path, None)
        if moment is not None and not first <= moment <= last:
            message = f"{moment.isoformat()} lies more than {REACH.days} days outside what is planned"
            raise _refused(event, path, message, f"correct it: from {first.isoformat()} to {last.isoformat()}")


# ---- orders


def _with_order(day: LiveDay, order: Order) -> LiveDay:
    return replace(day, orders={**day.orders, order.id: order})


def _with_new_order(day: LiveDay, order: Order, event: Event, *, path: str = "order") -> LiveDay:
    if order.id in day.orders or order.id in day.finished:
        raise _refused(event, f"{path}.id", f"order {shown(order.id)} is known already", "give each order its own id")
    if order.accepted_at > event.at:
        message = f"{order.accepted_at.isoformat()} lies after the event, {event.at.isoformat()}"
        raise _refused(event, f"{path}.accepted_at", message, "correct it, or at")
    _require_sound(day, order, event, path=path)
    return _with_order(day, order)


def _accepted(day: LiveDay, event: OrderAccepted) -> LiveDay:
    return _with_new_order(day, event.order, event)


def _withdrawn(day: LiveDay, event: OrderWithdrawn) -> LiveDay:
    return _closed(day, _open_order(day, event.order, event), "withdrawn", event.at)


def _changed(day: LiveDay, event: OrderChanged) -> LiveDay:
    _open_order(day, event.order.id, event, path="order.id")
    _require_sound(day, event.order, event)
    return _with_order(day, event.order)


def _agreed(day: LiveDay, event: ContactSucceeded) -> LiveDay:
    order = _open_order(day, event.order, event)
    return _with_order(day, order.model_copy(update={"agreed_start": event.agreed_start, "hold_until": None}))


def _done(day: LiveDay, event: Done) -> LiveDay:
    return _closed(day, _visited_order(day, event.order, event), "done", event.at)


def _impossible(day: LiveDay, event: CannotInstall) -> LiveDay:
    return _closed(day, _open_order(day, event.order, event), "cannot_install", event.at)


def _too_slow(day: LiveDay, event: SpeedTestFailed) -> LiveDay:
    day = _closed(day, _visited_order(day, event.order, event), "remedy_pending", event.at)
    return _with_new_order(day, event.remedy, event, path="remedy")


def _require_sound(day: LiveDay, order: Order, event: Event, *, path: str = "order") -> None:
    """Refuse an order that no request could hold."""
    request = day.base.model_copy(update={"now": day.now})
    problems = list(order_problems(path, order, request))
    if order.location is not None:
        problems += location_problems(f"{path}.location", order.location, request)
    if problems:
        raise BadInputError(problems, source=f"event {event.id}")


def _open_order(day: LiveDay, order: str, event: Event, *, path: str = "order") -> Order:
    if order in day.finished:
        was = day.finished[order]
        message = f"order {shown(order)} is closed ({was.outcome}, {was.at.isoformat()})"
        raise _refused(event, path, message, "name an open order")
    if order not in day.orders:
        raise _refused(event, path, f"no order {shown(order)}", "name an open order")
    return day.orders[order]


def _visited_order(day: LiveDay, order: str, event: Event) -> Order:
    found = _open_order(day, order, event)
    if day.visit_of(order) is None:
        message = f"nobody is on the way to order {shown(order)} or there"
        raise _refused(event, "order", message, "send en_route or arrived first")
    return found


def _closed(day: LiveDay, order: Order, outcome: Outcome, at: datetime) -> LiveDay:
    """Close an order, and with the order of a mass outage those that wait for it; who was there is free."""
    visit = day.visit_of(order.id)
    technician = visit.technician if visit else None
    finished = {order.id: Finished(order=order, outcome=outcome, at=at, technician=technician)}
    for child in _waiting_for(day, order.id) if outcome == "done" else ():
        finished[child] = Finished(order=day.orders[child], outcome="restored_by_parent", at=at)
    for name in finished:
        if (visit := day.visit_of(name)) is not None:
            day = _freed(day, visit, at, is_served=name == order.id and outcome in ("done", "remedy_pending"))
    return replace(
        day,
        orders={name: one for name, one in day.orders.items() if name not in finished},
        finished={**day.finished, **finished},
        parent_of={
            child: parent for child, parent in day.parent_of.items() if child not in finished and parent != order.id
        },
        accepted=day.accepted.difference(finished),
    )


def _waiting_for(day: LiveDay, parent: str) -> Iterator[str]:
    """Yield the orders that end with one, those that wait for them included."""
    for child, its_parent in day.parent_of.items():
        if its_parent == parent:
            yield child
            yield from _waiting_for(day, child)


def _held(day: LiveDay, event: ContactFailed | NoAccess) -> LiveDay:
    order = _visited_order(day, event.order, event) if isinstance(event, NoAccess) else None
    order = order or _open_order(day, event.order, event)
    visit = day.visit_of(order.id)
    day = _freed(day, visit, event.at) if visit else day
    until = event.retry_at or day.base.horizon.end
    return _with_order(day, order.model_copy(update={"hold_until": until, "agreed_start": None}))


def _rescheduled(day: LiveDay, event: Rescheduled) -> LiveDay:
    order = _open_order(day, event.order, event)
    if (visit := day.visit_of(order.id)) is not None:
        day = _freed(day, visit, event.at)
    changes = {"windows": event.windows, "agreed_start": None, "hold_until": None, "due": event.due or order.due}
    changed = order.model_copy(update=changes)
    _require_sound(day, changed, event)
    return _with_order(day, changed)


def _outage(day: LiveDay, event: MassOutage) -> LiveDay:
    for number, child in enumerate(event.children):
        _open_order(day, child, event, path=f"children[{number}]")
    day = _with_new_order(day, event.parent, event, path="parent")
    return replace(day, parent_of={**day.parent_of, **dict.fromkeys(event.children, event.parent.id)})


# ---- technicians


def _technician(day: LiveDay, technician: str, event: Event) -> Technician:
    if technician not in day.base.technicians_by_id:
        raise _refused(event, "technician", f"no technician {shown(technician)}", "name one of the request's")
    return day.base.technicians_by_id[technician]


def _taken_on(day: LiveDay, event: TechnicianAccepted) -> LiveDay:
    _technician(day, event.technician, event)
    return replace(day, accepted=day.accepted | {_open_order(day, event.order, event).id})


def _without_technician(day: LiveDay, event: TechnicianRejected | TechnicianSilent) -> LiveDay:
    technician, order = _technician(day, event.technician, event), _open_order(day, event.order, event)
    if (visit := day.visit_of(order.id)) is not None and visit.technician == technician.id:
        day = _freed(day, visit, event.at)
    excluded = tuple(dict.fromkeys((*order.excluded_technicians, technician.id)))
    day = replace(day, accepted=day.accepted - {order.id})
    return _with_order(day, order.model_copy(update={"excluded_technicians": excluded}))


def _off(day: LiveDay, event: TechnicianOff) -> LiveDay:
    technician = _technician(day, event.technician, event)
    visit = day.under_way.get(technician.id)
    day = _freed(day, visit, event.at) if visit else day
    return replace(day, off={**day.off, technician.id: event.until})


def _back(day: LiveDay, event: TechnicianBack) -> LiveDay:
    return replace(day, off=_without(day.off, _technician(day, event.technician, event).id))


def _on_break(day: LiveDay, event: BreakStarted) -> LiveDay:
    technician = _technician(day, event.technician, event)
    shift = shift_at(technician, event.at)
    if shift is None:
        raise _refused(event, "technician", f"technician {technician.id} has no shift", "send it for one who works")
    use = day.use_of(technician.id, shift.id)
    seen = day.last_seen.get(technician.id)
    free = LastSeen(free_from=event.expected_end, location=seen.location if seen else None)
    day = day.with_use(technician.id, shift.id, replace(use, breaks=use.breaks + 1))
    return replace(day, last_seen={**day.last_seen, technician.id: free})


def _under_way(day: LiveDay, event: EnRoute | Arrived) -> LiveDay:
    technician, order = _technician(day, event.technician, event), _open_order(day, event.order, event)
    before = day.under_way.get(technician.id)
    if before is not None and before.order != order.id:
        message = f"technician {technician.id} is under way to order {shown(before.order)} or there"
        raise _refused(event, "technician", message, "end that visit first")
    other = day.visit_of(order.id)
    if other is not None and other.technician != technician.id:
        message = f"technician {other.technician} is under way to order {shown(order.id)} or there"
        raise _refused(event, "order", message, "end that visit first")
    shift = shift_at(technician, event.at)
    if shift is None:
        raise _refused(event, "technician", f"technician {technician.id} has no shift", "send it for one who works")
    visit = Visit(
        order=order.id,
        technician=technician.id,
        shift=shift.id,
        is_on_site=isinstance(event, Arrived),
        expected_end=_expected_start(day, order, event) + service_time(order, technician),
    )
    use = day.use_of(technician.id, shift.id)
    if before is None:
        parts = Counter(use.parts) + Counter(order.parts)
        use = ShiftUse(visits=use.visits + 1, breaks=use.breaks, parts=dict(parts))
    day = day.with_use(technician.id, shift.id, use)
    return replace(day, under_way={**day.under_way, technician.id: visit})


def _expected_start(day: LiveDay, order: Order, event: EnRoute | Arrived) -> datetime:
    """Return when service begins: now on arriving; on the way after the travel, when a window is open."""
    if isinstance(event, Arrived):
        return event.at
    arrival = event.expected_arrival
    if arrival is None:
        planned = day.planned_visit(order.id)
        if planned is None or planned[0].technician != event.technician:
            message = f"the plan does not send technician {event.technician} to order {shown(order.id)}"
            raise _refused(event, "expected_arrival", message, "give it: the travel is not known")
        arrival = event.at + timedelta(seconds=planned[1].travel_s)
    openings = [window.start for window in order.windows if window.end >= arrival]
    return max(arrival, min(openings, default=arrival)) if order.agreed_start is None else arrival


def _overrun(day: LiveDay, event: Overrun) -> LiveDay:
    _visited_order(day, event.order, event)
    visit = day.visit_of(event.order)
    if visit is None or event.expected_end < event.at:
        message = f"{event.expected_end.isoformat()} lies before the event, {event.at.isoformat()}"
        raise _refused(event, "expected_end", message, "give the moment when the visit will end")
    under_way = {**day.under_way, visit.technician: replace(visit, expected_end=event.expected_end)}
    return replace(day, under_way=under_way)


def _freed(day: LiveDay, visit: Visit, at: datetime, *, is_served: bool = False) -> LiveDay:
    """End a visit: its technician is free where it was, or where they had set out from.

    Unless it was served, its parts are on board again.
    """
    seen, order = day.last_seen.get(visit.technician), day.orders[visit.order]
    location = day.base.location_of(order) if visit.is_on_site else seen.location if seen else None
    if not is_served:
        use = day.use_of(visit.technician, visit.shift)
        left = Counter(use.parts) - Counter(order.parts)
        day = day.with_use(visit.technician, visit.shift, replace(use, parts=dict(left)))
    return replace(
        day,
        under_way=_without(day.under_way, visit.technician),
        last_seen={**day.last_seen, visit.technician: LastSeen(free_from=at, location=location)},
    )


def _slower(day: LiveDay, event: TravelSlower) -> LiveDay:
    return replace(day, travel_factor=event.factor, travel_until=event.until)


def _without(mapping: Mapping[str, _Value], key: str) -> dict[str, _Value]:
    return {name: value for name, value in mapping.items() if name != key}


def _refused(event: Event, path: str, message: str, remedy: str) -> BadInputError:
    return BadInputError([Problem(path=path, message=message, remedy=remedy)], source=f"event {event.id}")


_MEANING: Final[Mapping[type, Callable[[LiveDay, Any], LiveDay]]] = {
    OrderAccepted: _accepted,
    OrderWithdrawn: _withdrawn,
    OrderChanged: _changed,
    TechnicianAccepted: _taken_on,
    TechnicianRejected: _without_technician,
    TechnicianSilent: _without_technician,
    TechnicianOff: _off,
    TechnicianBack: _back,
    BreakStarted: _on_break,
    ContactFailed: _held,
    ContactSucceeded: _agreed,
    EnRoute: _under_way,
    Arrived: _under_way,
    Overrun: _overrun,
    Done: _done,
    NoAccess: _held,
    CannotInstall: _impossible,
    SpeedTestFailed: _too_slow,
    Rescheduled: _rescheduled,
    MassOutage: _outage,
    TravelSlower: _slower,
}
"""What each kind of event does; the tests see to it that none is missing."""
