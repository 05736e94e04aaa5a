"""What pydantic finds wrong, as problems a person can act on: path, value, remedy."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dispatch.errors import Problem

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_LONGEST_VALUE = 80
_SIMILAR = 0.7
_JSON_NAMES: Mapping[bool | None, str] = {None: "null", True: "true", False: "false"}

_REMEDIES: Mapping[str, str] = {
    "missing": "add it",
    "string_type": "write it as text, in quotes",
    "int_type": "write a whole number, without quotes",
    "int_from_float": "write a whole number",
    "float_type": "write a number, without quotes",
    "bool_type": "write true or false, without quotes",
    "finite_number": "write a finite number",
    "string_too_short": "give at least one character",
    "dict_type": 'write an object, like {"name": ...}',
    "model_type": 'write an object, like {"name": ...}',
    "tuple_type": "write a list, like [...]",
    "list_type": "write a list, like [...]",
    "literal_error": "write one of these",
    "string_too_long": "shorten it",
    "too_short": "add some",
    "too_long": "send fewer",
    "union_tag_invalid": "write one of these",
    "union_tag_not_found": "add it",
    "extra_forbidden": "remove it",
}
_OTHERWISE = "correct it"
_MESSAGES: Mapping[str, str] = {
    "dict_type": "is no object",
    "model_type": "is no object",
    "tuple_type": "is no list",
    "list_type": "is no list",
}
"""In place of pydantic's words where these are about Python."""


_PLAIN: Mapping[str, str] = {"missing": "missing", "union_tag_not_found": "missing", "extra_forbidden": "unknown"}
"""Where there is no value to be shown."""
_OF_A_TAG = ("union_tag_invalid", "union_tag_not_found")
_OF_LENGTH: Mapping[str, tuple[str, str]] = {
    "too_short": ("min_length", "at least"),
    "too_long": ("max_length", "at most"),
}


def path_text(path: Iterable[str | int]) -> str:
    """Return a path as it is shown: `orders[17].windows[0].end`, `skills["two words"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def shown(value: object) -> str:
    """Return a value as it appears in a message, shortened."""
    text = _JSON_NAMES[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def problems_of(error: ValidationError, document: object, *, model: type[BaseModel], at: str = "") -> list[Problem]:
    """Return what pydantic found in a document, as problems.

    Parameters
    ----------
    error
        What validating `document` raised.
    document
        The document as plain dicts and lists; tells pydantic's own path steps from those of the document.
    model
        What the document was read as.
    at
        Path of the document inside a larger one.
    """
    problems = []
    for detail in error.errors(include_url=False):
        steps = _document_path(detail, document)
        path = path_text([at, *steps] if at else steps)
        if detail["type"] == "extra_forbidden":
            problems.append(
                Problem(path=path, message="unknown field", remedy=_remedy_for_unknown(str(steps[-1]), model))
            )
        else:
            problems.append(problem_of(detail, path))
    return problems


def _document_path(detail: ErrorDetails, document: object) -> list[str | int]:
    """Drop the steps that pydantic adds for members of a union and for keys of a dict."""
    steps: list[str | int] = []
    here = document
    for number, step in enumerate(detail["loc"], start=1):
        is_last_and_absent = number == len(detail["loc"]) and detail["type"] == "missing"
        if isinstance(here, Mapping) and (step in here or is_last_and_absent):
            here = here.get(step)
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(step, int):
            here = here[step] if step < len(here) else None
        else:
            continue
        steps.append(step)
    return steps


def located_problems(error: ValidationError, *, skip: int = 0) -> list[Problem]:
    """Return what pydantic found, each at its own path without the first `skip` steps."""
    return [problem_of(detail, path_text(detail["loc"][skip:])) for detail in error.errors(include_url=False)]


def problem_of(detail: ErrorDetails, path: str) -> Problem:
    """Return one thing that pydantic found as a problem."""
    kind, context = detail["type"], detail.get("ctx", {})
    remedy = _REMEDIES.get(kind, _OTHERWISE)
    if kind in _OF_A_TAG:
        tag = str(context["discriminator"]).strip("'")
        path = f"{path}.{tag}" if path else tag
    if kind == "refused":
        message, remedy = detail["msg"], context["remedy"]
    elif kind in _PLAIN:
        message = _PLAIN[kind]
    elif kind == "union_tag_invalid":
        message = f"{shown(context['tag'])}: input should be {context['expected_tags']}"
    elif kind in _OF_LENGTH:
        limit, bound = _OF_LENGTH[kind]
        message = f"has {context['actual_length']} entries, not {bound} {context[limit]}"
    elif kind in _MESSAGES:
        message = f"{shown(detail['input'])} {_MESSAGES[kind]}"
    else:
        message = f"{shown(detail['input'])}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return Problem(path=path, message=message, remedy=remedy)


@lru_cache(maxsize=1_000)
def _remedy_for_unknown(field: str, model: type[BaseModel]) -> str:
    """Return what to do about an unknown field; kept, since a faulty export repeats one field in every order."""
    names = _field_names(model)
    if field in names:
        return "remove it: it belongs elsewhere"
    similar = difflib.get_close_matches(field, names, n=1, cutoff=_SIMILAR)
    if similar:
        return f'did you mean "{similar[0]}"?'
    return 'remove it, or put it under "extra"' if "extra" in names else "remove it"


@cache
def _field_names(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the names of all fields of a document, those of its parts included."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return tuple(sorted({name for part in parts for name in part.get("properties", ())}))
