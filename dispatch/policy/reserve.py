"""Capacity for urgent orders that nobody knows yet: how many are expected when and where, and learning that from logs.

An order is urgent if the plan of the night before could not know it and the next one comes too late: it is booked for
the day on which it was accepted; or it is a repair or speed remedy without a booking and due before noon of the next
day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import accumulate
from typing import Any

from dispatch.domain.events import Event, OrderAccepted
from dispatch.domain.request import Order, Request, Window
from dispatch.domain.values import with_fixed_offset
from dispatch.policy.reserve_settings import HALF_DAYS, HOURS
from dispatch.policy.settings import Policy

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def placeholders(request: Request, policy: Policy) -> tuple[Order, ...]:
    """Return orders that stand for the urgent ones still expected inside the horizon; their ids are sentences.

    For each half-day so many as are expected to be accepted after `now`, times `share`, rounded; spread evenly over the
    communities in proportion to their shares, in the order of their ids. O(placeholders x log communities).

    Parameters
    ----------
    policy
        The effective one.
    """
    settings = policy.reserve
    if not settings.share:
        return ()
    places = _places(request, policy)
    found: list[Order] = []
    for day, name, window in _half_days_ahead(request, policy):
        count = int(settings.share * _still_expected(settings.expected.of(name), day, request) + 0.5)
        found += [
            Order(
                id=f"urgent repair expected {day} {name} {number + 1}",
                kind="follow_up",
                community=community,
                accepted_at=request.now,
                windows=(window,),
                duration=timedelta(seconds=settings.duration_s),
                skills=settings.skills,
            )
            for number, community in enumerate(_spread(places, count))
        ]
    return tuple(found)


def half_day_of(placeholder: Order) -> str:
    """Return day and half-day of a placeholder, as its id names them."""
    return " ".join(placeholder.id.split()[-3:-1])


def learned_reserve(logs: Sequence[Iterable[Event]], policy: Policy, *, zone: tzinfo | None = None) -> dict[str, Any]:
    """Count the urgent orders of earlier days; return what they say as settings of `[reserve]`.

    Parameters
    ----------
    logs
        Event logs of whole days; a day counts once in each log in which an order was accepted on it.
    policy
        Its half-days and the time in which repairs are promised.
    zone
        Whose local days count; None = the offsets that stand in the logs.

    Returns
    -------
    dict
        `expected`, `communities` (number of urgent orders on an average day), `duration_s` (their mean) and `skills`
        (what most of them need). Only `expected` if no order was urgent.
    """
    days, urgent = 0, []
    for log in logs:
        orders = [_at_home(event.order, zone) for event in log if isinstance(event, OrderAccepted)]
        days += len({accepted.date() for _, accepted in orders})
        urgent += [
            (order, accepted, name)
            for order, accepted in orders
            if (name := urgent_half_day(order, policy, zone=zone)) is not None
        ]
    of_hour = Counter((name, accepted.hour) for _, accepted, name in urgent)
    expected = {name: [_rounded(of_hour[name, hour] / max(1, days)) for hour in range(HOURS)] for name in HALF_DAYS}
    if not urgent:
        return {"expected": expected}
    of_place = Counter(order.community for order, _, _ in urgent)
    of_skills = Counter(tuple(sorted(order.skills.items())) for order, _, _ in urgent)
    usual_skills, _ = min(of_skills.items(), key=lambda skills_count: (-skills_count[1], skills_count[0]))
    total = sum((order.duration for order, _, _ in urgent), timedelta())
    return {
        "duration_s": round(total.total_seconds() / len(urgent)),
        "skills": dict(usual_skills),
        "communities": {place: _rounded(count / days) for place, count in sorted(of_place.items())},
        "expected": expected,
    }


def urgent_half_day(order: Order, policy: Policy, *, zone: tzinfo | None = None) -> str | None:
    """Return the half-day in which an urgent order needs its visit; None = it is not urgent."""
    accepted = order.accepted_at.astimezone(zone) if zone else order.accepted_at
    booked = order.agreed_start or min((window.start for window in order.windows), default=None)
    if booked is not None:
        wanted = booked.astimezone(accepted.tzinfo)
        return _half_day_at(wanted, policy) if wanted.date() == accepted.date() else None
    if order.kind not in {"repair", "speed_remedy"}:
        return None
    promise = policy.promise
    hours = promise.repair_h if order.kind == "repair" else promise.speed_remedy_h
    due = order.due.astimezone(accepted.tzinfo) if order.due else accepted + hours * _HOUR
    noon = datetime.combine(accepted.date() + _DAY, policy.appointment.half_days.morning.end, tzinfo=accepted.tzinfo)
    return _half_day_at(accepted, policy) if due <= noon else None


def _half_day_at(moment: datetime, policy: Policy) -> str:
    """Return the first half-day that is not over at a moment; in the night after the last one, the last."""
    halves = policy.appointment.half_days
    return next((name for name in HALF_DAYS if moment.time() < getattr(halves, name).end), HALF_DAYS[-1])


def _at_home(order: Order, zone: tzinfo | None) -> tuple[Order, datetime]:
    return order, order.accepted_at.astimezone(zone) if zone else order.accepted_at


def _half_days_ahead(request: Request, policy: Policy) -> Iterator[tuple[date, str, Window]]:
    """Yield day, name and window of the half-days that are not over, cut to `now` and the horizon."""
    begin, end = max(request.now, request.horizon.start), request.horizon.end
    day = begin.astimezone(request.zone).date()
    while day <= end.astimezone(request.zone).date():
        for name in HALF_DAYS:
            half = getattr(policy.appointment.half_days, name)
            opens = max(begin, with_fixed_offset(datetime.combine(day, half.start, tzinfo=request.zone)))
            closes = min(end, with_fixed_offset(datetime.combine(day, half.end, tzinfo=request.zone)))
            if opens < closes:
                yield day, name, Window(start=opens, end=closes)
        day += _DAY


def _still_expected(by_hour: Sequence[float], day: date, request: Request) -> float:
    """Return how many orders of a day are expected to be accepted after `now`."""
    now = request.now.astimezone(request.zone)
    if now.date() != day:
        return sum(by_hour)
    rest_of_hour = 1 - (now.minute * 60 + now.second) / 3_600
    return sum(by_hour[now.hour + 1 :]) + rest_of_hour * sum(by_hour[now.hour : now.hour + 1])


def _places(request: Request, policy: Policy) -> Mapping[str, float]:
    """Return shares of the request's communities: the learned ones, or else those of the open orders."""
    known = {c: share for c, share in policy.reserve.communities.items() if c in request.communities_by_id and share}
    return known or Counter(order.community for order in request.orders)


def _spread(places: Mapping[str, float], count: int) -> Iterator[str]:
    """Yield so many places, evenly over the sum of their shares."""
    names = sorted(places)
    ends = list(accumulate(places[name] for name in names))
    for number in range(count if names else 0):
        at = bisect_right(ends, (number + 0.5) / count * ends[-1])
        yield names[min(at, len(names) - 1)]


def _rounded(number: float) -> float:
    return round(number, 3)
