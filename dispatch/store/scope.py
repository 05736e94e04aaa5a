"""What a dispatch centre sees of a table: its own rows."""

from __future__ import annotations

from sqlalchemy import ColumnElement, true
from sqlmodel import col

from dispatch.store.tables import PlanRow, RequestRow, RunRow


def in_scope(table: type[RequestRow | RunRow | PlanRow], centre: str | None) -> ColumnElement[bool]:
    """Return the condition that a row belongs to a dispatch centre; None = to any."""
    return true() if centre is None else col(table.centre) == centre


def own_centre(centre: str | None) -> str:
    """Return the dispatch centre that a repository is seen by; what it does by day makes no sense without one."""
    if centre is None:
        msg = "plans of a day: no dispatch centre is given; ask store.of(centre)"
        raise ValueError(msg)
    return centre
