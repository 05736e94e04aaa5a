"""The queries of records: made once for each table and form of condition; making one costs more than asking it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import Column, ColumnElement, Integer, Select, Table, and_, bindparam, func, select

from dispatch.domain.records.record import Below, Between, From, Where
from dispatch.store.cursors import in_order

Form = tuple[tuple[str, str], ...]
"""Columns and what is asked of each, without the values: all that a query's text depends on."""

QUERIES_KEPT: Final = 1_000
"""Far more than there are lists and filters."""

Lock = Literal["none", "wait", "skip"]
"""Whether a query locks what it finds, and what it does about what another transaction has locked."""

_OWN: Final = "own_centre"
_MOST: Final = "most_rows"
_BELOW_A_SECOND: Final = "_below"


def form_of(where: Where) -> Form:
    """Return the form of conditions."""
    return tuple((name, _kind(value)) for name, value in where.items())


def values_of(where: Where, *, centre: str | None, limit: int | None = None) -> dict[str, object]:
    """Return the values that a query of the conditions' form is asked with.

    Parameters
    ----------
    centre
        Whose rows; None = of all dispatch centres.
    limit
        So many rows at most; None = all.
    """
    found: dict[str, object] = {} if centre is None else {_OWN: centre}
    if limit is not None:
        found[_MOST] = limit
    for name, value in where.items():
        if isinstance(value, Between):
            found |= {name: value.first, name + _BELOW_A_SECOND: value.below}
        elif isinstance(value, (Below, From)):
            found[name] = value.value
        elif value is not None:
            found[name] = value
    return found


@lru_cache(maxsize=QUERIES_KEPT)
def listing(
    table: Table,
    form: Form,
    *,
    columns: tuple[str, ...],
    sort: str | None,
    is_own: bool,
    is_limited: bool = False,
    lock: Lock = "none",
) -> Select[Any]:
    """Return the query for columns of the records that fulfil conditions of a form.

    Parameters
    ----------
    columns
        None of them = how many records there are.
    sort
        As in `Records.all`; None = as the database likes.
    is_own
        True: only those of one dispatch centre.
    is_limited
        True: so many rows at most as its values say.
    """
    conditions = [_condition(table.columns[name], kind) for name, kind in form]
    if is_own:
        conditions.append(table.columns["centre"] == bindparam(_OWN))
    found = [table.columns[name] for name in columns]
    query: Select[Any] = select(*found) if found else select(func.count()).select_from(table)
    query = query.where(*conditions)
    if sort is not None:
        query = query.order_by(*in_order(sort, table.columns[sort.removeprefix("-")], table.columns["id"]))
    if is_limited:
        query = query.limit(bindparam(_MOST, type_=Integer))
    return query if lock == "none" else query.with_for_update(skip_locked=lock == "skip")


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, (Below, From, Between)):
        return type(value).__name__
    return "any" if isinstance(value, tuple) else "equal"


def _condition(column: Column[Any], kind: str) -> ColumnElement[bool]:
    if kind == "null":
        return column.is_(None)
    if kind == "any":
        return column.in_(bindparam(column.name, type_=column.type, expanding=True))
    given = bindparam(column.name, type_=column.type)
    if kind == "Below":
        return column < given
    if kind == "From":
        return column >= given
    if kind == "Between":
        return and_(column >= given, column < bindparam(column.name + _BELOW_A_SECOND, type_=column.type))
    return column == given
