"""The application on a real loopback port, in a thread of the test's process."""

from __future__ import annotations

import asyncio
import atexit
import ssl
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send


class _Door:
    """A server on a loopback port in a thread, open to one application after another.

    Its start and its end take a fifth of a second, and tests need hundreds of servers.
    """

    def __init__(self) -> None:
        self._app: FastAPI | None = None
        self._server = uvicorn.Server(
            uvicorn.Config(self._answer, interface="asgi3", lifespan="off", port=0, log_level="warning")
        )
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._ask(self._listening())
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        atexit.register(self.close)

    @contextmanager
    def open_to(self, app: FastAPI) -> Iterator[None]:
        """Let requests in to this application from its start-up to its shut-down."""
        lifespan = app.router.lifespan_context(app)
        self._ask(lifespan.__aenter__())
        self._app = app
        try:
            yield
        finally:
            self._ask(self._last_answer())
            self._app = None
            self._ask(lifespan.__aexit__(None, None, None))

    def close(self) -> None:
        """End the server and its thread."""
        self._server.should_exit = True
        self._thread.join(timeout=30)

    def _serve(self) -> None:
        with self._runner:
            self._runner.run(self._server.serve())

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None, "nobody asks outside of open_to"
        await self._app(scope, receive, send)

    async def _listening(self) -> None:
        while not self._server.started:
            await asyncio.sleep(0.001)

    async def _last_answer(self) -> None:
        """Wait until nobody is answered any longer; streams end when their readers have gone."""
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                while self._server.server_state.tasks:
                    await asyncio.sleep(0.001)

    def _ask(self, question: Coroutine[object, object, object]) -> None:
        asyncio.run_coroutine_threadsafe(question, self._loop).result(timeout=30)


NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients on the loopback: to read the machine's certificates costs more than most tests."""
_FREE_DOORS: list[_Door] = []


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve the application on a free port; gives a client of it."""
    door = _FREE_DOORS.pop() if _FREE_DOORS else _Door()
    address = f"http://127.0.0.1:{door.port}"
    with door.open_to(app), httpx.Client(base_url=address, timeout=30, verify=NO_CERTIFICATES) as client:
        yield client
    _FREE_DOORS.append(door)  # one whose test failed is left alone


def read_events(response: httpx.Response) -> Iterator[tuple[str, str]]:
    """Give name and data of the server-sent events of a streaming response."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, value
