"""What is recorded of each request: an id, a line in the log, a measurement; never its path, which can be a secret."""

from __future__ import annotations

import logging
import re
import time
from typing import Final
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.logs import REQUEST_ID
from dispatch.metrics import Metrics

REQUEST_ID_HEADER: Final = "X-Request-ID"
_GIVEN: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log: Final = logging.getLogger("dispatch.requests")


class RequestRecord:
    """Gives each request an id, the caller's own if it sent one, and records how it was answered."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an HTTP request on; its id goes out in `X-Request-ID`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        status: int | None = None
        is_recorded = False
        begun_s = time.perf_counter()

        def record() -> None:
            nonlocal is_recorded
            is_recorded = True
            self._record(scope, status=status or 500, seconds=time.perf_counter() - begun_s)

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            elif message["type"] == "http.response.body" and not message.get("more_body", False):
                record()  # before its last part leaves: whoever has the answer finds it recorded
            await send(message)

        token = REQUEST_ID.set(request_id)
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            if not is_recorded:
                record()
            REQUEST_ID.reset(token)

    def _record(self, scope: Scope, *, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = _route(scope)
        self._metrics.request_answered(method=method, route=route, status=status, seconds=seconds)
        _log.info("%s %s %d %.1f ms", method, route, status, 1000 * seconds)


def _request_id(scope: Scope) -> str:
    """Return the id that the caller gave, if it is a plain one, else a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode("ascii") if _GIVEN.fullmatch(given) else uuid4().hex


def _route(scope: Scope) -> str:
    """Return the template of the route that answered; "none" if no route did."""
    path: str = getattr(scope.get("route"), "path", "none")
    return path
