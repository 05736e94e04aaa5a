"""Errors that nobody foresaw: answered and logged while the request is still known by its id."""

from __future__ import annotations

from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import on_unexpected_error


class UnexpectedErrors:
    """ASGI middleware: answers 500 where a request fails, inside what gives it its id and its answer the headers.

    The framework's own handler stands outside of both: its line in the log would not say which request failed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; an answer that has begun cannot be taken back, and the connection ends."""
        is_begun = False

        async def noted(message: Message) -> None:
            nonlocal is_begun
            is_begun = is_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http":
                raise
            answer = on_unexpected_error(HttpRequest(scope), error)
            if is_begun:
                raise
            await answer(scope, receive, send)
