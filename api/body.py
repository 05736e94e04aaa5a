"""Reading of request bodies: JSON of bounded size, told apart from everything else; every document the same way."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Depends
from fastapi import Request as HttpRequest
from pydantic import BaseModel, ValidationError

from api.errors import BodyTooLargeError, UnsupportedMediaTypeError
from dispatch.domain.json_text import read_json
from dispatch.domain.problems import problems_of
from dispatch.errors import BadInputError

SOURCE = "body"
"""What error messages call the document that came in."""

_Model = TypeVar("_Model", bound=BaseModel)


async def read_body(http: HttpRequest) -> bytes:
    """Return the body of a request.

    Raises
    ------
    UnsupportedMediaTypeError
        If it is not declared as JSON.
    BodyTooLargeError
        If it is longer than the setting `body_limit_bytes`; what is too much is not read.
    """
    media_type = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaTypeError(media_type)
    return await read_bytes(http)


async def read_bytes(http: HttpRequest) -> bytes:
    """Return the body of a request, of whatever type; it may be asked for more than once.

    Raises
    ------
    BodyTooLargeError
        If it is longer than the setting `body_limit_bytes`; what is too much is not read.
    """
    known: bytes | None = getattr(http.state, "body", None)
    if known is not None:
        return known
    limit_bytes: int = http.app.state.service.settings.body_limit_bytes
    declared = http.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit_bytes:
        raise BodyTooLargeError(limit_bytes)
    body = bytearray()
    async for chunk in http.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise BodyTooLargeError(limit_bytes)
    http.state.body = bytes(body)
    return http.state.body  # type: ignore[no-any-return]


def parse_body(body: bytes, model: type[_Model]) -> _Model:
    """Return the document of a body.

    Raises
    ------
    BadInputError
        If it is not JSON, or not such a document; with all problems.
    """
    document = read_json(body, source=SOURCE)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise BadInputError(problems_of(error, document, model=model), source=SOURCE) from None


def read_as(model: type[_Model], *, may_be_absent: bool = False) -> Any:
    """Return the dependency that gives the body of a request as a document.

    Parameters
    ----------
    may_be_absent
        Whether a request without a body counts as one with an empty document.
    """

    async def read(http: HttpRequest) -> _Model:
        if may_be_absent and not await read_bytes(http):
            return model()
        return parse_body(await read_body(http), model)

    return Depends(read)


def json_body(model: type[BaseModel], *, example: dict[str, Any], is_required: bool = True) -> dict[str, Any]:
    """Return what OpenAPI shall say about a route that reads its body by itself."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": is_required, "content": content}}
