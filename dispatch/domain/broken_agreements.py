"""Agreed times that a plan does not keep, and what forces that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.plan import BreakStop, DepotStop, Plan, PlanRoute, StartStop, VisitStop
from dispatch.domain.request import Request

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class BrokenAgreement:
    """An agreed time that a plan does not keep.

    Attributes
    ----------
    technician, start, late_s
        Who comes when, and how many seconds after the agreed time; None = nobody does.
    is_new
        Whether the plan before does not break it too; without such a plan it is.
    why
        What leads to the late start, back to the last moment that is not the plan's own choice; or why nobody goes.
    """

    order: str
    agreed_start: datetime
    technician: str | None
    start: datetime | None
    late_s: int | None
    is_new: bool
    why: str


def broken_agreements(
    before: Plan | None, request: Request | None, plan: Plan, *, late_s: int
) -> tuple[BrokenAgreement, ...]:
    """Return the agreed times that a plan breaks, the latest start first, those that nobody keeps at the end.

    Parameters
    ----------
    before
        The plan before; None = there is none.
    request
        What `plan` answers; None = not known, so nothing can be said.
    late_s
        A start more than so many seconds after the agreed time breaks it.
    """
    if request is None:
        return ()
    limit = timedelta(seconds=late_s)
    visit_before = {visit.order: visit for route in before.routes for visit in route.visits} if before else {}
    found: list[BrokenAgreement] = []
    for route in plan.routes:
        for visit in route.visits:
            agreed = _agreed_start(request, visit.order)
            if agreed is None or visit.start - agreed <= limit:
                continue
            was = visit_before.get(visit.order)
            found.append(
                BrokenAgreement(
                    order=visit.order,
                    agreed_start=agreed,
                    technician=route.technician,
                    start=visit.start,
                    late_s=int((visit.start - agreed).total_seconds()),
                    is_new=was is None or was.start - agreed <= limit,
                    why=_chain(route, visit, request, visit_before),
                )
            )
    found.sort(key=lambda one: -(one.late_s or 0))
    for entry in plan.unassigned:
        agreed = _agreed_start(request, entry.order)
        if agreed is not None:
            reasons = "; ".join(f"{reason.code}: {reason.detail}" for reason in entry.reasons)
            found.append(
                BrokenAgreement(
                    order=entry.order,
                    agreed_start=agreed,
                    technician=None,
                    start=None,
                    late_s=None,
                    is_new=before is None or entry.order in visit_before,
                    why=f"in no route: {reasons}",
                )
            )
    return tuple(found)


def _agreed_start(request: Request, order: str) -> datetime | None:
    known = request.orders_by_id.get(order)
    return None if known is None else known.agreed_start


def _chain(route: PlanRoute, late: VisitStop, request: Request, visit_before: dict[str, VisitStop]) -> str:
    """Return the links that lead to a late start, the first one first.

    A link is a visit that begins as soon as its technician arrives: what comes before it decides. The chain begins
    where a technician waits, or at the start of the route.
    """

    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(request.zone):%H:%M}"

    def ending(visit: VisitStop) -> str:
        was = visit_before.get(visit.order)
        later = 0 if was is None else (visit.end - was.end) // _MINUTE
        than = f", {later} min later than in the plan before" if later > 0 else ""
        return f"{visit.order} ends {clock(visit.end)}{than}"

    links: list[str] = []
    for stop in route.stops:
        if isinstance(stop, StartStop):
            links = [_start_text(route, stop, request)]
        elif isinstance(stop, BreakStop):
            links.append(f"break {clock(stop.start)} to {clock(stop.end)}")
        elif isinstance(stop, DepotStop):
            links.append(f"{_minutes(stop.travel_s)} to depot {stop.depot}")
        elif isinstance(stop, VisitStop):
            if stop.wait_s:
                links = [f"{stop.order} may not start before {clock(stop.start)}"]
            else:
                links.append(f"{_minutes(stop.travel_s)} of travel to {stop.order}, there {clock(stop.arrival)}")
            if stop is late:
                break
            links.append(ending(stop))
    return "; ".join(links)


def _start_text(route: PlanRoute, start: StartStop, request: Request) -> str:
    technician = request.technicians_by_id.get(route.technician)
    free = None if technician is None else technician.available
    departure = f"{start.departure.astimezone(request.zone):%H:%M}"
    if free is not None and free.from_ == start.departure:
        return f"{route.technician} is free only from {departure}"
    return f"{route.technician} sets out {departure}"


def _minutes(seconds: int) -> str:
    return f"{-(-seconds // 60)} min"
