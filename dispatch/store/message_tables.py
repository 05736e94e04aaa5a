"""Tables of what is written to people and by them: messages, wishes, notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index
from sqlmodel import Field

from dispatch.domain.records.message import Message
from dispatch.domain.records.message_wishes import MessageWishes
from dispatch.domain.records.note import Note
from dispatch.domain.records.record import Record
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class MessageRow(RecordRow, table=True):
    """A message of the outbox."""

    __tablename__ = "messages"
    __table_args__: ClassVar[Any] = (
        Index("ix_messages_next_at", "next_at"),
        Index("ix_messages_receipt", "receipt"),
        Index("ix_messages_centre_order", "centre", "order"),
    )

    order: str | None
    audience: str
    person: str
    template: str
    state: str
    channel: str | None
    next_at: datetime | None = Field(sa_type=UtcDateTime)
    receipt: str | None


class MessageWishesRow(RecordRow, table=True):
    """How a customer or technician wants to be written to."""

    __tablename__ = "message_wishes"


class NoteRow(RecordRow, table=True):
    """A note on an order."""

    __tablename__ = "notes"
    __table_args__: ClassVar[Any] = (
        Index("ix_notes_centre_order_created_at", "centre", "order", "created_at"),
        Index("ix_notes_centre_is_unread_author", "centre", "is_unread", "author"),
    )

    order: str
    author: str
    is_unread: bool


MESSAGE_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {
    Message: MessageRow,
    MessageWishes: MessageWishesRow,
    Note: NoteRow,
}
