"""What happens at visits and after them, over the wire: ticks, tests, questions, surveys, follow-ups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from api.paging import ListQuery
from dispatch.domain.records.convenience import ConvenienceItem, ConvenienceResult, Language
from dispatch.domain.records.follow_up import CallResult, FollowUpState
from dispatch.domain.records.question import (
    Channel,
    HandoverAnswer,
    QuestionCategory,
    QuestionKind,
    QuestionState,
    Text,
)
from dispatch.domain.records.record import Below
from dispatch.domain.records.survey import SurveyState
from dispatch.domain.values import Document, Identifier, Instant

Kbps = Annotated[int, Strict(), Field(ge=0, le=1_000_000_000)]


class TickBody(Document):
    """Items of the checklist that were done (R25)."""

    items: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=100)] = Field(
        description="Names of the items, as the policy has them."
    )
    at: Instant | None = Field(default=None, description="When, if the phone was offline then; null = now.")


class SpeedTestBody(Document):
    """A series of speed tests (R14)."""

    measured_kbps: Annotated[tuple[Kbps, ...], Field(min_length=1, max_length=100)] = Field(
        description="What each test measured, in kbit/s."
    )
    contracted_kbps: Annotated[int, Strict(), Field(ge=1, le=1_000_000_000)] = Field(description="What was sold.")
    is_wired: Annotated[bool, Strict()] = Field(default=True, description="By cable; tests by radio prove nothing.")
    tested_at: Instant | None = Field(default=None, description="When the series ended; null = now.")


class ConvenienceBody(Document):
    """A convenience item that was offered (R21), with the consent that a risky one needs (R22)."""

    item: ConvenienceItem = Field(description="What was offered.")
    result: ConvenienceResult = Field(description="Whether it was done.")
    consent_by: Identifier | None = Field(default=None, description="Who agreed, once the risk text was shown.")
    consent_at: Instant | None = Field(default=None, description="When; null = now.")
    text_version: Identifier | None = Field(default=None, description="Version of the risk text that was shown.")
    language: Language = Field(default="zh", description="Language in which it was shown.")


class QuestionBody(Document):
    """A question or complaint, whichever way it came (R26, R28, R30)."""

    text: Text = Field(description="What the customer said.")
    channel: Channel = Field(description="How it came.")
    kind: QuestionKind = Field(default="question", description="What it is.")
    category: QuestionCategory = Field(default="other", description="What it is about.")
    customer: Identifier | None = Field(default=None, description="Id of the customer; null = unknown.")
    order: Identifier | None = Field(default=None, description="The order it is about, if any.")


class HandoverBody(Document):
    """Who is asked to take a question."""

    to: Identifier = Field(description="The actor: `technician:t-1`, `dispatcher:li`.")


class HandoverAnswerBody(Document):
    """Whether somebody takes a question that was offered."""

    answer: HandoverAnswer = Field(description="accepted or declined.")


class ReplyBody(Document):
    """What the customer was told (R29)."""

    text: Text = Field(description="The reply.")
    is_in_scope: Annotated[bool, Strict()] = Field(default=True, description="Whether it was the operator's to solve.")
    explanation: Text | None = Field(default=None, description="Out of scope: why, as the customer was told.")


class CallBody(Document):
    """What a follow-up call came to (R23)."""

    result: CallResult = Field(description="satisfied, visit_wanted or not_reached.")


class QuestionQuery(ListQuery):
    """Which questions."""

    sort: Literal["id", "-id", "due", "-due", "created_at", "-created_at"] = "due"
    state: QuestionState | None = Field(default=None, description="Only in this state.")
    kind: QuestionKind | None = Field(default=None, description="Only of this kind.")
    category: QuestionCategory | None = Field(default=None, description="Only about this (R26: gifts_or_meals).")
    channel: Channel | None = Field(default=None, description="Only those that came this way.")
    owner: Identifier | None = Field(default=None, description="Only those of this owner.")
    customer: Identifier | None = Field(default=None, description="Only of this customer.")
    order: Identifier | None = Field(default=None, description="Only about this order.")
    due_before: Instant | None = Field(default=None, description="Only those due earlier.")

    def where(self) -> dict[str, object]:
        """Return the filters by column."""
        found = {name: value for name, value in super().where().items() if name != "due_before"}
        return found if self.due_before is None else {**found, "due": Below(self.due_before)}


class SurveyQuery(ListQuery):
    """Which surveys."""

    sort: Literal["id", "-id", "open_until", "-open_until", "answered_at", "-answered_at"] = "id"
    state: SurveyState | None = Field(default=None, description="Only in this state.")
    order: Identifier | None = Field(default=None, description="Only of this order.")
    technician: Identifier | None = Field(default=None, description="Only of visits by this technician.")
    score: Annotated[int, Field(ge=1, le=5)] | None = Field(default=None, description="Only with this score.")


class FollowUpQuery(ListQuery):
    """Which follow-ups."""

    sort: Literal["id", "-id", "due", "-due"] = "due"
    state: FollowUpState | None = Field(default=None, description="Only in this state.")
    customer: Identifier | None = Field(default=None, description="Only of this customer.")
    community: Identifier | None = Field(default=None, description="Only in this community.")


class SpeedTestQuery(ListQuery):
    """Which speed tests."""

    sort: Literal["id", "-id", "tested_at", "-tested_at"] = "-tested_at"
    order: Identifier | None = Field(default=None, description="Only of this order.")
    passed: bool | None = Field(default=None, description="Only those that passed, or that did not.")


class ConvenienceQuery(ListQuery):
    """Which convenience items."""

    sort: Literal["id", "-id", "created_at", "-created_at"] = "-created_at"
    order: Identifier | None = Field(default=None, description="Only of this order.")
    item: ConvenienceItem | None = Field(default=None, description="Only of this kind.")
    result: ConvenienceResult | None = Field(default=None, description="Only done ones, or declined ones.")
