"""Questions and complaints: one list for all channels, one owner each (R26, R28 to R30)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Document, Identifier

Channel = Literal["technician", "phone", "counter", "web", "sms", "wechat", "survey", "letter"]
QuestionKind = Literal["question", "complaint", "request"]
QuestionCategory = Literal[
    "appointment", "installation", "fault", "speed", "fee", "conduct", "gifts_or_meals", "privacy", "other"
]
HandoverAnswer = Literal["accepted", "declined"]
QuestionState = Literal["open", "answered"]
Text = Annotated[str, Field(min_length=1, max_length=4_000)]


class Handover(Document):
    """An owner's wish that somebody else answers; only acceptance makes the other the owner."""

    to: Identifier = Field(description="Who is asked to take it.")
    offered_by: Identifier = Field(description="The owner who asked.")
    offered_at: Moment = Field(description="When.")
    answer: HandoverAnswer | None = Field(default=None, description="null = not answered yet.")
    answered_at: Moment | None = Field(default=None, description="When the other answered.")


class Question(Record):
    """What a customer wants to know or complains about.

    Its text may name persons: it belongs to the customer's personal data and never goes into logs.
    """

    kind: QuestionKind = Field(default="question", description="What it is.")
    category: QuestionCategory = Field(default="other", description="What it is about.")
    channel: Channel = Field(description="How it came.")
    customer: Identifier | None = Field(default=None, description="Id of the customer; null = unknown.")
    order: Identifier | None = Field(default=None, description="The order it is about, if any.")
    text: Text = Field(description="What the customer said.")
    first_owner: Identifier = Field(description="Who heard it first, and keeps it until somebody else accepts it.")
    owner: Identifier = Field(description="Who has to answer.")
    due: Moment = Field(description="When the answer is due.")
    state: QuestionState = Field(default="open", description="open until an answer is recorded.")
    handovers: tuple[Handover, ...] = Field(default=(), description="In their sequence; the last one may be open.")
    is_in_scope: Annotated[bool, Strict()] | None = Field(
        default=None, description="Whether it was the operator's to solve; null = not answered yet."
    )
    reply: Text | None = Field(default=None, description="What the customer was told.")
    explanation: Text | None = Field(default=None, description="Why it is out of scope, as the customer was told.")
    answered_at: Moment | None = Field(default=None, description="When.")
    answered_by: Identifier | None = Field(default=None, description="Who answered.")
    warned_at: Moment | None = Field(default=None, description="When the owner was reminded.")
    escalated_at: Moment | None = Field(default=None, description="When it was given to the supervisors as overdue.")

    @property
    def open_handover(self) -> Handover | None:
        """The handover that waits for an answer."""
        last = self.handovers[-1] if self.handovers else None
        return last if last is not None and last.answer is None else None
