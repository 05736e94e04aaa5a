"""Look at orders: one, its history, the countdowns, what is left to take up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.record import Below
from dispatch.domain.records.timer import Timer, TimerKind
from dispatch.domain.records.work_order import WorkOrder
from dispatch.ports import Clock, Store


@dataclass(frozen=True, kw_only=True)
class Countdown:
    """A timer as a supervisor sees it.

    Attributes
    ----------
    remaining_s
        Until it runs out; negative = it ran out so long ago.
    """

    order: str
    kind: TimerKind
    technician: str | None
    due_at: datetime
    warn_at: datetime
    remaining_s: int
    is_warned: bool


@dataclass(frozen=True, kw_only=True)
class OrderHistory:
    """Everything that was recorded of an order, the oldest first."""

    order: WorkOrder
    audit: tuple[AuditEvent, ...]
    contacts: tuple[ContactAttempt, ...]
    escalations: tuple[Escalation, ...]
    timers: tuple[Timer, ...]


def get_order(order_id: str, *, store: Store) -> WorkOrder:
    """Return an order; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        return transaction.records(WorkOrder).get(order_id)


def history(order_id: str, *, store: Store) -> OrderHistory:
    """Return what was recorded of an order; raises `NotFoundError` if there is none."""
    where = {"order": order_id}
    with store.read() as transaction:
        return OrderHistory(
            order=transaction.records(WorkOrder).get(order_id),
            audit=tuple(sorted(transaction.records(AuditEvent).all(where=where), key=_moment_of)),
            contacts=transaction.records(ContactAttempt).all(where=where, sort="at"),
            escalations=transaction.records(Escalation).all(where=where, sort="at"),
            timers=transaction.records(Timer).all(where=where, sort="due_at"),
        )


def countdowns(*, store: Store, clock: Clock, within_s: int | None = None, limit: int = 200) -> tuple[Countdown, ...]:
    """Return the timers that run, the next to run out first.

    Parameters
    ----------
    within_s
        Only those that run out within so many seconds; None = all.
    """
    now = clock.now()
    where: dict[str, object] = {"is_running": True}
    if within_s is not None:
        where["due_at"] = Below(now + timedelta(seconds=within_s))
    with store.read() as transaction:
        timers = transaction.records(Timer).all(where=where, sort="due_at", limit=limit)
    return tuple(
        Countdown(
            order=timer.order,
            kind=timer.kind,
            technician=timer.technician,
            due_at=timer.due_at,
            warn_at=timer.warn_at,
            remaining_s=(timer.due_at - now) // timedelta(seconds=1),
            is_warned=timer.is_warned,
        )
        for timer in timers
    )


def take_up(escalation_id: str, *, store: Store, clock: Clock, actor: str) -> Escalation:
    """Write down that somebody sees to an escalation; it stays the first one's.

    Raises
    ------
    NotFoundError
        If there is no such escalation.
    """
    with store.write() as transaction:
        escalation = transaction.records(Escalation).get(escalation_id)
        if escalation.taken_up_at is not None:
            return escalation
        now = clock.now()
        taken = escalation.changed(now, taken_up_at=now.replace(microsecond=0), taken_up_by=actor)
        return transaction.records(Escalation).save(taken)


def _moment_of(event: AuditEvent) -> tuple[int, datetime]:
    return event.order_version, event.created_at
