"""What was sent to the service and what it answered: every answer that was not expected, every action that counts."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from typing import Any, Final

import httpx

from benchmarks.service.load import Measured

LISTED: Final = 20
"""So many unexpected answers are told in full."""


class Ledger:
    """Counts what several threads send; each has its own client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun = time.perf_counter()
        self._seconds: list[float] = []
        self._statuses: Counter[int] = Counter()
        self.actions: defaultdict[str, list[str]] = defaultdict(list)
        """Ids of the actions that the service said were done, by order."""
        self.contacts: Counter[str] = Counter()
        """Contact attempts that the service took, by order."""
        self.received: list[str] = []
        """Orders that the service took in."""
        self.overtaken = 0
        """Actions against a version that a new plan or somebody else had changed meanwhile."""
        self.done: Counter[str] = Counter()
        self.unexpected: list[str] = []

    def send(
        self, client: httpx.Client, method: str, path: str, *, expected: tuple[int, ...] = (200,), **more: Any
    ) -> httpx.Response | None:
        """Send a call; None if the answer was not one that was expected, which is noted."""
        begun = time.perf_counter()
        try:
            answer = client.request(method, path, **more)
        except httpx.HTTPError as error:
            self._note(time.perf_counter() - begun, 0, f"{method} {path}: {error!r}")
            return None
        is_expected = answer.status_code in expected
        text = None if is_expected else f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        self._note(time.perf_counter() - begun, answer.status_code, text)
        return answer if is_expected else None

    def count(self, what: str) -> None:
        """Count something that was done."""
        with self._lock:
            self.done[what] += 1

    def count_overtaken(self) -> None:
        """Count an action that somebody else was faster than."""
        with self._lock:
            self.overtaken += 1

    def fault(self, text: str) -> None:
        """Note something that is not as it should be."""
        with self._lock:
            self.unexpected.append(text)

    def measured(self) -> Measured:
        """Return the times of all answers so far."""
        with self._lock:
            took_s = time.perf_counter() - self._begun
            return Measured(seconds=tuple(sorted(self._seconds)), statuses=Counter(self._statuses), took_s=took_s)

    def _note(self, seconds: float, status: int, unexpected: str | None) -> None:
        with self._lock:
            self._seconds.append(seconds)
            self._statuses[status] += 1
            if unexpected is not None:
                self.unexpected.append(unexpected)
