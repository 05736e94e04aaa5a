"""Webhook calls over HTTP: bounded in time and size, to allowed addresses only."""

from __future__ import annotations

from typing import Final

import httpx

from dispatch.domain.records.webhook import DeliveryAttempt
from dispatch.errors import DispatchError
from dispatch.outgoing import OutgoingRules, outgoing_client
from dispatch.ports import Clock

READ_BYTES: Final = 64 * 1024
"""So much of an answer is read at most; nobody looks at it."""
USER_AGENT: Final = "field-dispatch"


class HttpSender:
    """Makes webhook calls; a `dispatch.usecases.webhooks.deliver.Sender`."""

    def __init__(self, rules: OutgoingRules, *, timeout_s: float, clock: Clock) -> None:
        self._rules = rules
        self._timeout_s = timeout_s
        self._clock = clock

    def send(self, url: str, *, headers: dict[str, str], body: str) -> DeliveryAttempt:
        """Call a URL by POST and return what came of it; every answer but 2xx is a failure, a redirect too."""
        at, begun_s = self._clock.now(), self._clock.monotonic_s()
        status: int | None = None
        try:
            with (
                outgoing_client(self._rules, timeout_s=self._timeout_s) as client,
                client.stream("POST", url, headers={"User-Agent": USER_AGENT} | headers, content=body) as answer,
            ):
                status = answer.status_code
                self._skim(answer, begun_s=begun_s)
            error = None if 200 <= status < 300 else f"the answer was {status}"
        except (httpx.HTTPError, httpx.InvalidURL, DispatchError, OverflowError) as fault:  # a port beyond 65535
            error = str(fault) or type(fault).__name__
        return DeliveryAttempt(
            at=at, status=status, error=error, duration_ms=round(1000 * (self._clock.monotonic_s() - begun_s))
        )

    def _skim(self, answer: httpx.Response, *, begun_s: float) -> None:
        """Read the answer's body as far as we care, so that a slow or endless one does not hold us up."""
        size = 0
        for chunk in answer.iter_raw():
            size += len(chunk)
            if size > READ_BYTES or self._clock.monotonic_s() - begun_s > self._timeout_s:
                return
