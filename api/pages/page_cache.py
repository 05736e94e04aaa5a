"""Pages that were just made, for a few seconds, so that many readers of one page cost one look into the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from starlette.responses import Response

MOST_PAGES: Final = 20_000
"""Kept at most; then all go, which costs a look into the store each."""


class PageCache:
    """Answers by the path of a page and its variant; every use of it is one step, so threads may share it.

    Parameters
    ----------
    keep_s
        How long an answer is used, counted from before it was made.
    """

    def __init__(self, *, keep_s: float, now_s: Callable[[], float] = time.monotonic) -> None:
        self._keep_s = keep_s
        self._now_s = now_s
        self._pages: dict[str, dict[str, tuple[float, Response]]] = {}

    def now_s(self) -> float:
        """Return the moment on the cache's clock, to be handed in with what is made from now on."""
        return self._now_s()

    def find(self, path: str, variant: str) -> Response | None:
        """Return an answer that is young enough; None if there is none."""
        pages = self._pages.get(path)
        if pages is None or variant not in pages:
            return None
        until_s, answer = pages[variant]
        return answer if self._now_s() < until_s else None

    def put(self, path: str, variant: str, answer: Response, *, made_at_s: float) -> None:
        """Keep an answer; `made_at_s` is the moment from before its making."""
        if len(self._pages) >= MOST_PAGES:
            self._pages.clear()
        self._pages.setdefault(path, {})[variant] = (made_at_s + self._keep_s, answer)

    def forget(self, path: str) -> None:
        """Drop every answer for a path: it has just changed."""
        self._pages.pop(path, None)
