"""What the row of every record has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from dispatch.store.tables import Row, UtcDateTime


class RecordRow(Row):
    """The document of a record, and what every record has; tables add columns to find records by."""

    centre: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    document: str = Field(sa_type=Text)
