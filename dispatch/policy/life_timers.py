"""Which timers an order has: a pure function of where it stands, so that none is forgotten and none outlives its cause.

docs/life-cycle.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.records.order_state import OPEN_STATES
from dispatch.domain.records.timer import TimerKind
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.clocks import is_paused, net_due
from dispatch.policy.contact_hours import first_contact_due
from dispatch.policy.life_settings import LifeSettings


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When a timer runs out, and when a warning is given."""

    warn_at: datetime
    due_at: datetime


def deadlines_of(order: WorkOrder, settings: LifeSettings, now: datetime) -> Mapping[TimerKind, Deadline]:
    """Return the timers that run for an order, by kind."""
    return dict(_deadlines(order, settings, now))


def _deadlines(order: WorkOrder, settings: LifeSettings, now: datetime) -> Iterator[tuple[TimerKind, Deadline]]:
    limits, warnings = settings.limits, settings.warnings
    yield from _promise(order, settings, now)
    match order.state:
        case "dispatched" if order.dispatched_at is not None:
            yield "accept", _before(order.dispatched_at + _minutes(limits.accept_min), warnings.accept)
        case "accepted" if order.next_contact is not None:
            window = order.next_contact
            yield "contact_retry", Deadline(warn_at=window.start, due_at=window.end)
        case "accepted" if order.first_contact_at is None and order.technician_accepted_at is not None:
            limit = _minutes(limits.first_contact_min)
            due = first_contact_due(order.technician_accepted_at, limit, settings.contact, order.zone)
            yield "first_contact", _before(due, warnings.first_contact)
        case "done" if order.restored_at is not None:
            yield "close", _before(order.restored_at + _minutes(limits.close_min), warnings.close)
        case "withdrawal_requested" if order.withdrawal is not None:
            yield "withdrawal_verify", _before(order.withdrawal.verify_by, warnings.withdrawal_verify)
            yield "withdrawal_close", _before(order.withdrawal.close_by, warnings.withdrawal_close)
        case "withdrawal_verified" if order.withdrawal is not None:
            yield "withdrawal_close", _before(order.withdrawal.close_by, warnings.withdrawal_close)
        case "held" | "no_access":
            yield "hold", _before(_hold_ends(order, limits.hold_review_min), warnings.hold)
        case _:
            pass
    if order.state in ("agreed", "en_route") and order.agreed_start is not None:
        yield "arrival", _before(order.agreed_start + _minutes(settings.arrival_error_min), warnings.arrival)


def _promise(order: WorkOrder, settings: LifeSettings, now: datetime) -> Iterator[tuple[TimerKind, Deadline]]:
    """Yield the promise's timer; it stands still while the customer makes the order wait without a known end."""
    is_given_up = order.state in ("withdrawal_requested", "withdrawal_verified")
    if order.state not in OPEN_STATES or order.restored_at is not None or is_given_up or is_paused(order):
        return
    due = net_due(order, now)
    if due is not None:
        yield "promise", _before(due, settings.warnings.promise)


def _hold_ends(order: WorkOrder, review_min: int) -> datetime:
    """Return when a hold ends, or, if that is not known, when it is looked at again."""
    if order.held_until is not None:
        return order.held_until
    begun = max((hold.start for hold in order.holds), default=order.received_at)
    return begun + _minutes(review_min)


def _before(due_at: datetime, minutes: int) -> Deadline:
    return Deadline(warn_at=due_at - _minutes(minutes), due_at=due_at)


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
