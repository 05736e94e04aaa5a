"""The visits of a day that have begun: a plan made during the day has only what was left of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.plan_version import VisitBegun
from dispatch.domain.records.order_state import UNDER_WAY_STATES, State
from dispatch.domain.records.record import Between
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.ports import Transaction

BEGUN_STATES: Final[tuple[State, ...]] = tuple(sorted(UNDER_WAY_STATES | {"done", "closed", "surveyed"}))
"""The technician has set out, is there, or was: no later plan has the order."""


def visits_begun(
    day: date, *, zone: ZoneInfo, transaction: Transaction, technician: str | None = None
) -> tuple[VisitBegun, ...]:
    """Return the visits that were planned for a local day and have begun, by technician and start.

    Parameters
    ----------
    technician
        Only this one's; None = everybody's.
    """
    where = {"planned_start": local_day(day, zone), "state": BEGUN_STATES}
    if technician is not None:
        where["technician"] = technician
    orders = transaction.records(WorkOrder).all(where=where)
    places = transaction.records(CommunityRecord).find_all({order.community for order in orders})
    begun = [_begun(order, places.get(order.community)) for order in orders if order.technician is not None]
    return tuple(sorted(begun, key=lambda visit: (visit.technician, visit.start, visit.order)))


def local_day(day: date, zone: ZoneInfo) -> Between:
    """Return the condition that a moment lies on a local day."""
    midnights = [datetime.combine(one, time(), tzinfo=zone).astimezone(UTC) for one in (day, day + timedelta(days=1))]
    return Between(first=midnights[0], below=midnights[1])


def _begun(order: WorkOrder, place: CommunityRecord | None) -> VisitBegun:
    """Return a visit as it was, as far as it is known; else as it was planned."""
    planned_start, planned_end = order.planned_start or order.received_at, order.planned_end
    start = order.arrived_at or order.expected_arrival or planned_start
    length = order.order.duration if planned_end is None else planned_end - planned_start
    end = order.restored_at or order.expected_end or start + length
    return VisitBegun(
        technician=order.technician or "",
        order=order.id,
        kind=order.kind,
        community=order.community,
        place=(place.name if place is not None else None) or order.community,
        state=order.state,
        start=start,
        end=max(start, end),
    )
