"""Requests and plans as files: read whole, checked, written atomically."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from dispatch.domain.json_text import read_json
from dispatch.domain.plan import PLAN_FORMAT, Plan
from dispatch.domain.problems import problems_of, shown
from dispatch.domain.request import REQUEST_FORMAT, Order, Request
from dispatch.domain.salvage import problems_of_readable_orders
from dispatch.domain.validation import request_problems
from dispatch.domain.values import in_utc
from dispatch.errors import BadInputError, OutputError, Problem

_NO_EXTRA: Final = {"__all__": {"extra": True}}
_NOT_IN_DIGEST: Final[dict[str, Any]] = {
    "current_plan": True,
    "extra": True,
    "depots": _NO_EXTRA,
    "communities": _NO_EXTRA,
    "technicians": {"__all__": {"extra": True, "shifts": _NO_EXTRA}},
    "orders": _NO_EXTRA,
}


def parse_request(data: bytes | str, name: str = "") -> Request:
    """Return the planning request that a JSON text holds, fully checked.

    Parameters
    ----------
    data
        UTF-8 text; a byte order mark is ignored.
    name
        Where the text comes from, for errors.

    Raises
    ------
    BadInputError
        If the request cannot be planned; with all problems found.
    """
    document = read_json(data, source=name)
    _require_format(document, REQUEST_FORMAT, source=name)
    try:
        request = Request.model_validate(document)
    except ValidationError as error:
        found = [*problems_of(error, document, model=Request), *problems_of_readable_orders(document, error)]
        raise BadInputError(found, source=name) from None
    problems = request_problems(request)
    if problems:
        raise BadInputError(problems, source=name)
    return request


def parse_plan(data: bytes | str, name: str = "") -> Plan:
    """Return the plan that a JSON text holds; whether it is a good plan is the checker's business.

    Raises
    ------
    BadInputError
        If the text is not a plan.
    """
    document = read_json(data, source=name)
    _require_format(document, PLAN_FORMAT, source=name)
    try:
        return Plan.model_validate(document)
    except ValidationError as error:
        raise BadInputError(problems_of(error, document, model=Plan), source=name) from None


def read_request(path: Path) -> Request:
    """Read a request file; like `parse_request`."""
    return parse_request(read_file(path), str(path))


def read_plan(path: Path) -> Plan:
    """Read a plan file; like `parse_plan`."""
    return parse_plan(read_file(path), str(path))


def write_request(path: Path, request: Request) -> None:
    """Write a request file atomically.

    Raises
    ------
    OutputError
        If it cannot be written; a file that was there before is untouched then.
    """
    write_text(path, to_json(request))


def with_map_found(request: Request, folder: Path) -> Request:
    """Return a request that may be written into any folder: the map it names, if any, by its whole path.

    Parameters
    ----------
    folder
        Where the request lies: a relative path in it begins there.
    """
    if request.travel.path is None:
        return request
    path = str((folder / request.travel.path).absolute())
    return request.model_copy(update={"travel": request.travel.model_copy(update={"path": path})})


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan file atomically; like `write_request`."""
    write_text(path, to_json(plan))


def write_text(path: Path, text: str) -> None:
    """Put a text into a file: either the whole of it is there afterwards, or what was there before.

    A device or pipe (`/dev/stdout`) is written to directly.

    Raises
    ------
    OutputError
        If the folder is missing or not writable, or the disk is full.
    """
    target = path.resolve()
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        if target.exists() and not target.is_file():
            path.write_text(text, encoding="utf-8")
            return
        with partial.open("xb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, partial)
        partial.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}; nothing was changed") from error


def to_json(document: Request | Plan) -> str:
    """Return a document as JSON text: nulls left out, one line for each innermost object or list."""
    return "".join(_laid_out(document.model_dump(mode="json", by_alias=True, exclude_none=True), "")) + "\n"


def request_digest(request: Request) -> str:
    """Return `sha256:...` of a request's canonical JSON, without `current_plan` and `extra`.

    Formatting, the order of keys, the offset a moment is written in, and whether a default is spelled out do not
    change it.
    """
    return _digest(request.model_dump(by_alias=True, exclude_none=True, exclude=_NOT_IN_DIGEST))


def order_digest(order: Order) -> str:
    """Return `sha256:...` of an order's canonical JSON as `request_digest` does, without `address` and `extra`."""
    return _digest(order.model_dump(by_alias=True, exclude_none=True, exclude={"address", "extra"}))


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_canonical)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def read_file(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    BadInputError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        problem = Problem(path="", message=f"cannot be read: {error.strerror or error}", remedy="check the path")
        raise BadInputError([problem], source=str(path)) from None


def _require_format(document: object, wanted: str, *, source: str) -> None:
    """Refuse a document that says it is another one: nothing else about it needs telling."""
    found = document.get("format") if isinstance(document, dict) else None
    if isinstance(found, str) and found != wanted:
        problem = Problem(
            path="format", message=f"{shown(found)} is not {wanted!r}", remedy="give a document of that format"
        )
        raise BadInputError([problem], source=source)


def _laid_out(value: Any, indent: str) -> Iterator[str]:
    """Break a value into lines wherever it holds objects or lists that are not empty."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(part, (dict, list)) and part for part in parts):
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
        return
    deeper = f"{indent}  "
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    entries = value.items() if isinstance(value, dict) else ((None, part) for part in value)
    separator = f"{opening}\n{deeper}"
    for name, part in entries:
        yield separator if name is None else f"{separator}{json.dumps(name, ensure_ascii=False)}: "
        yield from _laid_out(part, deeper)
        separator = f",\n{deeper}"
    yield f"\n{indent}{closing}"


def _canonical(value: Any) -> Any:
    """Return what JSON has no word for such that equal meaning has equal text: moments in UTC, durations in seconds.

    Raises
    ------
    TypeError
        If it is something else.
    """
    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"value is a {type(value).__name__}, expected a moment, a duration or a date")
