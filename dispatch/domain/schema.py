"""JSON Schemas of the documents, from the models that read them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from dispatch.domain.plan import Plan
from dispatch.domain.request import Request

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def request_schema() -> dict[str, Any]:
    """Return the JSON Schema of a planning request."""
    return _schema(Request, "Planning request, field-dispatch/request/1")


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of a plan."""
    return _schema(Plan, "Plan, field-dispatch/plan/1")


def _schema(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = model.model_json_schema(by_alias=True)
    for part in (schema, *schema.get("$defs", {}).values()):
        if "kind" in part.get("properties", {}):  # a stop: its kind tells how it is read, the default is for code only
            part["required"] = sorted({"kind", *part.get("required", ())})
        for name, field in part.get("properties", {}).items():
            if name not in part.get("required", ()):
                part["properties"][name] = _or_null(field)
    return {"$schema": _DIALECT, **schema, "title": title}


def _or_null(field: dict[str, Any]) -> dict[str, Any]:
    """Allow null, which means the default, where the reader allows it: at every field that may be left out."""
    choices = field.get("anyOf")
    if field.get("default", 0) is None or (choices is not None and {"type": "null"} in choices):
        return field
    about: dict[str, Any] = {name: field[name] for name in ("title", "description", "default") if name in field}
    kind = {name: value for name, value in field.items() if name not in about}
    return {**about, "anyOf": [*(choices or [kind]), {"type": "null"}]}
