"""Tables of the life cycle: work orders, their audit, timers, escalations, contact attempts, field events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.field_event import FieldDay, FieldEvent
from dispatch.domain.records.record import Record
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class WorkOrderRow(RecordRow, table=True):
    """An order with its life."""

    __tablename__ = "work_orders"
    __table_args__: ClassVar[Any] = (
        Index("ix_work_orders_centre_state", "centre", "state"),
        Index("ix_work_orders_centre_received_at", "centre", "received_at"),
        Index("ix_work_orders_centre_due", "centre", "due"),
        Index("ix_work_orders_centre_restored_at", "centre", "restored_at"),
        Index("ix_work_orders_centre_technician", "centre", "technician"),
        Index("ix_work_orders_centre_customer", "centre", "customer"),
        Index("ix_work_orders_centre_parent", "centre", "parent"),
    )

    state: str
    kind: str
    community: str
    tier: str
    priority: int
    customer: str | None
    technician: str | None
    plan: str | None
    parent: str | None
    remedy_of: str | None
    outcome: str | None
    received_at: datetime = Field(sa_type=UtcDateTime)
    due: datetime | None = Field(sa_type=UtcDateTime)
    planned_start: datetime | None = Field(sa_type=UtcDateTime)
    restored_at: datetime | None = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(sa_type=UtcDateTime)


class AuditEventRow(RecordRow, table=True):
    """A transition of an order."""

    __tablename__ = "audit_events"
    __table_args__: ClassVar[Any] = (
        Index("ix_audit_events_centre_order", "centre", "order", "order_version"),
        Index("ix_audit_events_centre_created_at", "centre", "created_at"),
    )

    order: str
    order_version: int
    action: str
    action_id: str | None
    actor: str
    to_state: str
    at: datetime = Field(sa_type=UtcDateTime)


class TimerRow(RecordRow, table=True):
    """A timer of an order."""

    __tablename__ = "timers"
    __table_args__: ClassVar[Any] = (
        Index("ix_timers_centre_order", "centre", "order"),
        Index("ix_timers_centre_is_running", "centre", "is_running", "due_at"),
        Index("ix_timers_next_at", "next_at"),
    )

    order: str
    kind: str
    technician: str | None
    is_running: bool
    due_at: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime | None = Field(sa_type=UtcDateTime)


class EscalationRow(RecordRow, table=True):
    """A warning, an escalation or a request for a message."""

    __tablename__ = "escalations"
    __table_args__: ClassVar[Any] = (
        Index("ix_escalations_centre_order", "centre", "order"),
        Index("ix_escalations_centre_created_at", "centre", "created_at"),
    )

    order: str
    kind: str
    level: str
    audience: str
    technician: str | None
    at: datetime = Field(sa_type=UtcDateTime)
    taken_up_at: datetime | None = Field(sa_type=UtcDateTime)


class ContactAttemptRow(RecordRow, table=True):
    """An attempt to reach a customer."""

    __tablename__ = "contact_attempts"
    __table_args__: ClassVar[Any] = (Index("ix_contact_attempts_centre_order", "centre", "order"),)

    order: str
    result: str
    technician: str | None
    at: datetime = Field(sa_type=UtcDateTime)


class FieldEventRow(RecordRow, table=True):
    """An event of the running day."""

    __tablename__ = "field_events"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("centre", "dispatch_day", "sequence", name="uq_field_events_centre_dispatch_day_sequence"),
    )

    dispatch_day: date
    sequence: int
    order: str | None
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)


class FieldDayRow(RecordRow, table=True):
    """How many field events a dispatch day has."""

    __tablename__ = "field_days"


LIFE_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {
    WorkOrder: WorkOrderRow,
    AuditEvent: AuditEventRow,
    Timer: TimerRow,
    Escalation: EscalationRow,
    ContactAttempt: ContactAttemptRow,
    FieldEvent: FieldEventRow,
    FieldDay: FieldDayRow,
}
"""The row of each kind of record of the life cycle."""
