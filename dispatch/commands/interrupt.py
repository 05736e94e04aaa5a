"""Ctrl-C as "enough": in the search the first one keeps the best plan and the second aborts; SIGTERM likewise."""

from __future__ import annotations

import signal
import sys
from types import FrameType, TracebackType
from typing import Final, Self

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
"""From the keyboard; from `timeout`, `kill` or a service manager, which want the plan as much."""


class StopOnInterrupt:
    """While entered, `SIGNALS` raise `KeyboardInterrupt`, but for the first one from the search's beginning on.

    That one is remembered. The search begins when it asks `was_interrupted`; before, there is no plan worth keeping.
    """

    def __init__(self) -> None:
        self._is_searching = False
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
        """Return whether the user asked to stop; who asks is the search."""
        self._is_searching = True
        return self._was_interrupted

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if not self._is_searching:
            print("Stopped before the search: no plan is written.", file=sys.stderr)
        if self._was_interrupted or not self._is_searching:
            raise KeyboardInterrupt
        self._was_interrupted = True
        print("Stopping with the best plan so far; Ctrl-C again aborts.", file=sys.stderr)
