"""The base of everything the service keeps beside requests, plans and runs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Generic, Self, TypeVar

from pydantic import AwareDatetime, BaseModel, Field, Strict

from dispatch.domain.problems import shown
from dispatch.domain.values import Document, Identifier
from dispatch.errors import Problem

MAIN_CENTRE: Final = "main"
"""The dispatch centre of an installation that has only one."""


Moment = AwareDatetime
"""When something happened to a record, as exact as the clock; the moments of planning documents are whole seconds."""


class Record(Document):
    """Something with an id and a version, kept for one dispatch centre.

    The centre is no field: a store that is seen by one centre reads and writes rows of that centre only.
    """

    id: Identifier = Field(description="Unique among its kind in its dispatch centre.")
    version: Annotated[int, Strict(), Field(ge=1)] = Field(default=1, description="Counts changes; the ETag.")
    created_at: Moment = Field(description="When it was made.")
    changed_at: Moment = Field(description="When it was changed last.")

    def changed(self, now: datetime, **fields: Any) -> Self:
        """Return the record with other fields as of `now`; its version counts up when it is saved."""
        return self.model_copy(update={"changed_at": now, **fields})


def id_problems(record_id: str, *, path: str = "id") -> Iterator[Problem]:
    """Yield why an id that others chose cannot be that of a record: no address leads to it, or no eye can tell it."""
    if "/" in record_id or "\\" in record_id or record_id in {".", ".."}:
        remedy = "write it without slashes, and not as dots alone"
        yield Problem(path=path, message=f"{shown(record_id)} cannot stand in an address", remedy=remedy)
    elif record_id != record_id.strip() or any(unicodedata.category(letter) == "Cf" for letter in record_id):
        message = f"{record_id!a} begins or ends with a space, or has marks that nobody sees"
        yield Problem(path=path, message=message, remedy="leave them out: people could not tell such ids apart")


R = TypeVar("R", bound=Record)
View = TypeVar("View", bound=BaseModel)
Where = Mapping[str, object]
"""Conditions by column: a value, a tuple of values (any of them), None (not set), `Below`, `From` or `Between`."""


@dataclass(frozen=True)
class Below:
    """The condition that a column is set and less than a value."""

    value: object


@dataclass(frozen=True)
class From:
    """The condition that a column is a value or more."""

    value: object


@dataclass(frozen=True)
class Between:
    """The condition that a column is a first value or more, and less than a second one."""

    first: object
    below: object


@dataclass(frozen=True, kw_only=True)
class Page(Generic[R]):
    """Some records of a list, and where the next ones begin.

    Attributes
    ----------
    next_cursor
        To be handed in for the next page; None = this is the last one.
    """

    records: tuple[R, ...]
    next_cursor: str | None = None
