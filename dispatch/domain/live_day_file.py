"""The running day as a file, so that it goes on where it was left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from dispatch.domain.files import read_file
from dispatch.domain.json_text import read_json
from dispatch.domain.live_day import LiveDay
from dispatch.domain.problems import located_problems, shown
from dispatch.domain.validation import request_problems
from dispatch.errors import BadInputError, Problem

_DAY: Final[TypeAdapter[LiveDay]] = TypeAdapter(LiveDay)


def day_text(day: LiveDay) -> str:
    """Return a day as JSON."""
    return _DAY.dump_json(day, by_alias=True).decode() + "\n"


def parse_day(data: bytes | str, name: str = "") -> LiveDay:
    """Return the day that a JSON text holds, as `day_text` wrote it.

    Parameters
    ----------
    name
        Where the text comes from, for errors.

    Raises
    ------
    BadInputError
        If it is none.
    """
    document = read_json(data, source=name)
    try:
        day = _DAY.validate_python(document)
    except ValidationError as error:
        raise BadInputError(located_problems(error), source=name) from None
    problems = list(_problems(day))
    if problems:
        raise BadInputError(problems, source=name)
    return day


def _problems(day: LiveDay) -> Iterator[Problem]:
    """Find what `dispatch.domain.apply_event` never leads to: names of nothing, orders that no request could hold."""
    left = {"orders": tuple(day.orders.values()), "now": day.now, "current_plan": None}
    yield from request_problems(day.base.model_copy(update=left))
    for name, visit in day.under_way.items():
        technician = day.base.technicians_by_id.get(name)
        if visit.technician != name or technician is None or visit.shift not in technician.shifts_by_id:
            yield _unknown(f"under_way.{name}", f"{visit.technician}, {visit.shift}", "this technician with a shift")
        if visit.order not in day.orders:
            yield _unknown(f"under_way.{name}.order", visit.order, "an open order")
    for name in {**day.off, **day.used, **day.last_seen}:
        if name not in day.base.technicians_by_id:
            yield _unknown("off, used, last_seen", name, "a technician")
    for child, parent in day.parent_of.items():
        for order in (child, parent):
            if order not in day.orders:
                yield _unknown("parent_of", order, "an open order")


def _unknown(path: str, name: str, what: str) -> Problem:
    return Problem(
        path=path, message=f"{shown(name)} is not {what} of the day", remedy="begin the day anew, or mend it"
    )


def read_day_file(path: Path) -> LiveDay:
    """Read a day's file; like `parse_day`."""
    return parse_day(read_file(path), str(path))
