"""Tables of those who may use the service: API keys, users, sessions, links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index
from sqlmodel import Field

from dispatch.domain.records.api_key import ApiKey
from dispatch.domain.records.link import Link
from dispatch.domain.records.record import Record
from dispatch.domain.records.user import Session, User
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class ApiKeyRow(RecordRow, table=True):
    """An API key; of its secret only a hash."""

    __tablename__ = "api_keys"
    __table_args__: ClassVar[Any] = (Index("ix_api_keys_id", "id"),)

    role: str
    expires_at: datetime | None = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(sa_type=UtcDateTime)


class UserRow(RecordRow, table=True):
    """A user; the database itself gives a login name to one user only."""

    __tablename__ = "users"
    __table_args__: ClassVar[Any] = (Index("uq_users_id", "id", unique=True),)

    role: str
    technician: str | None
    is_active: bool


class SessionRow(RecordRow, table=True):
    """A user who has logged in."""

    __tablename__ = "sessions"
    __table_args__: ClassVar[Any] = (
        Index("ix_sessions_id", "id"),
        Index("ix_sessions_centre_user", "centre", "user"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    user: str
    expires_at: datetime = Field(sa_type=UtcDateTime)


class LinkRow(RecordRow, table=True):
    """A link that was given out."""

    __tablename__ = "links"
    __table_args__: ClassVar[Any] = (
        Index("ix_links_id", "id"),
        Index("ix_links_centre_subject", "centre", "subject"),
        Index("ix_links_centre_customer", "centre", "customer"),
        Index("ix_links_expires_at", "expires_at"),
    )

    purpose: str
    subject: str
    customer: str | None
    expires_at: datetime | None = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(sa_type=UtcDateTime)


ACCESS_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {
    ApiKey: ApiKeyRow,
    User: UserRow,
    Session: SessionRow,
    Link: LinkRow,
}
"""The row of each kind of record."""
