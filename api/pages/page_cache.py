"""What was just made or read, for a few seconds, so that many readers of one thing cost one look into the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class SecondsCache(Generic[K, V]):
    """Values by key, each for the same few seconds; threads may share it.

    What is too old leaves with the next value that comes, so the memory is that of the last seconds only.

    Parameters
    ----------
    keep_s
        How long a value is used, counted from before it was made; 0 = never.
    most
        So many are kept; the oldest leaves for a new one.
    """

    def __init__(self, *, keep_s: float, most: int, now_s: Callable[[], float] = time.monotonic) -> None:
        self._keep_s = keep_s
        self._most = most
        self._now_s = now_s
        self._kept: dict[K, tuple[float, V]] = {}  # the oldest first
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many values are in memory."""
        return len(self._kept)

    def now_s(self) -> float:
        """Return the moment on the cache's clock, to be handed in with what is made from now on."""
        return self._now_s()

    def find(self, key: K) -> V | None:
        """Return a value that is young enough; None if there is none."""
        until_s, value = self._kept.get(key, (0.0, None))
        return value if self._now_s() < until_s else None

    def put(self, key: K, value: V, *, made_at_s: float) -> None:
        """Keep a value; `made_at_s` is the moment from before its making."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (made_at_s + self._keep_s, value)
            now_s = self._now_s()
            while self._kept:
                oldest = next(iter(self._kept))
                if len(self._kept) <= self._most and now_s < self._kept[oldest][0]:
                    break
                del self._kept[oldest]

    def forget(self, key: K) -> None:
        """Drop a value: it has just changed."""
        with self._lock:
            self._kept.pop(key, None)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made if there is none that is young enough."""
        found = self.find(key)
        if found is None:
            made_at_s = self._now_s()
            found = make()
            self.put(key, found, made_at_s=made_at_s)
        return found
