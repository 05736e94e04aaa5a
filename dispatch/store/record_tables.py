"""The tables of records: the document, and columns named like the record's attributes to find it by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Text
from sqlmodel import Field

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import Record
from dispatch.store.tables import Row, UtcDateTime


class RecordRow(Row):
    """What the row of every record has."""

    centre: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    document: str = Field(sa_type=Text)


class CentreRow(RecordRow, table=True):
    """A dispatch centre; `centre` is its own id."""

    __tablename__ = "centres"


ROW_OF: Final[Mapping[type[Record], type[RecordRow]]] = {Centre: CentreRow}
"""The row of each kind of record."""
