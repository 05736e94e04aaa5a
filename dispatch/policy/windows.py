"""When the service of an order may start."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.domain.request import Order, Request, Window
from dispatch.policy.settings import Policy


def hard_hold(order: Order, request: Request) -> bool:
    """Tell whether an order cannot be planned at all: its resource is not ready, or it is held past the horizon."""
    return not order.resource_ready or (order.hold_until is not None and order.hold_until >= request.horizon.end)


def start_windows(order: Order, request: Request, policy: Policy) -> tuple[Window, ...]:
    """Return the windows in which service may start: ascending, disjoint, both ends included; () = not plannable.

    These are the bookings, or any time if there are none. An agreed time replaces them: from `early_s` before it to
    `late_s` after it, or, where `agreed_window` is `priced`, to the end of the horizon. All are cut to what lies at or
    after `now`, `earliest_start` and `hold_until`, and at or before the horizon's end.
    """
    if hard_hold(order, request):
        return ()
    bounds = (request.now, order.earliest_start, order.hold_until)
    earliest = max(bound for bound in bounds if bound is not None)
    latest = request.horizon.end
    merged: list[Window] = []
    for wanted_start, wanted_end in sorted(_wanted(order, request, policy)):
        start, end = max(wanted_start, earliest), min(wanted_end, latest)
        if start > end:
            continue
        if merged and start <= merged[-1].end:
            merged[-1] = Window(start=merged[-1].start, end=max(merged[-1].end, end))
        else:
            merged.append(Window(start=start, end=end))
    return tuple(merged)


def _wanted(order: Order, request: Request, policy: Policy) -> list[tuple[datetime, datetime]]:
    """Return when a start is wanted, from and to; around an agreed time that may lie beyond what a document can say."""
    agreed, appointment, horizon_end = order.agreed_start, policy.appointment, request.horizon.end
    if agreed is not None:
        opening = agreed - timedelta(seconds=appointment.early_s)
        closing = agreed + timedelta(seconds=appointment.late_s)
        if appointment.agreed_window == "priced":
            closing = max(closing, horizon_end)
        return [(opening, closing)]
    if order.windows:
        return [(window.start, window.end) for window in order.windows]
    return [(min(request.now, horizon_end), horizon_end)]
