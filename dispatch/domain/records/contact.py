"""Attempts to reach a customer (R08, R10)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Record
from dispatch.domain.values import Count, Identifier, Instant

ContactChannel = Literal["phone", "sms", "wechat", "in_person"]

ContactResult = Literal["agreed", "reached", "no_answer", "busy", "switched_off", "wrong_number"]
"""agreed: an exact time was agreed. reached: spoken to, no time yet. The others: not reached."""


class ContactAttempt(Record):
    """One attempt to reach a customer; append-only."""

    order: Identifier = Field(description="Id of the order.")
    at: Instant = Field(description="When it was made.")
    actor: str = Field(description="Who made it.")
    technician: Identifier | None = Field(default=None, description="Who had the order in hand.")
    channel: ContactChannel = Field(default="phone", description="How.")
    result: ContactResult = Field(description="What came of it.")
    number: Count = Field(default=0, description="Which of the attempts that count it is; 0 = it does not count.")
    is_counted: Annotated[bool, Strict()] = Field(
        default=True, description="false: outside the contact hours, or before the next attempt was due."
    )
    agreed_start: Instant | None = Field(default=None, description="The time agreed, if one was.")
    note: str | None = Field(default=None, description="For people.")

    @property
    def is_reached(self) -> bool:
        """Whether the customer was spoken to."""
        return self.result in {"agreed", "reached"}
