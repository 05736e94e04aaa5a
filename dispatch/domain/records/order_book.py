"""The order book: in which sequence orders took their places, so that every process counts the same capacity."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Record
from dispatch.domain.request import Order
from dispatch.domain.values import Count, Identifier, Instant

BOOK_ID: Final = "book"
"""Each centre has one book."""

EntryKind = Literal["proposal", "booking", "agreement"]


class OrderBook(Record):
    """The head of a centre's book. Whoever enters an order saves it: two cannot enter the same number."""

    entries: Count = Field(default=0, description="Number of the last entry.")


class BookEntry(Record):
    """One order that took a place in the plan in force; append-only.

    A process that has followed the book up to a number knows every place that is taken.
    """

    number: Annotated[int, Strict(), Field(ge=1)] = Field(description="Counts up from 1 in each centre, without gaps.")
    order: Identifier = Field(description="Id of the order.")
    document: Order = Field(description="The order as its customer was told, without personal data.")
    kind: EntryKind = Field(description="First proposal; a booked window; an agreed time.")
    technician: Identifier = Field(description="Who was to go then.")
    start: Instant = Field(description="When service was to begin then.")
