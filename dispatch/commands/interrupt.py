"""Ctrl-C as "enough": the first stops the search and keeps its best plan, the second aborts; SIGTERM likewise."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
"""From the keyboard; from `timeout`, `kill` or a service manager, which want the plan as much."""


class StopOnInterrupt:
    """While entered, the first of `SIGNALS` is remembered instead of raised; the second raises `KeyboardInterrupt`."""

    def __init__(self) -> None:
        self._was_interrupted = False
        self._previous = {number: signal.getsignal(number) for number in SIGNALS}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._previous[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def was_interrupted(self) -> bool:
        """Return whether the user asked to stop."""
        return self._was_interrupted

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._was_interrupted:
            raise KeyboardInterrupt
        self._was_interrupted = True
        print("Stopping with the best plan so far; Ctrl-C again aborts.", file=sys.stderr)
