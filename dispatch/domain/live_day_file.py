"""The running day as a file, so that it goes on where it was left."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from dispatch.domain.json_text import read_json
from dispatch.domain.live_day import LiveDay
from dispatch.domain.problems import path_text, problem_of
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
        return _DAY.validate_python(document)
    except ValidationError as error:
        problems = [problem_of(detail, path_text(detail["loc"])) for detail in error.errors(include_url=False)]
        raise BadInputError(problems, source=name) from None


def read_day_file(path: Path) -> LiveDay:
    """Read a day's file; like `parse_day`."""
    try:
        return parse_day(path.read_bytes(), str(path))
    except OSError as error:
        problem = Problem(path="", message=f"cannot be read: {error.strerror or error}", remedy="check the path")
        raise BadInputError([problem], source=str(path)) from None
