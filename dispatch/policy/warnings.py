"""What is possible but odd in a request: worth telling, no reason to refuse it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from dispatch.domain.request import Order, Request, Travel, TravelSource
from dispatch.errors import InputWarning
from dispatch.policy.settings import Policy
from dispatch.policy.weights import weights_warnings

LONG_VISIT: Final = timedelta(hours=8)
LONG_HORIZON: Final = timedelta(days=31)

_USERS_OF_FIELD: Final[Mapping[str, tuple[TravelSource, ...]]] = MappingProxyType(
    {
        "profiles": ("matrix",),
        "path": ("road_graph", "osm"),
        "sha256": ("road_graph", "osm"),
        "url": ("osrm", "valhalla"),
    }
)
"""The providers that use each field of `Travel`."""


@dataclass(frozen=True)
class _Oddity:
    """Something odd about an order: where, in which words, and how to tell."""

    field: str
    message: str
    is_found: Callable[[Order, Request], bool]


def _windows_are_over(order: Order, request: Request) -> bool:
    windows = () if order.agreed_start is not None else order.windows
    return bool(windows) and all(window.end < request.now for window in windows)


def _is_agreed_outside(order: Order, request: Request) -> bool:
    agreed = order.agreed_start
    return agreed is not None and not request.now <= agreed <= request.horizon.end


def _excludes_whom_it_names(order: Order, _request: Request) -> bool:
    named = {order.required_technician, *order.preferred_technicians}
    return not named.isdisjoint(order.excluded_technicians)


_ODDITIES: Final = (
    _Oddity("duration", "longer than 8 hours", lambda order, _: order.duration > LONG_VISIT),
    _Oddity(
        "priority",
        "has no effect on a follow-up, which is filler work",
        lambda order, _: order.kind == "follow_up" and order.priority > 0,
    ),
    _Oddity(
        "due",
        "a follow-up has a filler's price whatever its due time",
        lambda order, _: order.kind == "follow_up" and order.due is not None,
    ),
    _Oddity(
        "due",
        "lies before accepted_at",
        lambda order, _: order.due is not None and order.due < order.accepted_at,
    ),
    _Oddity("windows", "all over by now: the order cannot be planned", _windows_are_over),
    _Oddity("agreed_start", "lies before now or after the horizon", _is_agreed_outside),
    _Oddity("excluded_technicians", "also required or preferred", _excludes_whom_it_names),
)


def request_warnings(request: Request, policy: Policy) -> tuple[InputWarning, ...]:
    """Return what is odd in a request and in the policy it is planned under; one entry for each kind of oddity."""
    return (
        *_period_warnings(request),
        *_travel_warnings(request.travel),
        *_roster_warnings(request),
        *_order_warnings(request),
        *_policy(policy),
    )


def _policy(policy: Policy) -> Iterator[InputWarning]:
    for warning in weights_warnings(policy):
        yield InputWarning(path=f"policy.{warning.path}", message=warning.message)


def _period_warnings(request: Request) -> Iterator[InputWarning]:
    horizon = request.horizon
    if horizon.end <= request.now:
        yield InputWarning(path="horizon.end", message="lies before now: nothing can be planned")
    if horizon.end - horizon.start > LONG_HORIZON:
        yield InputWarning(path="horizon", message=f"longer than {LONG_HORIZON.days} days: planning will be slow")


def _travel_warnings(travel: Travel) -> Iterator[InputWarning]:
    for field, users in _USERS_OF_FIELD.items():
        if travel.provider not in users and getattr(travel, field):
            yield InputWarning(path=f"travel.{field}", message=f"not used by provider {travel.provider}")
    if travel.provider != "matrix":
        return
    for profile, matrix in (travel.profiles or {}).items():
        if any(row[number] != 0 for number, row in enumerate(matrix.durations_s)):
            message = "the way from a place to itself takes time; rows and columns may be shifted"
            yield InputWarning(path=f"travel.profiles.{profile}.durations_s", message=message)


def _roster_warnings(request: Request) -> Iterator[InputWarning]:
    horizon = request.horizon
    outside = [
        f"technicians[{number}].shifts[{shift_number}]"
        for number, technician in enumerate(request.technicians)
        for shift_number, shift in enumerate(technician.shifts)
        if shift.latest_end <= horizon.start or shift.start >= horizon.end
    ]
    yield from _together(outside, "lies outside the horizon and is ignored")
    territories = {community.territory for community in request.communities}
    unknown = [
        f"technicians[{number}].territories"
        for number, technician in enumerate(request.technicians)
        if technician.territories and territories.isdisjoint(technician.territories) and None not in territories
    ]
    yield from _together(unknown, "covers no community's territory: the technician cannot be used")


def _order_warnings(request: Request) -> Iterator[InputWarning]:
    for oddity in _ODDITIES:
        paths = [
            f"orders[{number}].{oddity.field}"
            for number, order in enumerate(request.orders)
            if oddity.is_found(order, request)
        ]
        yield from _together(paths, oddity.message)


def _together(paths: Sequence[str], message: str) -> Iterator[InputWarning]:
    """Tell of many alike in one warning, at the first: a monthly roster has hundreds of shifts outside the horizon."""
    if paths:
        more = f" (and {len(paths) - 1} more like it)" if len(paths) > 1 else ""
        yield InputWarning(path=paths[0], message=f"{message}{more}")
