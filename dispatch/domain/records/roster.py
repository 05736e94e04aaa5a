"""Communities, technicians and shifts as the service keeps them: the planning documents, and what planning ignores."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from dispatch.domain.problems import shown
from dispatch.domain.records.record import Record
from dispatch.domain.request import Community, Profile, Shift, Technician, Tier
from dispatch.domain.values import Count, Identifier, refusal

Line = Annotated[str, Field(min_length=1, max_length=200)]
"""A text of one line for people."""


class CommunityRecord(Record):
    """A community of a centre; its id is that of the planning document."""

    community: Community = Field(description="As planning sees it.")
    households: Count | None = Field(default=None, description="How many live there; null = unknown.")
    qualified: Annotated[bool, Strict()] = Field(
        default=True, description="Broadband can be had there: pipes and fibre are laid. What coverage is counted of."
    )
    resource_ready: Annotated[bool, Strict()] = Field(
        default=True, description="Ports are free: an order that comes in now need not wait for resources."
    )

    @model_validator(mode="after")
    def _has_one_id(self) -> Self:
        _require_same(self.id, self.community.id, "community.id")
        return self

    @property
    def name(self) -> str | None:
        """For people; None = it has none."""
        return self.community.name

    @property
    def territory(self) -> str | None:
        """Territory it belongs to; None = anybody's."""
        return self.community.territory

    @property
    def tier(self) -> Tier:
        """Promise class, within its dates."""
        return self.community.tier


class TechnicianRecord(Record):
    """A technician of a centre; the id is that of the planning document.

    Shifts have records of their own, and where a technician is free next is known from the running day: the document
    has neither.
    """

    technician: Technician = Field(description="As planning sees the technician, without shifts.")
    name: Line = Field(description="Shown to customers (R35).")
    badge: Line | None = Field(default=None, description="Number on the badge, shown to customers (R24).")
    relay_phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,20}$")] | None = Field(
        default=None, description="A relay number under which customers reach the technician; not the technician's own."
    )
    photo: Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$", max_length=2_000)] | None = Field(
        default=None, description="URL of a picture for customers; null = none."
    )
    active: Annotated[bool, Strict()] = Field(default=True, description="False: is not planned any more.")

    @model_validator(mode="after")
    def _has_no_shifts(self) -> Self:
        _require_same(self.id, self.technician.id, "technician.id")
        if self.technician.shifts or self.technician.available is not None:
            raise refusal("the document has shifts, or says where the technician is", "store shifts by themselves")
        return self

    @property
    def profile(self) -> Profile:
        """How the technician travels."""
        return self.technician.profile


class ShiftRecord(Record):
    """A shift of a technician."""

    technician: Identifier = Field(description="Id of the technician.")
    shift: Shift = Field(description="As planning sees it; its id is unique among the technician's shifts.")

    @property
    def starts_at(self) -> datetime:
        """No departure before it."""
        return self.shift.start

    @property
    def ends_at(self) -> datetime:
        """When its route must be over, overtime included."""
        return self.shift.latest_end


def _require_same(record_id: str, document_id: str, path: str) -> None:
    if record_id != document_id:
        raise refusal(f"{path} is {shown(document_id)}, the record's id {shown(record_id)}", "give both the same id")
