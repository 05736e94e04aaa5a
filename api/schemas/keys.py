"""API keys over the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dispatch.domain.records.access import Role
from dispatch.domain.records.record import Moment
from dispatch.domain.values import Document, Identifier, Instant


class KeyBody(Document):
    """What is asked of a new API key."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Who uses it; appears in audits.")
    role: Role = Field(description="What it may do.")
    technician: Identifier | None = Field(default=None, description="Whose it is; only with the role of a technician.")
    expires_at: Instant | None = Field(default=None, description="Worth nothing from then on; null = never expires.")


class KeyDocument(BaseModel):
    """An API key, without the key itself."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Its id.")
    name: str = Field(description="Who uses it.")
    role: Role = Field(description="What it may do.")
    technician: str | None = Field(description="Whose it is.")
    created_at: Moment = Field(description="When it was made.")
    expires_at: Moment | None = Field(description="Worth nothing from then on.")
    revoked_at: Moment | None = Field(description="When it was revoked.")
    last_used_at: Moment | None = Field(description="When it was used last, about.")


class NewKeyDocument(KeyDocument):
    """An API key that was just made."""

    key: str = Field(description="The key itself, shown this once.")


class KeyList(BaseModel):
    """The API keys of a dispatch centre, the youngest first."""

    items: list[KeyDocument] = Field(description="The keys.")
