"""Warnings, escalations and requests for a message: what the life cycle hands to boards, messages and webhooks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dispatch.domain.records.record import Record
from dispatch.domain.values import Identifier, Instant

EscalationLevel = Literal["warning", "escalation", "message"]
"""warning: something is about to run out. escalation: it has. message: the customer is to be written to."""

Audience = Literal["supervisor", "technician", "customer"]

EscalationKind = Literal[
    "promise",
    "accept",
    "first_contact",
    "contact_retry",
    "contact_exhausted",
    "arrival",
    "close",
    "withdrawal_verify",
    "withdrawal_close",
    "hold",
]
"""A kind of timer, or contact_exhausted: nobody was reached in all attempts (R10)."""


class Escalation(Record):
    """One warning, escalation or message request, written in the transaction that caused it."""

    order: Identifier = Field(description="Id of the order.")
    kind: EscalationKind = Field(description="What it is about.")
    level: EscalationLevel = Field(description="How grave.")
    audience: Audience = Field(description="Who is to know.")
    at: Instant = Field(description="When it arose.")
    due_at: Instant | None = Field(default=None, description="What was to be kept; null = no moment.")
    technician: Identifier | None = Field(default=None, description="Who has the order in hand.")
    text: str = Field(description="What is the matter, for a supervisor.")
    taken_up_at: Instant | None = Field(default=None, description="When somebody took it up.")
    taken_up_by: str | None = Field(default=None, description="Who did; the actor.")
