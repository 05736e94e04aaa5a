"""The JSON Schemas say what the reader does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dispatch.domain.schema import plan_schema, request_schema


def fields_of(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for part_name, part in {"": schema, **schema["$defs"]}.items():
        for name, field in part.get("properties", {}).items():
            yield part_name, name, field


@pytest.mark.parametrize("schema", [request_schema(), plan_schema()], ids=["request", "plan"])
def test_every_field_is_described(schema: dict[str, Any]) -> None:
    """A field may leave it to the model it refers to; the `kind` of a stop is said by its model too."""
    fields = [(part, name) for part, name, field in fields_of(schema) if not field.keys() & {"description", "$ref"}]
    assert [(part, name) for part, name in fields if name != "kind"] == []


@pytest.mark.parametrize("schema", [request_schema(), plan_schema()], ids=["request", "plan"])
def test_every_field_that_may_be_left_out_may_be_null(schema: dict[str, Any]) -> None:
    parts = {"": schema, **schema["$defs"]}
    for part, name, field in fields_of(schema):
        may_be_null = {"type": "null"} in field.get("anyOf", ())
        assert may_be_null == (name not in parts[part].get("required", ())), (part, name)


def test_names_are_those_of_the_files() -> None:
    schema = request_schema()
    assert set(schema["$defs"]["Available"]["properties"]) == {"from", "location"}
    assert schema["$defs"]["Order"]["properties"]["duration"]["format"] == "duration"
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["VisitStop"]["required"][:2] == ["arrival", "distance_m"]
