"""Which windows and times customers are offered (docs/commitments.md, R07 and R08)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from dispatch.domain.offers import SlotWindow
from dispatch.domain.request import Order, Request, Window
from dispatch.domain.values import with_fixed_offset
from dispatch.policy.settings import Policy

LEAST_LEFT = timedelta(hours=1)
"""A window of which less is left is not offered."""


def slot_windows(request: Request, policy: Policy) -> tuple[SlotWindow, ...]:
    """Return the half-days of the next days, each followed by its finer windows, by their beginning.

    The last finer window of a half-day ends with it; a rest of less than half their length belongs to the one before.

    Parameters
    ----------
    policy
        The effective one.
    """
    finer = timedelta(hours=policy.slots.finer_h)
    slots = []
    for day, name, window in _half_days(request, policy):
        slots.append(SlotWindow(label=f"{day} {name}", window=window))
        start = window.start
        while window.end - start >= finer * 1.5:
            slots.append(_finer(day, Window(start=start, end=start + finer), request))
            start += finer
        if start > window.start:
            slots.append(_finer(day, Window(start=start, end=window.end), request))
    return tuple(slot for slot in slots if slot.window.end - max(slot.window.start, request.now) >= LEAST_LEFT)


def time_windows(order: Order, request: Request, policy: Policy) -> tuple[SlotWindow, ...]:
    """Return the exact times that may be proposed for an order: every quarter of an hour, or what the policy says.

    They lie inside the order's booking, if it has one, else inside the half-days of the next days. The window of a time
    is where the visit should be planned, so that delays find room: from `early_s` before it to `buffer_s` after it. It
    is kept if the visit starts up to `late_s` after it.

    Parameters
    ----------
    policy
        The effective one.
    """
    appointment, step = policy.appointment, timedelta(minutes=policy.slots.step_min)
    early, late = timedelta(seconds=appointment.early_s), timedelta(seconds=appointment.late_s)
    buffer = timedelta(seconds=min(appointment.buffer_s, appointment.late_s))
    booked = order.windows or tuple(window for _, _, window in _half_days(request, policy))
    first = request.now if order.earliest_start is None else max(request.now, order.earliest_start)
    proposed: dict[datetime, SlotWindow] = {}
    for window in booked:
        moment = _rounded_up(max(window.start, first), step)
        while moment <= window.end:
            local = moment.astimezone(request.zone)
            proposed[moment] = SlotWindow(
                label=f"{local:%Y-%m-%d %H:%M}",
                window=Window(start=moment - early, end=moment + buffer),
                told=moment,
                kept_until=moment + late,
            )
            moment += step
    return tuple(proposed[moment] for moment in sorted(proposed))


def _half_days(request: Request, policy: Policy) -> Iterator[tuple[date, str, Window]]:
    """Yield day, name and window of the half-days of the next days that lie inside the horizon."""
    begin = max(request.now, request.horizon.start).astimezone(request.zone).date()
    for later in range(policy.slots.days):
        day = begin + timedelta(days=later)
        for name, half in vars(policy.appointment.half_days).items():
            window = Window(start=_moment(day, half.start, request), end=_moment(day, half.end, request))
            if window.start >= request.horizon.start and window.end <= request.horizon.end:
                yield day, name, window


def _finer(day: date, window: Window, request: Request) -> SlotWindow:
    start, end = window.start.astimezone(request.zone), window.end.astimezone(request.zone)
    return SlotWindow(label=f"{day} {start:%H:%M}-{end:%H:%M}", window=window)


def _moment(day: date, time_of_day: time, request: Request) -> datetime:
    return with_fixed_offset(datetime.combine(day, time_of_day, tzinfo=request.zone))


def _rounded_up(moment: datetime, step: timedelta) -> datetime:
    since = moment - moment.replace(hour=0, minute=0, second=0)
    return moment + (-since % step)
