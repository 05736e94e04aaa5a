"""Dispatch centres, their policy, their figures and their messages over the wire."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.paging import ListQuery
from dispatch.domain.records.centre import NightlyRules
from dispatch.domain.records.message import Audience, MessageState, Template
from dispatch.domain.records.note import NoteText
from dispatch.domain.request import Depot, Travel, is_zone
from dispatch.domain.values import Day, Document, Identifier
from dispatch.policy.settings import Policy
from dispatch.usecases.quality.kpis import Figures


class CentreBody(Document):
    """A dispatch centre."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="For people.")
    time_zone: Annotated[Identifier, AfterValidator(is_zone)] = Field(
        default="Asia/Shanghai", description="IANA name of the zone in which its promises and nights are counted."
    )
    nightly: NightlyRules = Field(default_factory=NightlyRules, description="When and how it plans by itself.")
    travel: Travel = Field(default_factory=Travel, description="Where its travel times come from.")
    depots: tuple[Depot, ...] = Field(default=(), description="Where parts and tools may be had.")


class NewCentreBody(CentreBody):
    """A new dispatch centre."""

    id: Identifier = Field(description="Its id; goes into the header `Dispatch-Centre`.")


class PolicyDocument(BaseModel):
    """The rules in force at a dispatch centre."""

    overrides: dict[str, Any] = Field(description="What the centre replaces of the operator's policy.")
    effective: Policy = Field(description="What is in force.")


class OverridesBody(Document):
    """What a dispatch centre replaces of the operator's policy."""

    overrides: dict[str, Any] = Field(description="In the policy file's shape; sections may be partial.")


class FiguresDocument(BaseModel):
    """The figures of some days."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    figures: Figures = Field(description="Promises kept gross and net with causes (T7), contacts, visits, speeds.")
    orders_per_technician_day: float | None = Field(default=None, description="null = no visit.")


class FiguresQuery(BaseModel):
    """Of which days."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first_day: Day = Field(description="First local day.", examples=["2026-03-09"])
    last_day: Day = Field(description="Last local day, included.", examples=["2026-03-15"])
    community: Identifier | None = Field(default=None, description="Only of this community.")

    @property
    def days(self) -> tuple[date, date]:
        """First and last day."""
        return self.first_day, self.last_day


class NoteBody(Document):
    """A note on an order (R35)."""

    id: Identifier = Field(description="Chosen by the sender: one that comes twice is one note.")
    text: NoteText = Field(description="What it says.")


class NoteQuery(ListQuery):
    """Which notes."""

    sort: Literal["created_at", "-created_at"] = "created_at"


class MessageQuery(ListQuery):
    """Which messages."""

    sort: Literal["created_at", "-created_at", "id", "-id"] = "-created_at"
    state: MessageState | None = Field(default=None, description="Only in this state.")
    order: Identifier | None = Field(default=None, description="Only about this order.")
    audience: Audience | None = Field(default=None, description="Only to customers, or to technicians.")
    template: Template | None = Field(default=None, description="Only with this text.")


class FieldEventQuery(ListQuery):
    """Which field events."""

    sort: Literal["sequence", "-sequence"] = "sequence"
    dispatch_day: Day = Field(description="Of this local day.", examples=["2026-03-10"])
    kind: Identifier | None = Field(default=None, description="Only of this kind.")
    order: Identifier | None = Field(default=None, description="Only about this order.")


class PlanChangeQuery(ListQuery):
    """Which changes of plans."""

    sort: Literal["created_at", "-created_at"] = "-created_at"
    dispatch_day: Day | None = Field(default=None, description="Only of this dispatch day.")


class AutomaticPlanQuery(ListQuery):
    """Which plans the service made by itself."""

    sort: Literal["created_at", "-created_at"] = "-created_at"
    dispatch_day: Day | None = Field(default=None, description="Only of this dispatch day.")
    state: Literal["planning", "published", "draft", "repeated", "failed"] | None = Field(
        default=None, description="Only in this state."
    )
