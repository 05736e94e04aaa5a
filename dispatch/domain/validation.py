"""What must hold across the fields of a request; every fault with its path, the value and a remedy.

Planned around and therefore no fault here: skills nobody has, windows in the past, orders longer than any shift, due
times in the past. Legal: shifts across midnight or `now`, shifts outside the horizon, empty lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice, pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Final, Protocol, TypeVar

from dispatch.domain.plan import Plan
from dispatch.domain.problems import shown
from dispatch.domain.request import Location, Order, Request, Shift, Technician
from dispatch.domain.travel_validation import travel_problems
from dispatch.domain.values import MAX_DURATION, duration_text
from dispatch.errors import Problem

MAX_KM_FROM_COMMUNITY: Final = 50.0
_EARTH_RADIUS_KM: Final = 6371.0
_Key = TypeVar("_Key")


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


def request_problems(request: Request) -> list[Problem]:
    """Return all faults that make a request impossible to plan, in the order of its fields; [] = sound."""
    return list(_problems(request))


def _problems(request: Request) -> Iterator[Problem]:
    if request.horizon.end <= request.horizon.start:
        yield _not_after("horizon.end", request.horizon.end, "horizon.start", request.horizon.start)
    yield from travel_problems(request)
    yield from _repeated_ids("depots", request.depots)
    yield from _repeated_ids("communities", request.communities)
    yield from _repeated_ids("technicians", request.technicians)
    for number, technician in enumerate(request.technicians):
        yield from _roster_problems(f"technicians[{number}]", technician)
    yield from _repeated_ids("orders", request.orders)
    for number, order in enumerate(request.orders):
        yield from order_problems(f"orders[{number}]", order, request)
    if request.current_plan is not None:
        yield from _plan_problems(request.current_plan, request)


def _repeated_ids(path: str, entries: Sequence[_HasId]) -> Iterator[Problem]:
    first_with: dict[str, int] = {}
    for number, entry in enumerate(entries):
        first = first_with.setdefault(entry.id, number)
        if first != number:
            message = f"{shown(entry.id)} stands already at {path}[{first}]"
            yield Problem(path=f"{path}[{number}].id", message=message, remedy="give each its own id")


def _not_after(path: str, moment: datetime, other: str, other_moment: datetime) -> Problem:
    message = f"{moment.isoformat()} is not after {other} {other_moment.isoformat()}"
    return Problem(path=path, message=message, remedy="swap or correct them")


def _before(path: str, moment: datetime, other: str, other_moment: datetime) -> Problem:
    message = f"{moment.isoformat()} lies before {other} {other_moment.isoformat()}"
    return Problem(path=path, message=message, remedy="swap or correct them")


def _roster_problems(path: str, technician: Technician) -> Iterator[Problem]:
    yield from _repeated_ids(f"{path}.shifts", technician.shifts)
    for number, shift in enumerate(technician.shifts):
        yield from _shift_problems(f"{path}.shifts[{number}]", shift)
    ordered = sorted(enumerate(technician.shifts), key=lambda numbered: numbered[1].start)
    for (number, shift), (next_number, next_shift) in pairwise(ordered):
        if next_shift.start < shift.latest_end:
            message = (
                f"{next_shift.start.isoformat()} lies inside {path}.shifts[{number}] ({shift.id}), "
                f"which may last until {shift.latest_end.isoformat()}"
            )
            remedy = "let shifts and their overtime not overlap"
            yield Problem(path=f"{path}.shifts[{next_number}].start", message=message, remedy=remedy)


def _shift_problems(path: str, shift: Shift) -> Iterator[Problem]:
    if shift.end <= shift.start:
        yield _not_after(f"{path}.end", shift.end, "start", shift.start)
        return
    if shift.latest_end < shift.end:
        yield _before(f"{path}.overtime_until", shift.latest_end, "end", shift.end)
        return
    if shift.latest_end - shift.start > MAX_DURATION:
        end = "end" if shift.overtime_until is None else "overtime_until"
        message = f"{shift.latest_end.isoformat()} lies more than {MAX_DURATION.days} days after start"
        yield Problem(path=f"{path}.{end}", message=message, remedy="correct it, or start")
        return
    previous = None
    for number, pause in enumerate(shift.breaks):
        place = f"{path}.breaks[{number}]"
        first_end, last_start = pause.earliest + pause.duration, pause.latest - pause.duration
        if last_start < pause.earliest:
            message = f"{duration_text(pause.duration)} does not fit between earliest and latest"
            yield Problem(path=f"{place}.duration", message=message, remedy="shorten the break or widen its interval")
        elif first_end > shift.latest_end or last_start < shift.start:
            message = (
                f"lies outside the shift ({shift.start.isoformat()} to {shift.latest_end.isoformat()}): "
                f"{pause.earliest.isoformat()} to {pause.latest.isoformat()}"
            )
            yield Problem(path=place, message=message, remedy="move it into the shift, or leave it out")
        times = (pause.earliest, first_end, last_start)
        if previous is not None and any(mine < theirs for mine, theirs in zip(times, previous, strict=True)):
            message = f"may have to come before breaks[{number - 1}]"
            remedy = "sort breaks so that earliest, earliest + duration and latest - duration each ascend"
            yield Problem(path=place, message=message, remedy=remedy)
        previous = times


def order_problems(path: str, order: Order, request: Request) -> Iterator[Problem]:
    """Find the faults of one order, which need not be one of the request; its own path is `path`."""
    community = request.communities_by_id.get(order.community)
    if community is None:
        yield _unknown(f"{path}.community", order.community, "community", request.communities_by_id)
    elif order.location is not None:
        km = _km_between(order.location, community.location)
        if km > MAX_KM_FROM_COMMUNITY:
            message = f"is {km:.0f} km from community {community.id}, more than {MAX_KM_FROM_COMMUNITY:.0f}"
            yield Problem(path=f"{path}.location", message=message, remedy="check the coordinates, and which is lat")
    if order.accepted_at > request.now:
        message = f"{order.accepted_at.isoformat()} lies after now {request.now.isoformat()}"
        yield Problem(path=f"{path}.accepted_at", message=message, remedy="correct it, or now")
    for number, window in enumerate(order.windows):
        if window.end < window.start:
            yield _before(f"{path}.windows[{number}].end", window.end, "start", window.start)
    if order.required_technician is not None and order.required_technician not in request.technicians_by_id:
        where = f"{path}.required_technician"
        yield _unknown(where, order.required_technician, "technician", request.technicians_by_id)
    for field, names in (
        ("preferred_technicians", order.preferred_technicians),
        ("excluded_technicians", order.excluded_technicians),
    ):
        for number, name in enumerate(names):
            if name not in request.technicians_by_id:
                yield _unknown(f"{path}.{field}[{number}]", name, "technician", request.technicians_by_id)


def _unknown(path: str, name: str, kind: str, known: Iterable[str]) -> Problem:
    examples = ", ".join(shown(other) for other in islice(known, 3))
    remedy = f"name one of the request's, such as {examples}" if examples else f"the request lists no {kind}"
    return Problem(path=path, message=f"no {kind} {shown(name)}", remedy=remedy)


def _km_between(one: Location, other: Location) -> float:
    """Return the great-circle distance on a sphere (haversine); 0 if either has no coordinates.

    Off by up to 0.5 % of an ellipsoid's, and by a kilometre between datums: enough to tell a slip of the pen.
    """
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return 0.0
    half_chord = (
        sin(radians(other.lat - one.lat) / 2) ** 2
        + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(radians(other.lon - one.lon) / 2) ** 2
    )
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(min(1.0, half_chord)))


def _plan_problems(plan: Plan, request: Request) -> Iterator[Problem]:
    """Check what a plan in force names: everything in it must be in the request, each order and shift once."""
    place_of_order: dict[str, str] = {}
    place_of_shift: dict[tuple[str, str], str] = {}
    for number, route in enumerate(plan.routes):
        path = f"current_plan.routes[{number}]"
        technician = request.technicians_by_id.get(route.technician)
        if technician is None:
            yield _unknown(f"{path}.technician", route.technician, "technician", request.technicians_by_id)
        elif route.shift not in technician.shifts_by_id:
            yield _unknown(f"{path}.shift", route.shift, f"shift of {technician.id}", technician.shifts_by_id)
        yield from _named_once(f"{path}.shift", (route.technician, route.shift), place_of_shift)
        for stop_number, stop in enumerate(route.stops):
            if stop.kind == "visit":
                yield from _planned_order_problems(f"{path}.stops[{stop_number}].order", stop.order, request)
                yield from _named_once(f"{path}.stops[{stop_number}].order", stop.order, place_of_order)
            elif stop.kind == "depot" and stop.depot not in request.depots_by_id:
                yield _unknown(f"{path}.stops[{stop_number}].depot", stop.depot, "depot", request.depots_by_id)
    for number, unassigned in enumerate(plan.unassigned):
        path = f"current_plan.unassigned[{number}].order"
        yield from _planned_order_problems(path, unassigned.order, request)
        yield from _named_once(path, unassigned.order, place_of_order)


def _planned_order_problems(path: str, order: str, request: Request) -> Iterator[Problem]:
    if order not in request.orders_by_id:
        message, remedy = f"no order {shown(order)}", "take it out of the plan, or add the order to the request"
        yield Problem(path=path, message=message, remedy=remedy)


def _named_once(path: str, name: _Key, place_of: dict[_Key, str]) -> Iterator[Problem]:
    first = place_of.setdefault(name, path)
    if first != path:
        yield Problem(path=path, message=f"{shown(name)} stands already at {first}", remedy="keep one of them")
