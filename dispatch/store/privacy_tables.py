"""Tables of personal data, apart from all others: customers, and who saw their data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index
from sqlmodel import Field

from dispatch.domain.records.customer import Customer, Reveal
from dispatch.domain.records.record import Record
from dispatch.store.record_row import RecordRow
from dispatch.store.tables import UtcDateTime


class CustomerRow(RecordRow, table=True):
    """A customer with all that is personal."""

    __tablename__ = "customers"
    __table_args__: ClassVar[Any] = (
        Index("ix_customers_centre_reference", "centre", "reference"),
        Index("ix_customers_review_at", "review_at"),
    )

    reference: str | None
    review_at: datetime = Field(sa_type=UtcDateTime)
    pseudonymised_at: datetime | None = Field(sa_type=UtcDateTime)


class RevealRow(RecordRow, table=True):
    """Somebody saw personal data in full."""

    __tablename__ = "reveals"
    __table_args__: ClassVar[Any] = (Index("ix_reveals_centre_customer", "centre", "customer"),)

    customer: str
    order: str | None
    actor: str


PRIVACY_ROWS: Final[Mapping[type[Record], type[RecordRow]]] = {Customer: CustomerRow, Reveal: RevealRow}
"""The row of each kind of record."""
