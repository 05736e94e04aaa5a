"""How often one caller may ask: a token bucket for each, in the memory of the process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import problem, problem_response, retry_header
from dispatch.errors import ThrottledError

MOST_CALLERS: Final = 100_000
"""So many buckets are kept; then those that are full again go, which are those of callers who have long been quiet."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class RateLimit:
    """Lets each caller ask `burst` times at once and `rate_per_s` times a second on average.

    Not for several threads at once: it is asked on the event loop only.

    Parameters
    ----------
    rate_per_s
        0 = no limit.
    """

    def __init__(self, *, rate_per_s: float, burst: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._now_s = now_s
        self._buckets: dict[str, _Bucket] = {}

    def take(self, caller: str) -> None:
        """Count a request of a caller.

        Raises
        ------
        ThrottledError
            If it is one too many; says when the next one may come.
        """
        if self._rate_per_s == 0:
            return
        now = self._now_s()
        bucket = self._buckets.get(caller)
        if bucket is None:
            if len(self._buckets) >= MOST_CALLERS:
                self._forget_quiet_callers(now)
            bucket = self._buckets[caller] = _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.filled_at) * self._rate_per_s)
        bucket.filled_at = now
        if bucket.tokens < 1:
            wait_s = math.ceil((1 - bucket.tokens) / self._rate_per_s)
            raise ThrottledError("too many requests", retry_after_s=max(1, wait_s))
        bucket.tokens -= 1

    def _forget_quiet_callers(self, now: float) -> None:
        full_after_s = self._burst / self._rate_per_s
        quiet = [caller for caller, bucket in self._buckets.items() if now - bucket.filled_at >= full_after_s]
        for caller in quiet:
            del self._buckets[caller]
        if not quiet:  # every caller is busy: an attack from many addresses; begin anew rather than grow
            self._buckets.clear()


class AddressLimit:
    """ASGI middleware: refuses the requests of an address that asks too often, before anything else is done."""

    def __init__(self, app: ASGIApp, *, limit: RateLimit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 429 or hand on."""
        if scope["type"] == "http":
            try:
                self._limit.take(address_of(scope))
            except ThrottledError as error:
                response = problem_response(problem("too_many_requests", str(error)), retry_header(error))
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


def address_of(scope: Scope) -> str:
    """Return the address a request comes from; of IPv6 the network, since a caller has all addresses of one."""
    client = scope.get("client")
    if client is None:
        return ""
    host: str = client[0]
    return ":".join(host.split(":")[:4]) if ":" in host else host
