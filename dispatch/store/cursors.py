"""Places in a sorted list, as opaque text: what comes after the last record of a page."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Float, Integer, and_, false, or_

from dispatch.domain.json_text import is_encodable
from dispatch.domain.problems import shown
from dispatch.errors import BadInputError, Problem
from dispatch.store.tables import UtcDateTime


def in_order(sort: str, column: Any, ids: Any) -> tuple[Any, ...]:
    """Return what to order by: a column, those without a value last, ids to break ties."""
    if column is ids:
        return (ids.desc() if sort.startswith("-") else ids,)
    if sort.startswith("-"):
        return column.is_(None), column.desc(), ids.desc()
    return column.is_(None), column, ids


def cursor_of(sort: str, value: object, record_id: str) -> str:
    """Return the cursor that stands after a record."""
    written = value.isoformat() if isinstance(value, date) else value
    text = json.dumps([sort, written, record_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after_cursor(cursor: str, sort: str, column: Any, ids: Any) -> ColumnElement[bool]:
    """Return the condition that a record comes after a cursor.

    Raises
    ------
    BadInputError
        If the cursor is none of a list sorted in this way.
    """
    value, record_id = _read(cursor, sort, column)
    is_falling = sort.startswith("-")
    later = ids < record_id if is_falling else ids > record_id
    if column is ids:
        return later  # type: ignore[no-any-return]
    if value is None:
        return and_(column.is_(None), later)
    beyond = column < value if is_falling else column > value
    return or_(beyond, and_(column == value, later), column.is_(None) if column.nullable else false())


def _read(cursor: str, sort: str, column: Any) -> tuple[Any, str]:
    """Return the sorted value and the id of a cursor."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        of_sort, value, record_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if of_sort != sort or not isinstance(record_id, str) or not is_encodable(record_id):
            raise _no_cursor(cursor)
        return _typed(value, column), record_id
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError):
        raise _no_cursor(cursor) from None


def _typed(value: object, column: Any) -> object:
    """Return a value as the column has it; raises `ValueError` or `TypeError` if it cannot be one."""
    if value is None:
        return None
    if isinstance(column.type, UtcDateTime) and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(column.type, Date) and isinstance(value, str):
        return date.fromisoformat(value)
    expected: Any = str
    if isinstance(column.type, Boolean):
        expected = bool
    elif isinstance(column.type, Integer):
        expected = int
    elif isinstance(column.type, Float):
        expected = (int, float)
    if not isinstance(value, expected):
        raise TypeError(value)
    if (isinstance(value, str) and not is_encodable(value)) or (isinstance(value, int) and abs(value) >= 2**63):
        raise ValueError(value)
    return value


def _no_cursor(cursor: str) -> BadInputError:
    message = f"{shown(cursor)} is no place in this list"
    return BadInputError([Problem(path="cursor", message=message, remedy="begin without one, or with the same sort")])
