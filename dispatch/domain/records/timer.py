"""Timers: rows with a due moment, a warning before it and an escalation after it."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, Strict

from dispatch.domain.records.record import Record
from dispatch.domain.values import Identifier, Instant

TimerKind = Literal[
    "promise",
    "accept",
    "first_contact",
    "contact_retry",
    "arrival",
    "close",
    "withdrawal_verify",
    "withdrawal_close",
    "hold",
]
"""What runs out; docs/life-cycle.md says when each begins and ends, and what happens then."""

TIMER_KINDS: Final[tuple[TimerKind, ...]] = get_args(TimerKind)

TimerEnd = Literal["fired", "cancelled"]


class Timer(Record):
    """Something that has to happen to an order by a moment; an order has at most one running timer of a kind."""

    order: Identifier = Field(description="Id of the order.")
    kind: TimerKind = Field(description="What has to happen.")
    due_at: Instant = Field(description="By then.")
    warn_at: Instant = Field(description="A warning is given then.")
    next_at: Instant | None = Field(default=None, description="When to look at it next; null = it is over.")
    technician: Identifier | None = Field(default=None, description="Who has the order in hand.")
    is_warned: Annotated[bool, Strict()] = Field(default=False, description="Whether the warning was given.")
    ended: TimerEnd | None = Field(default=None, description="How it ended; null = it runs.")
    ended_at: Instant | None = Field(default=None, description="When it ended.")

    @property
    def is_running(self) -> bool:
        """Whether it has neither run out nor been cancelled."""
        return self.ended is None
