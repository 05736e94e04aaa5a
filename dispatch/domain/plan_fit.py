"""Whether a plan fits its request so far that it can be shown, explained or exported, and where its routes lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dispatch.domain.files import request_digest
from dispatch.domain.plan import DepotStop, EndStop, Plan, PlanRoute, StartStop, VisitStop
from dispatch.domain.request import Location, Request, Shift, Technician
from dispatch.errors import BadInputError, Problem

MENDING: Final = "`dispatch check` tells all that is wrong with the plan"


def require_fit(request: Request, plan: Plan) -> None:
    """Raise unless the plan answers the request and every entry of it can be understood.

    Nothing else is judged: that is the checker's business.

    Raises
    ------
    BadInputError
        If the plan was made of another request, names what is not in it, or has a route that is not start, stops, end.
    """
    digest = request_digest(request)
    if plan.request_digest != digest:
        message = f"{plan.request_digest} is not the digest of this request, {digest}"
        remedy = "give the request that the plan was made of"
        raise BadInputError([Problem(path="request_digest", message=message, remedy=remedy)], source="plan")
    problems = list(_problems(request, plan))
    if problems:
        raise BadInputError(problems, source="plan")


def start_of_route(technician: Technician, shift: Shift) -> Location:
    """Return where a shift's route starts: where the technician is free next if that is during the shift."""
    free = technician.available
    if free is not None and free.location is not None and shift.start <= free.from_ <= shift.latest_end:
        return free.location
    return technician.start_of(shift)


def end_of_route(technician: Technician, shift: Shift) -> Location | None:
    """Return where a shift's route ends; None = where its last visit is."""
    end = technician.end_of(shift)
    return None if isinstance(end, str) else end


def _problems(request: Request, plan: Plan) -> Iterator[Problem]:
    for number, route in enumerate(plan.routes):
        path = f"routes[{number}]"
        technician = request.technicians_by_id.get(route.technician)
        if technician is None:
            yield _unknown(f"{path}.technician", route.technician, "a technician of the request")
        elif route.shift not in technician.shifts_by_id:
            yield _unknown(f"{path}.shift", route.shift, "a shift of that technician")
        if not _is_framed(route):
            yield Problem(path=f"{path}.stops", message="is not start, stops, end", remedy=MENDING)
        for position, stop in enumerate(route.stops):
            if isinstance(stop, VisitStop) and stop.order not in request.orders_by_id:
                yield _unknown(f"{path}.stops[{position}].order", stop.order, "an order of the request")
            if isinstance(stop, DepotStop) and stop.depot not in request.depots_by_id:
                yield _unknown(f"{path}.stops[{position}].depot", stop.depot, "a depot of the request")
    for number, entry in enumerate(plan.unassigned):
        if entry.order not in request.orders_by_id:
            yield _unknown(f"unassigned[{number}].order", entry.order, "an order of the request")


def _unknown(path: str, name: str, what: str) -> Problem:
    return Problem(path=path, message=f"{name!r} is not {what}", remedy=MENDING)


def _is_framed(route: PlanRoute) -> bool:
    ends = [k for k, stop in enumerate(route.stops) if isinstance(stop, StartStop | EndStop)]
    return (
        ends == [0, len(route.stops) - 1]
        and isinstance(route.stops[0], StartStop)
        and isinstance(route.stops[-1], EndStop)
    )
