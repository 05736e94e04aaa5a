"""How long each phase of a planning run takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["read", "promises", "travel", "encode", "search", "prove", "check", "decode", "odds", "write"]


@dataclass(frozen=True)
class PlanningTimings:
    """Stopwatch of a planning run.

    Attributes
    ----------
    clock
        Seconds since some moment; never runs backwards.
    seconds
        Time spent in each phase so far, in the order of their first use.
    """

    clock: Callable[[], float]
    seconds: dict[Phase, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, phase: Phase) -> Iterator[None]:
        """Add the time spent inside to `phase`."""
        since_s = self.clock()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + self.clock() - since_s
