"""Lists come in pages: how many at most, after which one, sorted by what."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from dispatch.domain.records.record import Page

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[
    str | None, Query(max_length=2000, description="`next_cursor` of the page before; left out for the first.")
]
"""Where a page begins."""
DEFAULT_LIMIT = 50


class ListPage(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="The entries.")
    next_cursor: str | None = Field(default=None, description="Ask for the next page with it; null = this is the last.")

    @classmethod
    def of(cls, page: Page[Any]) -> ListPage[T]:
        """Return a page of records."""
        return cls.model_construct(items=list(page.records), next_cursor=page.next_cursor)


def conditions(**wanted: object) -> dict[str, object]:
    """Return the filters that were given, by column."""
    return {name: value for name, value in wanted.items() if value is not None}
