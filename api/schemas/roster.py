"""Communities, technicians, shifts and skills over the wire, and what their lists can be asked for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field, Strict

from api.paging import ListQuery
from dispatch.domain.records.record import Below, From
from dispatch.domain.records.roster import Line
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.domain.request import Community, Profile, Shift, Technician, Tier
from dispatch.domain.values import Count, Day, Document, Identifier, Instant


class CommunityBody(Document):
    """A community: what planning needs, and what promises need beside it."""

    community: Community = Field(description="As planning sees it.")
    households: Count | None = Field(default=None, description="How many live there; null = unknown.")
    qualified: Annotated[bool, Strict()] = Field(default=True, description="Broadband can be had there.")
    resource_ready: Annotated[bool, Strict()] = Field(
        default=True, description="Ports are free: an order that comes in now need not wait."
    )


class TechnicianBody(Document):
    """A technician: what planning needs, and what customers are shown (R24, R35)."""

    technician: Technician = Field(description="As planning sees the technician, without shifts.")
    name: Line = Field(description="Shown to customers.")
    badge: Line | None = Field(default=None, description="Number on the badge, shown to customers.")
    relay_phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,20}$")] | None = Field(
        default=None, description="Relay number under which customers reach the technician."
    )
    photo: Annotated[str, Field(pattern=r"^https?://[^\s<>\"']+$", max_length=2_000)] | None = Field(
        default=None, description="URL of a picture for customers."
    )
    active: Annotated[bool, Strict()] = Field(default=True, description="false: is not planned any more.")


class ShiftBody(Document):
    """A shift of a technician."""

    technician: Identifier = Field(description="Id of the technician.")
    shift: Shift = Field(description="As planning sees it; its id is unique in the dispatch centre.")


class SkillBody(Document):
    """A skill of a technician, with its dates (R27)."""

    id: Identifier = Field(description="Of this entry of the skill matrix.")
    technician: Identifier = Field(description="Id of the technician.")
    skill: Identifier = Field(description="Name of the skill, as orders ask for it.")
    level: Annotated[int, Strict(), Field(ge=1, le=1_000_000)] = Field(default=1, description="Level held.")
    valid_from: Day | None = Field(default=None, description="First local day it counts on; null = always so far.")
    expires_on: Day | None = Field(default=None, description="Last local day it counts on; null = never expires.")
    proof: Identifier | None = Field(default=None, description="Certificate or course it rests on.")


class CommunityQuery(ListQuery):
    """Which communities."""

    sort: Literal["id", "-id", "name", "-name", "tier", "-tier", "created_at", "-created_at"] = "id"
    tier: Tier | None = Field(default=None, description="Only of this promise class.")
    territory: Identifier | None = Field(default=None, description="Only of this territory.")


class TechnicianQuery(ListQuery):
    """Which technicians."""

    sort: Literal["id", "-id", "name", "-name", "created_at", "-created_at"] = "id"
    profile: Profile | None = Field(default=None, description="Only who travels like this.")
    active: bool | None = Field(default=None, description="Only who is planned, or who is not any more.")


class ShiftQuery(ListQuery):
    """Which shifts."""

    sort: Literal["id", "-id", "starts_at", "-starts_at"] = "starts_at"
    technician: Identifier | None = Field(default=None, description="Only of this technician.")
    starts_from: Instant | None = Field(default=None, description="Only those that start then or later.")
    ends_before: Instant | None = Field(default=None, description="Only those that end, overtime included, earlier.")

    def where(self) -> dict[str, object]:
        """Return the filters by column."""
        found: dict[str, object] = {} if self.technician is None else {"technician": self.technician}
        if self.starts_from is not None:
            found["starts_at"] = From(self.starts_from)
        if self.ends_before is not None:
            found["ends_at"] = Below(self.ends_before)
        return found


class SkillQuery(ListQuery):
    """Which entries of the skill matrix."""

    sort: Literal["id", "-id", "technician", "-technician", "expires_on", "-expires_on"] = "id"
    technician: Identifier | None = Field(default=None, description="Only of this technician.")
    skill: Identifier | None = Field(default=None, description="Only of this name.")
    expires_before: Day | None = Field(default=None, description="Only those that expire before this day (R27).")

    def where(self) -> dict[str, object]:
        """Return the filters by column."""
        found = {name: value for name, value in super().where().items() if name != "expires_before"}
        if self.expires_before is not None:
            found["expires_on"] = Below(self.expires_before)
        return found


class ExpiringSkills(BaseModel):
    """Skills that are lost soon, the soonest first."""

    items: list[TechnicianSkill] = Field(description="Those that nothing renews.")
