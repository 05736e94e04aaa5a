"""The clocks of an order: gross, net of customer-caused time, and what a broken promise was due to (T3, T4, T7).

Pure functions of a work order: the timers, the pages and the figures of attainment all count by them. Coverage (R06)
is another matter and not found here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dispatch.domain.records.order_view import HoldView, OrderView
from dispatch.domain.records.work_order import Hold, WorkOrder
from dispatch.policy.life_settings import LifeSettings

Judged = WorkOrder | OrderView
"""An order whose clocks are read; figures over many orders read the smaller view."""

BreachCause = Literal[
    "operator_change",
    "mass_outage",
    "no_resource",
    "not_planned",
    "planned_late",
    "arrived_late",
    "took_longer",
    "not_served",
]
"""operator_change: one appointment too many was changed. no_resource: the line was ready too late. not_planned: no
technician was named before the due time. planned_late: the plan itself was late. arrived_late, took_longer: the plan
was in time, the visit began late or lasted too long. not_served: planned, and nobody came."""


@dataclass(frozen=True, kw_only=True)
class Clock:
    """How long an order took, or has taken until now, in seconds.

    Attributes
    ----------
    gross_s
        From acceptance to restoration, else to now.
    customer_s
        Of that, what the customer made it wait for (T7); intervals that overlap count once.
    """

    gross_s: int
    customer_s: int

    @property
    def net_s(self) -> int:
        """Without customer-caused time: what attainment is judged by."""
        return self.gross_s - self.customer_s


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Whether a promise was kept.

    Attributes
    ----------
    is_gross_on_time, is_net_on_time
        By the due time as promised; by the due time with customer-caused time added, at most the allowed number of
        operator's changes. None = nothing was promised, it is still open and not late, or the order was given up.
    net_due
        The due time with customer-caused time added.
    cause
        Of a breach by the net clock; None = there is none.
    """

    is_gross_on_time: bool | None
    is_net_on_time: bool | None
    net_due: datetime | None
    cause: BreachCause | None


def clock_of(order: Judged, now: datetime) -> Clock:
    """Return how long an order took until its service was restored (T4); if it is not, until its end or now."""
    end = _end_of(order, now)
    gross = max(timedelta(0), end - order.accepted_at)
    waited = sum(
        (until - start for start, until in _merged(order.holds, first=order.accepted_at, last=end)), start=timedelta(0)
    )
    return Clock(gross_s=_seconds(gross), customer_s=_seconds(waited))


def net_due(order: Judged, now: datetime) -> datetime | None:
    """Return an order's due time with the customer-caused time added that began before it ran out (T7).

    A hold without an end counts until `now`. None = nothing is promised.
    """
    return None if order.due is None else moved_by_holds(order, order.due, now)


def moved_by_holds(order: Judged, due: datetime, now: datetime) -> datetime:
    """Return some due time of an order with the customer-caused time added that began before it ran out (T7)."""
    if not order.holds:
        return due
    for start, until in _merged(order.holds, first=order.accepted_at, last=None, now=_end_of(order, now)):
        if start > due:
            break
        due += until - start
    return due


def is_paused(order: Judged) -> bool:
    """Tell whether the customer makes the order wait without a known end: the net clock stands still."""
    return any(hold.end is None for hold in order.holds)


def judge(order: Judged, settings: LifeSettings, now: datetime) -> Judgement:
    """Return whether an order's promise was kept, by both clocks, and why not."""
    if order.due is None or order.state in ("withdrawn", "rejected"):
        due = net_due(order, now)
        return Judgement(is_gross_on_time=None, is_net_on_time=None, net_due=due, cause=None)
    due = moved_by_holds(order, order.due, now)
    is_net_on_time = is_kept(order, due, now)
    cause: BreachCause | None = None
    if is_net_on_time is False:
        cause = _cause(order, due)
    elif is_changed_too_often(order, settings):
        is_net_on_time, cause = False, "operator_change"
    return Judgement(
        is_gross_on_time=is_kept(order, order.due, now), is_net_on_time=is_net_on_time, net_due=due, cause=cause
    )


def is_changed_too_often(order: Judged, settings: LifeSettings) -> bool:
    """Tell whether the operator changed so many appointments that the order is late by that alone (T7)."""
    return len(order.operator_changes) > settings.operator_changes


def is_appointment_kept(order: Judged, settings: LifeSettings) -> bool | None:
    """Tell whether arrival and agreed time differ by no more than promised, either way (R09); None = not known."""
    if order.arrival_deviation_s is None:
        return None
    return abs(order.arrival_deviation_s) <= settings.arrival_error_min * 60


def is_kept(order: Judged, due: datetime, now: datetime) -> bool | None:
    """Tell whether an order's service was restored by some due time (T4); None = not yet, and it is not over."""
    if order.restored_at is not None:
        return order.restored_at <= due
    return False if now > due else None


def _end_of(order: Judged, now: datetime) -> datetime:
    return order.restored_at or order.closed_at or now


def _cause(order: Judged, due: datetime) -> BreachCause:
    """Return the first thing on the way that alone explains the breach."""
    if order.parent is not None:
        return "mass_outage"
    if any(change.cause == "no_resource" and change.at > order.accepted_at for change in order.operator_changes):
        return "no_resource"
    if order.planned_end is None or order.technician is None:
        return "not_planned"
    if order.planned_end > due:
        return "planned_late"
    if order.arrived_at is None:
        return "not_served"
    is_late_arrival = order.planned_start is not None and order.arrived_at > order.planned_start
    service = order.planned_end - order.planned_start if order.planned_start is not None else timedelta(0)
    return "arrived_late" if is_late_arrival and order.arrived_at + service > due else "took_longer"


def _merged(
    holds: Sequence[Hold | HoldView], *, first: datetime, last: datetime | None, now: datetime | None = None
) -> list[tuple[datetime, datetime]]:
    """Return the holds as intervals that do not overlap, cut to what lies between `first` and `last`."""
    until_now = last if last is not None else now
    merged: list[tuple[datetime, datetime]] = []
    for hold in sorted(holds, key=lambda hold: hold.start):
        end = hold.end if hold.end is not None else until_now
        start = max(hold.start, first)
        if end is None or end <= start:
            continue
        end = end if last is None else min(end, last)
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)
