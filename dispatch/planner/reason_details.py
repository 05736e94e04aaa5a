"""The facts behind a reason, as a sentence for a dispatcher."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from dispatch.domain.plan import ReasonCode
from dispatch.domain.request import Order, Request, Technician
from dispatch.domain.values import duration_text

_NAMED: Final = 5
"""So many technicians are named; of more only the number is told."""


def local_text(moment: datetime, request: Request) -> str:
    """Return a moment as local date and time of the request: `2026-03-10 14:30`, with seconds where they matter."""
    local = moment.astimezone(request.zone)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"


def detail_of(code: ReasonCode, order: Order, request: Request, technicians: Sequence[Technician]) -> str:
    """Return what keeps `technicians` from serving `order`.

    Parameters
    ----------
    code
        One that rules technicians out for a rule of order, technician or shift: not `capacity` or `deferred`.
    """
    return _DETAIL_OF_CODE[code](order, request, technicians)


def _skill(order: Order, request: Request, technicians: Sequence[Technician]) -> str:
    lacking = []
    for skill, level in sorted(order.skills.items()):
        short = sum(1 for technician in technicians if technician.skills.get(skill, 0) < level)
        if short:
            best = max(technician.skills.get(skill, 0) for technician in request.technicians)
            lacking.append(f"{skill} at level {level} ({short} below it; the highest level anybody holds is {best})")
    return "needs " + ", ".join(lacking)


def _territory(order: Order, request: Request, technicians: Sequence[Technician]) -> str:
    territory = request.community_of(order).territory
    return f"community {order.community} lies in territory {territory}, which is not theirs: {_names(technicians)}"


def _excluded(order: Order, _request: Request, technicians: Sequence[Technician]) -> str:
    if order.required_technician is not None:
        return f"technician {order.required_technician} is required"
    return f"excluded by name: {_names(technicians)}"


def _window(order: Order, request: Request, _technicians: Sequence[Technician]) -> str:
    bounds = [("now", request.now), ("earliest_start", order.earliest_start), ("hold_until", order.hold_until)]
    name, earliest = max(((name, bound) for name, bound in bounds if bound), key=lambda named: named[1])
    if order.agreed_start is not None:
        asked = f"the agreed time {local_text(order.agreed_start, request)}"
    else:
        asked = ", ".join(f"{local_text(w.start, request)} to {local_text(w.end, request)}" for w in order.windows)
    return f"no start is left: {asked} is over before {name} {local_text(earliest, request)}"


def _shift(order: Order, request: Request, technicians: Sequence[Technician]) -> str:
    absent = sum(
        1
        for technician in technicians
        if all(shift.latest_end <= request.now or shift.start >= request.horizon.end for shift in technician.shifts)
    )
    some = f"; {absent} of them work at no time of the horizon" if absent else ""
    return f"takes {duration_text(order.duration)} and fits into no shift even without any travel{some}"


def _reach(_order: Order, _request: Request, technicians: Sequence[Technician]) -> str:
    who = _names(technicians)
    return f"too far: not reached in time, or not back before the shift is over, even as the only visit: {who}"


def _stock(order: Order, request: Request, technicians: Sequence[Technician]) -> str:
    parts = [
        f"{amount} x {part}"
        for part, amount in sorted(order.parts.items())
        if any(technician.stock.get(part, 0) < amount for technician in technicians)
    ]
    tools = [tool for tool in sorted(order.tools) if any(tool not in technician.tools for technician in technicians)]
    remedy = "no depot can be visited in time" if request.depots else "there is no depot"
    return f"{', '.join([*parts, *tools])} not on board and {remedy}: {_names(technicians)}"


def _locked(_order: Order, _request: Request, technicians: Sequence[Technician]) -> str:
    return f"the visits locked to them leave no room: {_names(technicians)}"


def _horizon(order: Order, request: Request, _technicians: Sequence[Technician]) -> str:
    starts = [window.start for window in order.windows]
    bounds = [order.agreed_start or (min(starts) if starts else None), order.earliest_start, order.hold_until]
    first = max(bound for bound in bounds if bound is not None)
    end = local_text(request.horizon.end, request)
    return f"may not start before {local_text(first, request)}; the horizon ends {end}"


def _hold(order: Order, request: Request, _technicians: Sequence[Technician]) -> str:
    if not order.resource_ready:
        return "its resources are not ready"
    until = "" if order.hold_until is None else f" until {local_text(order.hold_until, request)}"
    return f"the customer holds it{until}"


def _names(technicians: Sequence[Technician]) -> str:
    if len(technicians) > _NAMED:
        return f"{len(technicians)} technicians"
    return ", ".join(technician.id for technician in technicians)


_DETAIL_OF_CODE: Final[Mapping[ReasonCode, Callable[[Order, Request, Sequence[Technician]], str]]] = {
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
