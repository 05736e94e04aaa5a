"""POST requests that may be sent again: `Idempotency-Key`, the first answer given again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request as HttpRequest
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from fastapi.routing import APIRoute

from api.body import read_bytes
from dispatch.bootstrap import Service
from dispatch.domain.records.access import Principal
from dispatch.domain.records.answer import RememberedAnswer
from dispatch.errors import BadInputError, Problem
from dispatch.ports import Store
from dispatch.usecases.answers import answer_id, carried_out_once, find_answer, keep_answer
from dispatch.usecases.guarded_store import GuardedStore

HEADER: Final = "Idempotency-Key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS: Final = ("content-type", "location", "etag")


@dataclass(frozen=True, kw_only=True)
class Once:
    """A request that is to be carried out once.

    Attributes
    ----------
    answer
        Id of its answer.
    store
        The store of its dispatch centre.
    """

    answer: str
    body_digest: str
    store: Store


class ReplayedAnswer(Exception):  # noqa: N818 - no error: the way out with an answer that was given before
    """A request was carried out before; holds what was answered."""

    def __init__(self, answer: RememberedAnswer) -> None:
        super().__init__(answer.id)
        self.answer = answer


async def store_for_once(http: HttpRequest, *, service: Service, principal: Principal, store: Store) -> Store:
    """Return the store to carry a request out with: one that refuses to do the same request twice, if it has a key.

    A request to a `RepeatableRoute` is done again as long as its answer is not known.

    Raises
    ------
    ReplayedAnswer
        If it has been carried out.
    KeyReusedError, KeyInUseError
        If its key came with another body; if it is being carried out.
    BadInputError
        If the key cannot be one.
    """
    key = http.headers.get(HEADER)
    if http.method != "POST" or key is None:
        return store
    if _KEY.fullmatch(key) is None:
        problem = Problem(
            path=f"header.{HEADER}", message=f"{key[:80]!r} is no key", remedy="send 1 to 200 visible ASCII characters"
        )
        raise BadInputError([problem])
    body = await read_bytes(http)
    digest = hashlib.sha256(http.url.query.encode() + b"\n" + body).hexdigest()
    wanted = answer_id(principal=f"{principal.actor}:{principal.name}", route=f"POST {http.url.path}", key=key)
    found = await run_in_threadpool(find_answer, wanted, body_digest=digest, key=key, store=store)
    if found is not None:
        raise ReplayedAnswer(found)
    http.state.once = Once(answer=wanted, body_digest=digest, store=store)
    if isinstance(http.scope["route"], RepeatableRoute):
        return store
    return GuardedStore(store, [carried_out_once(wanted, body_digest=digest, now=service.clock.now())])


class OnceRoute(APIRoute):
    """A route that keeps the answers to requests with a key, if they succeeded; what failed has changed nothing."""

    def get_route_handler(self) -> Callable[[HttpRequest], Coroutine[Any, Any, Response]]:
        """Return what handles a request."""
        handle = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handle

        async def handle_once(http: HttpRequest) -> Response:
            response = await handle(http)
            once: Once | None = getattr(http.state, "once", None)
            if once is not None and 200 <= response.status_code < 300:
                await run_in_threadpool(
                    keep_answer,
                    once.answer,
                    status=response.status_code,
                    headers={name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers},
                    body=bytes(response.body).decode(),
                    body_digest=once.body_digest,
                    store=once.store,
                    clock=http.app.state.service.clock,
                )
            return response

        return handle_once


class RepeatableRoute(OnceRoute):
    """A route that may do a request again, for it finds what is there already and leaves it as it is.

    Such a request is carried out in several transactions: cut off in the middle it goes on when it is sent again.
    """


def on_replayed_answer(_: HttpRequest, answered: Exception) -> Response:
    """Give the first answer again."""
    if not isinstance(answered, ReplayedAnswer):
        raise answered
    answer = answered.answer
    return Response(
        answer.body, status_code=answer.status or 200, headers={**answer.headers, "Idempotency-Replayed": "true"}
    )
