"""Events as JSON Lines: one event a line, in the order they became known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from dispatch.domain.events import Event
from dispatch.domain.files import read_file
from dispatch.domain.json_text import read_json
from dispatch.domain.problems import located_problems, shown
from dispatch.errors import BadInputError, Problem

_OWN_ID: Final = "give each event its own id: one that comes twice counts once"
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
        raise BadInputError(located_problems(error, skip=1), source=name) from None  # the first step names the kind
    return event


def read_events(path: Path) -> tuple[Event, ...]:
    """Return the events of a file of JSON Lines; empty lines are skipped.

    Raises
    ------
    BadInputError
        If the file cannot be read, two different events share an id, or a line of it is no event; the line's number
        stands in the error's source.
    """
    first: dict[str, tuple[int, Event]] = {}
    events = []
    for number, line in enumerate(read_file(path).split(b"\n"), start=1):
        if not line.strip():
            continue
        event = parse_event(line, f"{path}:{number}")
        line_before, before = first.setdefault(event.id, (number, event))
        if before != event:
            message = f"{shown(event.id)} is the id of another event in line {line_before}"
            raise BadInputError([Problem(path="id", message=message, remedy=_OWN_ID)], source=f"{path}:{number}")
        events.append(event)
    return tuple(events)


def events_text(events: Iterable[Event]) -> str:
    """Return events as JSON Lines, fields that are null left out."""
    return "".join(event.model_dump_json(by_alias=True, exclude_none=True) + "\n" for event in events)
