"""JSON text to plain dicts and lists, refusing what JSON libraries let through."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from dispatch.domain.problems import path_text, shown
from dispatch.errors import BadInputError, Problem

MAX_DEPTH: Final = 64
"""Objects and lists inside one another; what goes deeper could not be written again."""

_SUSPECT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_LONG_NUMBER: Final = re.compile(r"\d{4300,}")


class _RepeatedKeys(dict[str, Any]):
    """An object in which keys stand more than once: its last values, and those keys."""

    repeated: tuple[str, ...]


_CONTAINERS: Final = frozenset({dict, _RepeatedKeys, list})


def read_json(data: bytes | str, *, source: str = "") -> Any:
    """Return the value of a JSON text as dicts, lists and scalars; a byte order mark is ignored.

    Raises
    ------
    BadInputError
        If the text is not UTF-8, is not JSON (with line and column), holds a key twice in one object, a number that
        is not finite or has thousands of digits, half a surrogate pair or the character 0, or is nested deeper than
        `MAX_DEPTH`.
    """
    text = _decoded(data, source) if isinstance(data, bytes) else data.removeprefix("\ufeff")
    suspicious: list[str] = []
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_hook(suspicious),
            parse_constant=_number_hook(suspicious),
            parse_float=_number_hook(suspicious),
        )
    except json.JSONDecodeError as error:
        raise _refused(_syntax_problem(error), source) from None
    except RecursionError:
        raise _refused(_depth_problem(), source) from None
    except ValueError:
        raise _refused(_long_number_problem(text), source) from None
    if _is_too_deep(value):
        raise _refused(_depth_problem(), source)
    if suspicious or _SUSPECT.search(text):
        problems = list(_oddities(value, []))
        if problems:
            raise BadInputError(problems, source=source)
    return value


def _decoded(data: bytes, source: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0" in data[:4] and data.strip(b"\0")):
        problem = Problem(path="", message="is UTF-16 or UTF-32, not UTF-8", remedy="save it as UTF-8")
        raise _refused(problem, source)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        message = f"is not UTF-8 (byte 0x{data[error.start]:02x})"
        problem = Problem(path=f"line {line}, byte {column}", message=message, remedy="save it as UTF-8")
        raise _refused(problem, source) from None


def _refused(problem: Problem, source: str) -> BadInputError:
    return BadInputError([problem], source=source)


def _depth_problem() -> Problem:
    return Problem(path="", message=f"nested too deeply (more than {MAX_DEPTH} levels)", remedy="flatten it")


def _syntax_problem(error: json.JSONDecodeError) -> Problem:
    if not error.doc.strip():
        return Problem(path="", message="is empty", remedy="give a JSON document")
    near = error.doc[error.pos : error.pos + 20].split("\n", maxsplit=1)[0]
    message = f"is not JSON: {error.msg[:1].lower()}{error.msg[1:]}{f', near {near!r}' if near else ' (the text ends)'}"
    return Problem(path=f"line {error.lineno}, column {error.colno}", message=message, remedy="correct it there")


def _long_number_problem(text: str) -> Problem:
    found = _LONG_NUMBER.search(text)
    start = found.start() if found else 0
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Problem(path=f"line {line}, column {column}", message="a number of thousands of digits", remedy="correct it")


def _object_hook(suspicious: list[str]) -> Any:
    def hook(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        marked = _RepeatedKeys(value)
        marked.repeated = tuple(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        suspicious.append("repeated key")
        return marked

    return hook


def _number_hook(suspicious: list[str]) -> Any:
    def hook(text: str) -> float:
        number = float(text)
        if not math.isfinite(number):  # NaN, Infinity, or as large as 1e999
            suspicious.append(text)
        return number

    return hook


def _is_too_deep(value: Any) -> bool:
    """Tell whether a value is nested deeper than `MAX_DEPTH`, level by level instead of by recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inside = (part.values() if isinstance(part, dict) else part for part in level if isinstance(part, (dict, list)))
        level = [part for parts in inside if not _CONTAINERS.isdisjoint(map(type, parts)) for part in parts]
        if not level:
            return False
    return True


def _oddities(value: Any, path: list[str | int]) -> Iterator[Problem]:
    """Find repeated keys, numbers that are not finite and text that no file or database can keep in a parsed value."""
    if isinstance(value, _RepeatedKeys):
        for name in value.repeated:
            yield Problem(
                path=path_text([*path, name]), message="stands twice in one object", remedy="keep one of them"
            )
    if isinstance(value, dict):
        for name, part in value.items():
            if not is_encodable(name):
                yield Problem(path=path_text(path), message=f"key {shown(name)} is broken text", remedy="correct it")
            yield from _oddities(part, [*path, name])
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _oddities(part, [*path, number])
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(path=path_text(path), message=f"{value} is no number in JSON", remedy="leave it out if unknown")
    elif isinstance(value, str) and not is_encodable(value):
        yield Problem(path=path_text(path), message=f"{shown(value)} is broken text", remedy="correct it")


def is_encodable(text: str) -> bool:
    """Tell whether a text can be stored: no half of a surrogate pair, and no character 0, which PostgreSQL refuses."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)
