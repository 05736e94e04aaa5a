"""Errors as problem details (RFC 9457): one place where exceptions become status codes and stable codes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi import Request as HttpRequest
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.schemas.problem import FieldProblem, ProblemCode, ProblemDocument
from dispatch.domain.problems import path_text, problem_of
from dispatch.errors import (
    AlreadyThereError,
    BadInputError,
    BadPolicyError,
    CheckFailedError,
    DispatchError,
    ForbiddenError,
    KeyInUseError,
    KeyReusedError,
    NotFoundError,
    NotReadyError,
    RunStateError,
    StaleOfferError,
    StalePlanError,
    StaleRecordError,
    StoreError,
    ThrottledError,
    TransitionError,
    TravelError,
    UnauthenticatedError,
)

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
CHALLENGE: Final = 'Bearer realm="field-dispatch"'
"""How to say who one is: with an API key (RFC 6750)."""

STATUS_OF: Final[Mapping[ProblemCode, int]] = {
    "already_there": 409,
    "bad_input": 422,
    "bad_policy": 422,
    "body_too_large": 413,
    "check_failed": 409,
    "forbidden": 403,
    "idempotency_in_progress": 409,
    "idempotency_key_reused": 422,
    "internal": 500,
    "method_not_allowed": 405,
    "not_allowed": 409,
    "not_found": 404,
    "precondition_required": 428,
    "request_refused": 400,
    "run_state": 409,
    "stale_offer": 409,
    "stale_plan": 409,
    "stale_record": 412,
    "not_ready": 503,
    "store_unavailable": 503,
    "too_many_requests": 429,
    "travel_unavailable": 503,
    "unauthenticated": 401,
    "unsupported_media_type": 415,
}
TITLE_OF: Final[Mapping[ProblemCode, str]] = {
    "already_there": "It exists already",
    "bad_input": "The input cannot be used",
    "bad_policy": "The policy cannot be used",
    "body_too_large": "The body is too large",
    "check_failed": "The plan breaks the rules",
    "forbidden": "You may not do this",
    "idempotency_in_progress": "The same request is being carried out",
    "idempotency_key_reused": "The key came with another request",
    "internal": "The service failed",
    "method_not_allowed": "The method is not allowed here",
    "not_allowed": "This is not possible now",
    "not_found": "There is no such thing",
    "precondition_required": "Say which version you have seen",
    "request_refused": "The request is refused",
    "run_state": "The run's state does not allow it",
    "stale_offer": "The offer cannot be had any more",
    "stale_plan": "Another plan is in force",
    "stale_record": "Somebody has changed it meanwhile",
    "not_ready": "The service is not fit for work",
    "store_unavailable": "The database cannot be used now",
    "too_many_requests": "You ask too often",
    "travel_unavailable": "Travel times cannot be had now",
    "unauthenticated": "Say who you are",
    "unsupported_media_type": "The body is of a type that is not read here",
}
_CODE_OF_ERROR: Final[tuple[tuple[type[DispatchError], ProblemCode], ...]] = (
    (AlreadyThereError, "already_there"),
    (BadPolicyError, "bad_policy"),
    (BadInputError, "bad_input"),
    (CheckFailedError, "check_failed"),
    (ForbiddenError, "forbidden"),
    (KeyInUseError, "idempotency_in_progress"),
    (KeyReusedError, "idempotency_key_reused"),
    (NotFoundError, "not_found"),
    (RunStateError, "run_state"),
    (StaleOfferError, "stale_offer"),
    (StalePlanError, "stale_plan"),
    (StaleRecordError, "stale_record"),
    (NotReadyError, "not_ready"),
    (StoreError, "store_unavailable"),
    (ThrottledError, "too_many_requests"),
    (TransitionError, "not_allowed"),
    (TravelError, "travel_unavailable"),
    (UnauthenticatedError, "unauthenticated"),
)
_CODE_OF_STATUS: Final[Mapping[int, ProblemCode]] = {404: "not_found", 405: "method_not_allowed"}

_log: Final = logging.getLogger(__name__)


class HttpError(Exception):
    """Something is wrong with the HTTP request rather than with what it asks for."""

    code: ProblemCode


class BodyTooLargeError(HttpError):
    """The body is longer than the service reads."""

    code = "body_too_large"

    def __init__(self, limit_bytes: int, *, name: str = "BODY_LIMIT_BYTES") -> None:
        super().__init__(f"the body is longer than {limit_bytes} bytes\nMaybe raise FIELD_DISPATCH_{name}")


class UnsupportedMediaTypeError(HttpError):
    """The body is not declared as what is read here."""

    code = "unsupported_media_type"

    def __init__(self, media_type: str, *, wanted: str = "application/json") -> None:
        found = f"is {media_type!r}" if media_type else "is missing"
        super().__init__(f"the header Content-Type {found}\nMaybe send {wanted}")


class PreconditionRequiredError(HttpError):
    """A change does not say which version it was made against."""

    code = "precondition_required"


def problem_response(document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem as an HTTP response."""
    return Response(
        document.model_dump_json(),
        status_code=document.status,
        headers=dict(headers or {}),
        media_type=PROBLEM_MEDIA_TYPE,
    )


def problem(code: ProblemCode, detail: str, **more: Any) -> ProblemDocument:
    """Return the problem of a code."""
    return ProblemDocument(title=TITLE_OF[code], status=STATUS_OF[code], code=code, detail=detail, **more)


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of an application a problem detail."""
    app.add_exception_handler(DispatchError, _on_dispatch_error)
    app.add_exception_handler(HttpError, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)
    app.add_exception_handler(Exception, on_unexpected_error)


def code_of(error: DispatchError) -> ProblemCode | None:
    """Return the stable code of an error; None if nobody can do anything about it."""
    return next((code for kind, code in _CODE_OF_ERROR if isinstance(error, kind)), None)


def _on_dispatch_error(http: HttpRequest, error: Exception) -> Response:
    code = code_of(error) if isinstance(error, DispatchError) else None
    if code is None:
        return on_unexpected_error(http, error)
    more: dict[str, Any] = {}
    if isinstance(error, BadInputError):
        more["problems"] = [
            FieldProblem(path=fault.path, message=fault.message, remedy=fault.remedy) for fault in error.problems
        ]
        more["left_out"] = error.left_out
    if isinstance(error, CheckFailedError):
        more["violations"] = list(error.violations)
    detail = str(error)
    if isinstance(error, StoreError):
        _log.error("%s %s: %s", http.method, _route_of(http), error)
        detail = "the database cannot be used now; nothing is half done\nMaybe its disk is full: the log says more"
    return problem_response(problem(code, detail, **more), _headers_of(error))


def _headers_of(error: Exception) -> Mapping[str, str]:
    """Return what the answer to an error says in headers, too: how to say who one is, when to come again."""
    if isinstance(error, UnauthenticatedError):
        return {"WWW-Authenticate": CHALLENGE}
    if isinstance(error, ForbiddenError):
        return {"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope"'}
    return retry_header(error) if isinstance(error, ThrottledError) else {}


def retry_header(error: ThrottledError) -> Mapping[str, str]:
    """Return the header that says when to try again."""
    return {"Retry-After": str(error.retry_after_s)}


def _on_http_error(_: HttpRequest, error: Exception) -> Response:
    code = error.code if isinstance(error, HttpError) else "internal"
    return problem_response(problem(code, str(error)))


def _on_validation_error(_: HttpRequest, error: Exception) -> Response:
    """Answer parameters of path, query or header that cannot be used; bodies are read elsewhere."""
    details = error.errors() if isinstance(error, RequestValidationError) else []
    found = BadInputError([problem_of(detail, path_text(detail["loc"])) for detail in details])
    problems = [FieldProblem(path=fault.path, message=fault.message, remedy=fault.remedy) for fault in found.problems]
    return problem_response(problem("bad_input", str(found), problems=problems))


def _on_http_exception(http: HttpRequest, error: Exception) -> Response:
    """Answer what the framework refuses by itself: no such path, no such method, a broken request."""
    if not isinstance(error, HTTPException):
        return on_unexpected_error(http, error)
    code = _CODE_OF_STATUS.get(error.status_code, "request_refused")
    detail = f"{http.method} {http.url.path}: {error.detail}"
    document = problem(code, detail).model_copy(update={"status": error.status_code})
    return problem_response(document, error.headers)


def _on_disconnect(http: HttpRequest, _: Exception) -> Response:
    """Close the case of a client that went away before its body was read; nobody reads this answer."""
    return problem_response(problem("request_refused", f"{http.method} {http.url.path}: the body ends too early"))


def on_unexpected_error(http: HttpRequest, error: Exception) -> Response:
    """Log an error that nobody foresaw, and answer without telling anything of the inside."""
    _log.error("%s %s failed", http.method, _route_of(http), exc_info=error)
    return problem_response(problem("internal", "the service failed\nMaybe its log says more"))


def _route_of(http: HttpRequest) -> str:
    """Return the template of the route: a path may hold the token of a customer's link, which belongs in no log."""
    path: str = getattr(http.scope.get("route"), "path", "none")
    return path
