"""The OpenAPI description: documents that routes read by themselves, and errors as what they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.errors import PROBLEM_MEDIA_TYPE, STATUS_OF, TITLE_OF, problem
from api.idempotency import HEADER, OnceRoute
from api.schemas.problem import ProblemCode, ProblemDocument

_ALWAYS: Final[tuple[ProblemCode, ...]] = (
    "forbidden",
    "internal",
    "store_unavailable",
    "too_many_requests",
    "unauthenticated",
)
TAGS: Final = [
    {"name": name, "description": text}
    for name, text in {
        "orders": "Taken in one by one or by the thousand, looked at, with audit and countdowns.",
        "order life cycle": "One action each, from acceptance to closing and beyond.",
        "slots": "Windows and exact times that can really be kept, and their booking.",
        "visits": "What is written down at the customer's: checklist, speed tests, convenience items.",
        "questions": "Questions and complaints of all channels, with one owner each.",
        "surveys": "What customers say after a visit.",
        "follow-ups": "Premium customers are called again from time to time.",
        "messages": "The outbox with receipts; notes between customers and the operator's people.",
        "communities": "What promises are made to.",
        "technicians": "Who visits.",
        "shifts": "When they work.",
        "skills": "Who can do what, and how long that holds.",
        "customers": "Personal data: apart, masked, every look logged.",
        "imports": "Spreadsheets in, templates out.",
        "requests": "Planning requests by hand.",
        "runs": "The search for a plan.",
        "plans": "Versions, differences, explanations, publishing, files.",
        "feeds": "A technician's schedule in a calendar program.",
        "webhooks": "Programs that are told of events by signed calls.",
        "figures": "Promises kept, visits, speeds; coverage, which is another figure.",
        "policy": "The rules in force.",
        "centres": "Dispatch centres: each sees its own rows only.",
        "keys": "API keys.",
        "service": "Is it alive, is it fit for work.",
    }.items()
]
BODY_ERRORS: Final[tuple[ProblemCode, ...]] = ("bad_input", "body_too_large", "unsupported_media_type")
"""What may be wrong with any body that is JSON."""
_KEY_PARAMETER: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Any text that is new for each request: sent again with the same key and body, the request is not "
    "carried out again, and its first answer is given again (kept for a day).",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": "0d4c2f6e-install-o-1",
}


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
                title=app.title, version=app.version, description=app.description, routes=app.routes, tags=TAGS
            )
            described: list[type[BaseModel]] = [*documents, ProblemDocument]
            _, definitions = models_json_schema(
                [(document, "validation") for document in described], ref_template="#/components/schemas/{model}"
            )
            schemas = description.setdefault("components", {}).setdefault("schemas", {})
            for name, schema in definitions["$defs"].items():
                schemas.setdefault(name, schema)
            _drop_framework_errors(description)
            repeatable = {route.path for route in iter_route_contexts(app.routes) if _keeps_answers(route)}
            _describe_keys(description, repeatable=repeatable)
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


def _keeps_answers(route: RouteContext) -> bool:
    return isinstance(route.original_route, OnceRoute) and "POST" in (route.methods or ())


def _describe_keys(description: dict[str, Any], *, repeatable: Collection[str | None]) -> None:
    """Say of every POST that keeps its answers that it may carry a key, and what the key can bring about."""
    for path, operations in description["paths"].items():
        operation = operations.get("post")
        if operation is None or path not in repeatable:
            continue
        operation.setdefault("parameters", []).append(_KEY_PARAMETER)
        for status, answer in errors("idempotency_in_progress", "idempotency_key_reused", "bad_input").items():
            known = operation["responses"].setdefault(str(status), answer)
            examples = known.get("content", {}).get(PROBLEM_MEDIA_TYPE, {}).setdefault("examples", {})
            for code, example in answer["content"][PROBLEM_MEDIA_TYPE]["examples"].items():
                if code not in examples:
                    examples[code] = example
                    known["description"] += f" or `{code}`: {example['summary']}"
