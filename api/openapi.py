"""The OpenAPI description: documents that routes read by themselves, and errors as what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.errors import PROBLEM_MEDIA_TYPE, STATUS_OF, TITLE_OF, problem
from api.schemas.problem import ProblemCode, ProblemDocument

_ALWAYS: Final[tuple[ProblemCode, ...]] = ("internal", "store_unavailable")


def errors(*codes: ProblemCode) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI shall say about the errors of a route: those named, and those that any route may have."""
    responses: dict[int | str, dict[str, Any]] = {}
    for code in (*codes, *_ALWAYS):
        response = responses.setdefault(STATUS_OF[code], {"description": "", "content": {PROBLEM_MEDIA_TYPE: {}}})
        response["description"] = " or ".join(filter(None, [response["description"], f"`{code}`: {TITLE_OF[code]}"]))
        content = response["content"][PROBLEM_MEDIA_TYPE]
        content["schema"] = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
        example = problem(code, TITLE_OF[code]).model_dump(mode="json")
        content.setdefault("examples", {})[code] = {"summary": TITLE_OF[code], "value": example}
    return responses


def install_openapi(app: FastAPI, *, documents: Sequence[type[BaseModel]]) -> None:
    """Make the application describe also `documents`, which its routes read or write by themselves."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            described: list[type[BaseModel]] = [*documents, ProblemDocument]
            _, definitions = models_json_schema(
                [(document, "validation") for document in described], ref_template="#/components/schemas/{model}"
            )
            schemas = description.setdefault("components", {}).setdefault("schemas", {})
            for name, schema in definitions["$defs"].items():
                schemas.setdefault(name, schema)
            _drop_framework_errors(description)
            app.openapi_schema = description
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign] # FastAPI's documented way


def _drop_framework_errors(description: dict[str, Any]) -> None:
    """Remove the 422 answers that the framework describes by itself: ours look different."""
    for operations in description["paths"].values():
        for operation in operations.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        description["components"]["schemas"].pop(name, None)
