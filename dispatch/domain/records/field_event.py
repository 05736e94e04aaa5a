"""News for the running day: one event of `dispatch.domain.events` per row, numbered per dispatch day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from dispatch.domain.events import Event
from dispatch.domain.records.record import Record
from dispatch.domain.values import Day, Identifier, Instant


class FieldEvent(Record):
    """One event of the running day; append-only.

    It is written in the transaction of the transition it tells of. `sequence` has no gaps and is the order of the
    transactions: who has read up to a number misses nothing by asking for what lies above it.
    """

    dispatch_day: Day = Field(description="Local day on which it was recorded.")
    sequence: Annotated[int, Strict(), Field(ge=1)] = Field(description="Counts up from 1 on each dispatch day.")
    order: Identifier | None = Field(default=None, description="Id of the order; null = it is about a technician.")
    kind: str = Field(description="Kind of the event.")
    at: Instant = Field(description="When it happened.")
    actor: str | None = Field(default=None, description='Who told it: "technician:t-1"; null = recorded before it was.')
    event: Event = Field(description="The event itself; its id is that of this record.")


class FieldDay(Record):
    """How many field events a dispatch day has; its id is the day. Locking it is what keeps the numbers in step."""

    events: Annotated[int, Strict(), Field(ge=0)] = Field(default=0, description="Number of the last event.")
