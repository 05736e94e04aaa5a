"""Reads from a day's event log how long ways and visits really took, beside what was planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dispatch.domain.events import (
    Arrived,
    BreakStarted,
    CannotInstall,
    ContactSucceeded,
    Done,
    EnRoute,
    Event,
    MassOutage,
    NoAccess,
    OrderAccepted,
    OrderChanged,
    Rescheduled,
    SpeedTestFailed,
    TechnicianOff,
)
from dispatch.domain.request import Order, OrderKind, Request
from dispatch.policy.settings import Policy

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class ObservedVisit:
    """A visit that is over, and the way to it.

    Attributes
    ----------
    day
        Local day of its shift.
    hour
        Local hour in which the way began, 0 to 23.
    planned_service_s, service_s
        Seconds of service, as planned (the request's service factor included) and as it was; None = not observed.
    planned_travel_s, travel_s
        Seconds of the way to it, likewise; nothing is planned where the event tells no expected arrival.
    """

    kind: OrderKind
    technician: str
    day: date
    hour: int
    planned_service_s: int
    service_s: int | None
    planned_travel_s: int
    travel_s: int | None


@dataclass(frozen=True, kw_only=True)
class _UnderWay:
    """A visit that has begun."""

    order: str
    set_out: datetime
    expected_arrival: datetime | None
    arrived: datetime | None = None


def observed_visits(request: Request, events: Iterable[Event], policy: Policy) -> list[ObservedVisit]:
    """Return the visits that ended, in sequence of time.

    Service counts from the arrival, or from when the order may start if that is later. A visit that came to nothing (no
    access, cannot be installed) tells of its way only; one interrupted by a break or the technician's leaving, of
    nothing.

    Parameters
    ----------
    request
        Of the day, as at its beginning.
    events
        By time.
    policy
        The effective one.
    """
    reader = _Reader(request, policy)
    return [visit for event in events for visit in reader.read(event)]


class _Reader:
    """Follows orders and visits through a day."""

    def __init__(self, request: Request, policy: Policy) -> None:
        self._request = request
        self._early = timedelta(seconds=policy.appointment.early_s)
        self._orders = {order.id: order for order in request.orders}
        self._under_way: dict[str, _UnderWay] = {}

    def read(self, event: Event) -> list[ObservedVisit]:
        """Take note of an event; return the visit that it ends, if any."""
        match event:
            case OrderAccepted() | OrderChanged():
                self._orders[event.order.id] = event.order
            case MassOutage():
                self._orders[event.parent.id] = event.parent
            case ContactSucceeded():
                self._change(event.order, agreed_start=event.agreed_start)
            case Rescheduled():
                self._change(event.order, windows=event.windows, agreed_start=None)
            case EnRoute():
                self._under_way[event.technician] = _UnderWay(
                    order=event.order, set_out=event.at, expected_arrival=event.expected_arrival
                )
            case Arrived():
                self._arrive(event)
            case TechnicianOff() | BreakStarted():
                self._under_way.pop(event.technician, None)
            case SpeedTestFailed():
                self._orders[event.remedy.id] = event.remedy
                return self._end(event.order, event.at, is_served=True)
            case Done():
                return self._end(event.order, event.at, is_served=True)
            case NoAccess() | CannotInstall():
                return self._end(event.order, event.at, is_served=False)
            case _:
                pass
        return []

    def _change(self, order: str, **changes: object) -> None:
        if order in self._orders:
            self._orders[order] = self._orders[order].model_copy(update=changes)

    def _arrive(self, event: Arrived) -> None:
        visit = self._under_way.get(event.technician)
        if visit is not None and visit.order == event.order:
            self._under_way[event.technician] = replace(visit, arrived=event.at)

    def _end(self, order_id: str, ended: datetime, *, is_served: bool) -> list[ObservedVisit]:
        found = next(((who, visit) for who, visit in self._under_way.items() if visit.order == order_id), None)
        if found is None:
            return []
        technician_id, visit = found
        del self._under_way[technician_id]
        technician, order = self._request.technicians_by_id.get(technician_id), self._orders.get(order_id)
        if technician is None or order is None or visit.arrived is None:
            return []
        set_out = visit.set_out.astimezone(self._request.zone)
        start = max(visit.arrived, self._opening(order, visit.arrived))
        expected = visit.expected_arrival
        return [
            ObservedVisit(
                kind=order.kind,
                technician=technician_id,
                day=set_out.date(),
                hour=set_out.hour,
                planned_service_s=-(-(order.duration // _SECOND) * technician.service_permille // 1000),
                service_s=max(0, (ended - start) // _SECOND) if is_served else None,
                planned_travel_s=0 if expected is None else max(0, (expected - visit.set_out) // _SECOND),
                travel_s=(visit.arrived - visit.set_out) // _SECOND,
            )
        ]

    def _opening(self, order: Order, arrived: datetime) -> datetime:
        """Return from when on service could start."""
        if order.agreed_start is not None:
            return order.agreed_start - self._early
        return min((window.start for window in order.windows if window.end >= arrived), default=arrived)
