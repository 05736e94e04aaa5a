"""Surveys after a visit: one per order, one answer each (R37)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.request import OrderKind
from dispatch.domain.values import Document, Identifier

SurveyChannel = Literal["phone", "web", "third_party"]
SurveyState = Literal["open", "answered", "expired"]


class SurveyAnswer(Document):
    """What a customer said about a visit."""

    channel: SurveyChannel = Field(description="Voice call, the operator's page, or a third party.")
    source: Identifier = Field(description="Who collected it: name of the caller, the page or the institute.")
    score: Annotated[int, Strict(), Field(ge=1, le=5)] = Field(description="1 very dissatisfied to 5 very satisfied.")
    comment: Annotated[str, Field(max_length=4_000)] | None = Field(default=None, description="In own words.")
    gifts_taken: Annotated[bool, Strict()] | None = Field(
        default=None, description="Whether the technician took gifts or meals (R26); null = not asked, not answered."
    )


class Survey(Record):
    """A survey task; its id is made of the order's, so that an order has one only."""

    order: Identifier = Field(description="The closed order.")
    kind: OrderKind = Field(description="Its kind.")
    customer: Identifier | None = Field(default=None, description="Id of the customer; null = unknown.")
    technician: Identifier | None = Field(default=None, description="Who was there; null = nobody.")
    state: SurveyState = Field(default="open", description="open until answered, or its time is over.")
    open_until: Moment = Field(description="No answer is taken after it.")
    asks_about_gifts: Annotated[bool, Strict()] = Field(description="Whether the question about gifts is asked.")
    answer: SurveyAnswer | None = Field(default=None, description="What the customer said.")
    answered_at: Moment | None = Field(default=None, description="When.")

    @property
    def channel(self) -> SurveyChannel | None:
        """How the answer came; null = none came."""
        return None if self.answer is None else self.answer.channel

    @property
    def source(self) -> str | None:
        """Who collected the answer; null = none came."""
        return None if self.answer is None else self.answer.source

    @property
    def score(self) -> int | None:
        """The score given; null = no answer came."""
        return None if self.answer is None else self.answer.score


def survey_id(order: str) -> str:
    """Return the id of an order's survey."""
    return f"survey-{order}"
