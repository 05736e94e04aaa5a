"""Webhooks over HTTP: what is sent, and what is shown; a secret is shown once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.paging import ListQuery
from dispatch.domain.records.webhook import DeliveryState, Webhook, WebhookEvent
from dispatch.domain.values import Document

Url = Annotated[
    str, Field(min_length=1, max_length=2_000, description="Where to; https unless the operator allows http.")
]
Events = Annotated[tuple[WebhookEvent, ...], Field(min_length=1, max_length=10, description="What it is told of.")]
Description = Annotated[str, Field(max_length=500, description="What it is for, for people.")]


class WebhookBody(Document):
    """A webhook to be made."""

    url: Url
    events: Events
    description: Description = ""


class WebhookChange(Document):
    """What is to be different about a webhook; what is left out stays."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    is_enabled: bool | None = Field(default=None, description="True: it begins anew. False: it is told of nothing.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            msg = "nothing is given that could be changed"
            raise ValueError(msg)
        return self


class WebhookDocument(BaseModel):
    """A webhook, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    version: int = Field(description="Counts changes; the ETag.")
    created_at: datetime
    changed_at: datetime
    url: str
    events: list[WebhookEvent]
    description: str
    is_enabled: bool
    failing_since: datetime | None = Field(description="When calls began to fail; null = they do not.")
    disabled_reason: str | None = Field(description="Why the service disabled it; null = it did not.")
    older_secret_until: datetime | None = Field(
        description="Until when the secret before the last rotation signs, too."
    )


class NewWebhookDocument(WebhookDocument):
    """A webhook with a new secret, which is shown this once."""

    secret: str = Field(description="Signs every call; keep it, it is never shown again.")

    @classmethod
    def of(cls, webhook: Webhook, secret: str) -> Self:
        """Return a webhook with its secret."""
        return cls(**WebhookDocument.model_validate(webhook).model_dump(), secret=secret)


class WebhookQuery(ListQuery):
    """Which webhooks to list."""

    sort: Literal["id", "-id", "created_at", "-created_at"] = "id"
    is_enabled: bool | None = Field(
        default=None, description="Only those that are told of something, or only the others."
    )


class DeliveryQuery(ListQuery):
    """Which deliveries to list."""

    sort: Literal["created_at", "-created_at"] = "-created_at"
    state: DeliveryState | None = Field(default=None, description="Only those in this state.")
