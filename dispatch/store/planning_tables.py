"""The tables of the records of planning: centres, rosters, running days, the order book, feeds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.calendar_feed import CalendarFeed
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.order_book import BookEntry, OrderBook
from dispatch.domain.records.record import Record
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.running_day import LiveDayText, PlanChange, RunningDay
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class CentreRow(RecordRow, table=True):
    """A dispatch centre; `centre` is its own id."""

    __tablename__ = "centres"

    name: str
    next_nightly_at: datetime | None = Field(sa_type=UtcDateTime)


class CommunityRow(RecordRow, table=True):
    """A community."""

    __tablename__ = "communities"

    name: str | None
    territory: str | None
    tier: str


class TechnicianRow(RecordRow, table=True):
    """A technician."""

    __tablename__ = "technicians"

    name: str
    badge: str | None
    profile: str
    active: bool


class ShiftRow(RecordRow, table=True):
    """A shift of a technician."""

    __tablename__ = "shifts"
    __table_args__: ClassVar[Any] = (Index("ix_shifts_starts_at", "centre", "starts_at"),)

    technician: str
    starts_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)


class RunningDayRow(RecordRow, table=True):
    """A dispatch day with a plan in force."""

    __tablename__ = "running_days"

    dispatch_day: date
    last_day: date
    plan: str
    replan_since: datetime | None = Field(sa_type=UtcDateTime)
    dispatch_next_at: datetime | None = Field(sa_type=UtcDateTime)


class LiveDayTextRow(RecordRow, table=True):
    """The running day of a dispatch day."""

    __tablename__ = "live_days"


class PlanChangeRow(RecordRow, table=True):
    """What publishing a plan changed."""

    __tablename__ = "plan_changes"

    dispatch_day: date
    before: str
    disturbed: int


class AutomaticPlanRow(RecordRow, table=True):
    """A plan that nobody asked for."""

    __tablename__ = "automatic_plans"
    __table_args__: ClassVar[Any] = (Index("ix_automatic_plans_state", "state"),)

    kind: str
    dispatch_day: date
    state: str
    plan: str | None


class OrderBookRow(RecordRow, table=True):
    """The head of a centre's order book."""

    __tablename__ = "order_books"


class BookEntryRow(RecordRow, table=True):
    """An order that took a place. The database itself allows each number once."""

    __tablename__ = "book_entries"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("centre", "number"),
        Index("ix_book_entries_order", "centre", "order"),
    )

    number: int
    order: str
    kind: str


class CalendarFeedRow(RecordRow, table=True):
    """A secret address of one technician's schedule."""

    __tablename__ = "calendar_feeds"
    __table_args__: ClassVar[Any] = (UniqueConstraint("token_sha256"),)

    technician: str
    token_sha256: str
    revoked_at: datetime | None = Field(sa_type=UtcDateTime)


PLANNING_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {
    Centre: CentreRow,
    CommunityRecord: CommunityRow,
    TechnicianRecord: TechnicianRow,
    ShiftRecord: ShiftRow,
    RunningDay: RunningDayRow,
    LiveDayText: LiveDayTextRow,
    PlanChange: PlanChangeRow,
    AutomaticPlan: AutomaticPlanRow,
    OrderBook: OrderBookRow,
    BookEntry: BookEntryRow,
    CalendarFeed: CalendarFeedRow,
}
"""The row of each kind of record of planning."""
