"""The tables of webhooks and of what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index
from sqlmodel import Field

from dispatch.domain.records.record import Record
from dispatch.domain.records.webhook import Webhook, WebhookDelivery
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class WebhookRow(RecordRow, table=True):
    """A webhook; its document holds the secrets."""

    __tablename__ = "webhooks"

    is_enabled: bool


class WebhookDeliveryRow(RecordRow, table=True):
    """An event for a webhook; `next_at` is set while it is to be sent."""

    __tablename__ = "webhook_deliveries"
    __table_args__: ClassVar[Any] = (
        Index("ix_webhook_deliveries_next_at", "next_at"),
        Index("ix_webhook_deliveries_webhook", "centre", "webhook", "created_at"),
    )

    webhook: str
    event: str
    state: str
    next_at: datetime | None = Field(sa_type=UtcDateTime)


WEBHOOK_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {
    Webhook: WebhookRow,
    WebhookDelivery: WebhookDeliveryRow,
}
"""The row of each kind of record."""
