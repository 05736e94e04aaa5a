"""The facts behind a reason, as a sentence for a dispatcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.plan import ReasonCode
from dispatch.domain.request import Order, Request, Technician, Window
from dispatch.planner.roster import PlannedShift

_NAMED: Final = 5
"""So many technicians, windows or parts are named; of more only the number is told."""


@dataclass(frozen=True, kw_only=True)
class Exclusion:
    """Technicians whom one rule keeps from an order.

    Attributes
    ----------
    technicians
        Whom it is about, at least one.
    windows
        When the order may start; () = never inside the horizon.
    shifts
        Of the technicians, as far as they lie in the horizon.
    """

    order: Order
    request: Request
    technicians: Sequence[Technician]
    windows: Sequence[Window]
    shifts: Sequence[PlannedShift]


def local_text(moment: datetime, request: Request) -> str:
    """Return a moment as local date and time of the request: `2026-03-10 14:30`, with seconds where they matter."""
    local = moment.astimezone(request.zone)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def detail_of(code: ReasonCode, exclusion: Exclusion) -> str:
    """Return what keeps technicians from serving an order.

    Parameters
    ----------
    code
        One that rules technicians out for a rule of order, technician or shift: not `capacity` or `deferred`.
    """
    return _DETAIL_OF_CODE[code](exclusion)


def _skill(found: Exclusion) -> str:
    lacking = []
    for skill, level in sorted(found.order.skills.items()):
        short = sum(1 for technician in found.technicians if technician.skills.get(skill, 0) < level)
        if short:
            best = max(technician.skills.get(skill, 0) for technician in found.request.technicians)
            lacking.append(f"{skill} at level {level} ({short} below it; the highest level anybody holds is {best})")
    return "needs " + ", ".join(lacking)


def _territory(found: Exclusion) -> str:
    order = found.order
    territory = found.request.community_of(order).territory
    return f"community {order.community} lies in territory {territory}, which is not theirs: {_names(found)}"


def _excluded(found: Exclusion) -> str:
    required = found.order.required_technician
    if required is None:
        return f"excluded by name: {_names(found)}"
    if required in found.order.excluded_technicians:
        return f"technician {required} is required, and excluded by name as well"
    return f"technician {required} is required"


def _window(found: Exclusion) -> str:
    order, request = found.order, found.request
    bounds = [("now", request.now), ("earliest_start", order.earliest_start), ("hold_until", order.hold_until)]
    name, earliest = max(((name, bound) for name, bound in bounds if bound), key=lambda named: named[1])
    if order.agreed_start is not None:
        asked = f"the agreed time {local_text(order.agreed_start, request)}"
    else:
        asked = _windows_text(order.windows, request)
    return f"no start is left: {asked} is over before {name} {local_text(earliest, request)}"


def _shift(found: Exclusion) -> str:
    at_work = {planned.technician.id for planned in found.shifts}
    if not at_work:
        return f"no shift in the horizon: {_names(found)}"
    absent = len(found.technicians) - len(at_work)
    some = f", {absent} of them without a shift" if absent else ""
    return f"fits into no shift even without any travel: {_visit_text(found)}: {_names(found)}{some}"


def _reach(found: Exclusion) -> str:
    return f"not there in time or not back in time, even as the only visit: {_visit_text(found)}: {_names(found)}"


def _stock(found: Exclusion) -> str:
    order = found.order
    parts = [
        f"{amount} x {part}"
        for part, amount in sorted(order.parts.items())
        if any(technician.stock.get(part, 0) < amount for technician in found.technicians)
    ]
    carried = [set(technician.tools) for technician in found.technicians]
    tools = [tool for tool in sorted(set(order.tools)) if any(tool not in tools for tools in carried)]
    remedy = "no depot can be visited in time" if found.request.depots else "there is no depot"
    return f"{_listed([*parts, *tools])} not on board and {remedy}: {_names(found)}"


def _locked(found: Exclusion) -> str:
    return f"the visits locked to them leave no room: {_names(found)}"


def _horizon(found: Exclusion) -> str:
    order, request = found.order, found.request
    end = local_text(request.horizon.end, request)
    if order.agreed_start is not None:
        return f"agreed for {local_text(order.agreed_start, request)}; the horizon ends {end}"
    bounds = (request.now, order.earliest_start, order.hold_until)
    first = max(bound for bound in bounds if bound is not None)
    if order.windows:
        first = min(max(window.start, first) for window in order.windows if window.end >= first)
    return f"may not start before {local_text(first, request)}; the horizon ends {end}"


def _hold(found: Exclusion) -> str:
    order = found.order
    if not order.resource_ready:
        return "its resources are not ready"
    until = "" if order.hold_until is None else f" until {local_text(order.hold_until, found.request)}"
    return f"the customer holds it{until}"


def _visit_text(found: Exclusion) -> str:
    """Tell how long the visit takes, when it may start, and when the shifts are, as far as each is limited."""
    order, request = found.order, found.request
    duration_s = order.duration // timedelta(seconds=1)
    lengths_s = [-(-duration_s * technician.service_permille // 1000) for technician in found.technicians]
    shortest, longest = _length_text(min(lengths_s)), _length_text(max(lengths_s))
    facts = [f"takes {shortest}" if shortest == longest else f"takes {shortest} to {longest}"]
    if order.windows or order.agreed_start is not None:
        facts.append(f"start {_windows_text(found.windows, request)}")
    elif order.earliest_start is not None or order.hold_until is not None:
        facts.append(f"start from {local_text(found.windows[0].start, request)}")
    first = min(planned.departure for planned in found.shifts)
    last = max(planned.shift.latest_end for planned in found.shifts)
    breaks = " and their breaks" if any(planned.shift.breaks for planned in found.shifts) else ""
    facts.append(f"shifts{breaks} between {_span_text(first, last, request, joint='and')}")
    return ", ".join(facts)


def _length_text(length_s: int) -> str:
    minutes, seconds = divmod(length_s, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if number]
    return " ".join(parts)


def _windows_text(windows: Sequence[Window], request: Request) -> str:
    return _listed([_span_text(window.start, window.end, request) for window in windows])


def _span_text(start: datetime, end: datetime, request: Request, *, joint: str = "to") -> str:
    """Return two moments; the day of the second only if it is another one."""
    first, last = local_text(start, request), local_text(end, request)
    is_same_day = first.split()[0] == last.split()[0]
    return f"{first} {joint} {last.split()[1] if is_same_day else last}"


def _listed(entries: Sequence[str]) -> str:
    more = f" and {len(entries) - _NAMED} more" if len(entries) > _NAMED else ""
    return ", ".join(entries[:_NAMED]) + more


def _names(found: Exclusion) -> str:
    if len(found.technicians) > _NAMED:
        return f"{len(found.technicians)} technicians"
    return ", ".join(technician.id for technician in found.technicians)


_DETAIL_OF_CODE: Final[Mapping[ReasonCode, Callable[[Exclusion], str]]] = {
    "skill": _skill,
    "territory": _territory,
    "excluded": _excluded,
    "window": _window,
    "shift": _shift,
    "reach": _reach,
    "stock": _stock,
    "locked": _locked,
    "horizon": _horizon,
    "hold": _hold,
}
