"""Events as JSON Lines: one event a line, in the order they became known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from dispatch.domain.events import Event
from dispatch.domain.json_text import read_json
from dispatch.domain.problems import path_text, problem_of
from dispatch.errors import BadInputError, Problem

_EVENT: Final[TypeAdapter[Any]] = TypeAdapter(Event)


def parse_event(data: bytes | str, name: str = "") -> Event:
    """Return the event that a JSON text holds.

    Parameters
    ----------
    name
        Where the text comes from, for errors.

    Raises
    ------
    BadInputError
        If the text is no event.
    """
    document = read_json(data, source=name)
    try:
        event: Event = _EVENT.validate_python(document)
    except ValidationError as error:
        problems = [problem_of(detail, path_text(detail["loc"][1:])) for detail in error.errors(include_url=False)]
        raise BadInputError(problems, source=name) from None
    return event


def read_events(path: Path) -> tuple[Event, ...]:
    """Return the events of a file of JSON Lines; empty lines are skipped.

    Raises
    ------
    BadInputError
        If the file cannot be read or a line of it is no event; the line's number stands in the error's source.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        problem = Problem(path="", message=f"cannot be read: {error.strerror or error}", remedy="check the path")
        raise BadInputError([problem], source=str(path)) from None
    return tuple(parse_event(line, f"{path}:{number}") for number, line in enumerate(lines, start=1) if line.strip())


def events_text(events: Iterable[Event]) -> str:
    """Return events as JSON Lines, fields that are null left out."""
    return "".join(event.model_dump_json(by_alias=True, exclude_none=True) + "\n" for event in events)
