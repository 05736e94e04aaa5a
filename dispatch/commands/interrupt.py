"""Ctrl-C as "enough": the first stops the search and keeps its best plan, the second aborts."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Self


class StopOnInterrupt:
    """While entered, the first SIGINT is remembered instead of raised; the second raises `KeyboardInterrupt`."""

    def __init__(self) -> None:
        self._was_interrupted = False
        self._previous = signal.getsignal(signal.SIGINT)

    def __enter__(self) -> Self:
        self._previous = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._previous)

    def was_interrupted(self) -> bool:
        """Return whether the user asked to stop."""
        return self._was_interrupted

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._was_interrupted:
            raise KeyboardInterrupt
        self._was_interrupted = True
        print("Stopping with the best plan so far; Ctrl-C again aborts.", file=sys.stderr)
