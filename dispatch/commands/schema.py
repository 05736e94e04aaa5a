"""`dispatch schema`: the JSON Schema of a document, from the models that read it."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer


def register(app: typer.Typer) -> None:
    """Add `schema` to `app`."""
    app.command("schema")(schema)


def schema(
    document: Annotated[Literal["request", "plan", "policy"], typer.Argument(help="Which document.")],
) -> None:
    """Print the JSON Schema of a request, a plan or a policy."""
    from dispatch.domain.schema import plan_schema, request_schema
    from dispatch.policy.settings import Policy

    schema_of = {"request": request_schema, "plan": plan_schema, "policy": Policy.model_json_schema}
    print(json.dumps(schema_of[document](), indent=2, ensure_ascii=False))
