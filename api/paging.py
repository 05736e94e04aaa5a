"""Lists come in pages: how many at most, after which one, sorted by what, filtered by what."""

from __future__ import annotations

from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from dispatch.domain.records.record import Page

T = TypeVar("T")

MOST_PER_PAGE: Final = 1_000
Cursor = Annotated[str, Field(min_length=1, max_length=2_000)]


class ListQuery(BaseModel):
    """What a list is asked for: one page of it. Kinds of lists add filters, which all have to hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: Annotated[int, Field(ge=1, le=MOST_PER_PAGE)] = Field(default=50, description="At most so many.")
    cursor: Cursor | None = Field(default=None, description="`next_cursor` of the page before; none = the first page.")
    sort: str = Field(default="id", description="Column to sort by; `-` before it = the greatest first.")

    def where(self) -> dict[str, object]:
        """Return the filters that were given, by column."""
        paging = ListQuery.model_fields
        return {name: value for name, value in self if value is not None and name not in paging}


class ListPage(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T] = Field(description="The entries.")
    next_cursor: str | None = Field(default=None, description="Ask for the next page with it; null = this is the last.")

    @classmethod
    def of(cls, page: Page[Any]) -> ListPage[T]:
        """Return a page of records."""
        return cls.model_construct(items=list(page.records), next_cursor=page.next_cursor)
