"""Which shifts of the request can have a route, where it starts and how early it may depart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.plan_fit import end_of_route, start_of_route
from dispatch.domain.request import Location, Request, Shift, Technician

ShiftKey = tuple[str, str]
"""Technician id and shift id."""


@dataclass(frozen=True, kw_only=True)
class PlannedShift:
    """A shift that can have a route.

    Attributes
    ----------
    departure
        Earliest departure: the shift's start, the technician's `available.from` and, unless visits of the shift are
        locked in time, `now`.
    start
        Where the route starts: where the technician is free next if that is during this shift.
    end
        None = where the last visit ends.
    """

    technician: Technician
    shift: Shift
    departure: datetime
    start: Location
    end: Location | None

    @property
    def key(self) -> ShiftKey:
        """Technician id and shift id."""
        return self.technician.id, self.shift.id


def planned_shifts(
    request: Request, *, locked: Collection[ShiftKey] = (), locked_in_time: Collection[ShiftKey] = ()
) -> tuple[PlannedShift, ...]:
    """Return the shifts that overlap the horizon and are not over yet, in request order.

    Parameters
    ----------
    locked
        Shifts with locked visits: kept wherever they lie.
    locked_in_time
        Those of them with visits that are locked in time.
    """
    return tuple(
        planned
        for technician in request.technicians
        for shift in technician.shifts
        if (
            planned := _planned(request, technician, shift, is_past_allowed=(technician.id, shift.id) in locked_in_time)
        )
        and (planned.key in locked or _can_have_route(request, planned))
    )


def _planned(request: Request, technician: Technician, shift: Shift, *, is_past_allowed: bool) -> PlannedShift:
    departure = shift.start if is_past_allowed else max(shift.start, request.now)
    available = technician.available
    if available is not None:
        departure = max(departure, available.from_)
    return PlannedShift(
        technician=technician,
        shift=shift,
        departure=departure,
        start=start_of_route(technician, shift),
        end=end_of_route(technician, shift),
    )


def _can_have_route(request: Request, planned: PlannedShift) -> bool:
    overlaps = planned.shift.start <= request.horizon.end and planned.shift.latest_end >= request.horizon.start
    return overlaps and planned.departure <= planned.shift.latest_end
