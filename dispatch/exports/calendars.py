"""Calendars of technicians: one iCalendar file (RFC 5545) each, with an event for every visit and break.

Nothing depends on when or where the export runs: DTSTAMP is the request's `now`, and an event keeps its UID from one
version of a plan to the next as long as the order stays with its technician, so that calendars update instead of
showing it twice. Moments carry the request's zone, whose rules (VTIMEZONE) are in the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, Timezone, vText

from dispatch.domain.plan import BreakStop, PlanRoute, VisitStop
from dispatch.domain.plan_version import VisitBegun
from dispatch.domain.request import Technician
from dispatch.exports.exported_plan import ExportedPlan, arrival_of, departure_of
from dispatch.exports.text_files import stems_of

PRODUCT: Final = "-//field-dispatch//plan//EN"
UID_SPACE: Final = uuid5(NAMESPACE_URL, "field-dispatch/plan/1")
RULES_AROUND: Final = timedelta(days=366)
"""The zone's changes of the clock are given from so long before the first moment to so long after the last."""


def calendar_files(exported: ExportedPlan) -> dict[str, str]:
    """Return a calendar for every technician of the request by file name; one without visits replaces older ones."""
    technicians = exported.request.technicians
    stem_of_technician = stems_of(technician.id for technician in technicians)
    rules = zone_rules(exported)
    return {f"{stem_of_technician[one.id]}.ics": calendar_text(exported, one, rules=rules) for one in technicians}


def calendar_text(exported: ExportedPlan, technician: Technician, *, rules: Timezone | None = None) -> str:
    """Return the calendar of one technician of the plan as text; see `calendar_of`."""
    return calendar_of(exported, technician.id, name=technician.name, rules=rules)


def calendar_of(
    exported: ExportedPlan,
    technician: str,
    *,
    name: str | None = None,
    begun: Sequence[VisitBegun] = (),
    rules: Timezone | None = None,
) -> str:
    """Return the calendar of somebody as text, who need not be in the plan any more.

    Parameters
    ----------
    name
        What the calendar is called; None = as the technician's id.
    begun
        Visits of the day that have begun; those that the plan still has are shown as the plan has them.
    rules
        `zone_rules(exported)`, if the caller has them already: to find them takes longer than all the rest.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", vText(name or technician))  # no key of the RFC: not escaped otherwise
    calendar.add("x-wr-timezone", exported.request.time_zone)
    routes = [route for route in exported.plan.routes if route.technician == technician]
    calendar.add_component(rules or zone_rules(exported))
    for route in routes:
        breaks = 0
        for stop in route.stops:
            if isinstance(stop, VisitStop):
                calendar.add_component(_visit(exported, route, stop))
            elif isinstance(stop, BreakStop):
                breaks += 1
                calendar.add_component(_break(exported, route, stop, number=breaks))
    planned = {visit.order for route in routes for visit in route.visits}
    for visit in begun:
        if visit.order not in planned:
            calendar.add_component(_begun(exported, visit))
    content: bytes = calendar.to_ical()
    return content.decode()


def zone_rules(exported: ExportedPlan) -> Timezone:
    """Return the rules of the request's zone (VTIMEZONE) around everything in the plan."""
    horizon, routes = exported.request.horizon, exported.plan.routes
    moments = [horizon.start, horizon.end, *map(departure_of, routes), *map(arrival_of, routes)]
    first, last = min(moments) - RULES_AROUND, max(moments) + RULES_AROUND
    return Timezone.from_tzid(exported.request.time_zone, first_date=first.date(), last_date=last.date())


def _visit(exported: ExportedPlan, route: PlanRoute, visit: VisitStop) -> Event:
    request = exported.request
    order = exported.order_of(visit)
    community = request.community_of(order)
    place = order.address or community.name or community.id
    event = _event(exported, visit.start, visit.end, uid=(route.technician, visit.order))
    event.add("summary", f"{order.kind.replace('_', ' ')}: {place} ({order.id})")
    event.add("location", place)
    point = exported.point_of_order[order.id]
    if point is not None:
        event.add("geo", (round(point.lat, 6), round(point.lon, 6)))
    event.add("categories", [order.kind, request.tier_of(order)])
    event.add("description", "\n".join(_details(exported, visit)))
    event.add("status", "CONFIRMED")
    return event


def _begun(exported: ExportedPlan, visit: VisitBegun) -> Event:
    event = _event(exported, visit.start, visit.end, uid=(visit.technician, visit.order))
    event.add("summary", f"{visit.kind.replace('_', ' ')}: {visit.place} ({visit.order})")
    event.add("location", visit.place)
    event.add("categories", [visit.kind])
    event.add("description", visit.state.replace("_", " ").capitalize())
    event.add("status", "CONFIRMED")
    return event


def _details(exported: ExportedPlan, visit: VisitStop) -> list[str]:
    order = exported.order_of(visit)
    lines = [f"Order {order.id}, {order.kind}, tier {exported.request.tier_of(order)}, community {order.community}"]
    if order.agreed_start is not None:
        lines.append(f"Agreed: {exported.local(order.agreed_start):%Y-%m-%d %H:%M}")
    lines += [f"Booked: {exported.interval_text(window.start, window.end)}" for window in order.windows]
    lines.append(f"Arrival {exported.local(visit.arrival):%H:%M} after {-(-visit.travel_s // 60)} min of travel")
    if visit.due is not None:
        lines.append(f"Due {exported.local(visit.due):%Y-%m-%d %H:%M}")
    for title, amounts in (("Skills", order.skills), ("Parts", order.parts)):
        if amounts:
            lines.append(f"{title}: {', '.join(f'{name} {amount}' for name, amount in amounts.items())}")
    if order.tools:
        lines.append(f"Tools: {', '.join(order.tools)}")
    return lines


def _break(exported: ExportedPlan, route: PlanRoute, stop: BreakStop, *, number: int) -> Event:
    event = _event(exported, stop.start, stop.end, uid=(route.technician, route.shift, f"break {number}"))
    event.add("summary", "Break")
    return event


def _event(exported: ExportedPlan, start: datetime, end: datetime, *, uid: tuple[str, ...]) -> Event:
    event = Event()
    name = "\n".join(uid)  # ids are of one line, so this is unique
    event.add("uid", f"{uuid5(UID_SPACE, name)}@field-dispatch")
    event.add("dtstamp", exported.request.now.astimezone(UTC))
    event.add("dtstart", exported.local(start))
    event.add("dtend", exported.local(end))
    return event
