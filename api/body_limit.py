"""How large a body may be, whoever reads it."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLargeError, problem, problem_response

FORM: Final = "application/x-www-form-urlencoded"


class BodyLimit:
    """ASGI middleware: answers 413 as soon as a body is longer than it may be; what is too much is not read.

    Parameters
    ----------
    limit_bytes
        For every body.
    form_limit_bytes
        For the forms of pages, which are read into memory.
    """

    def __init__(self, app: ASGIApp, *, limit_bytes: int, form_limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes
        self._form_limit_bytes = form_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 or hand on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_form = headers.get("content-type", "").partition(";")[0].strip().lower() == FORM
        limit_bytes = min(self._limit_bytes, self._form_limit_bytes) if is_form else self._limit_bytes
        name = "FORM_LIMIT_BYTES" if is_form else "BODY_LIMIT_BYTES"
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit_bytes:
            await _refusal(limit_bytes, name)(scope, receive, send)
            return
        received_bytes, is_refused, is_answered = 0, False, False

        async def counted() -> Message:
            nonlocal received_bytes, is_refused
            if is_refused:
                return {"type": "http.disconnect"}
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > limit_bytes and not is_answered:
                is_refused = True
                return {"type": "http.disconnect"}
            return message

        async def unless_refused(message: Message) -> None:
            nonlocal is_answered
            if is_refused:
                if not is_answered:
                    is_answered = True
                    await _refusal(limit_bytes, name)(scope, receive, send)
                return
            is_answered = True
            await send(message)

        await self._app(scope, counted, unless_refused)


def _refusal(limit_bytes: int, name: str) -> Response:
    too_large = BodyTooLargeError(limit_bytes, name=name)
    return problem_response(problem(too_large.code, str(too_large)), {"Connection": "close"})
