"""When a search ends: after a time, after a number of iterations, when somebody says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

StopReason = Literal["limit", "iterations", "cancelled"]
Clock = Callable[[], float]
"""Seconds of a monotonic clock."""


_SLICE_S = 0.05
"""A cancel takes effect within so many seconds where there is a time limit."""


class Stop(Protocol):
    """A stop criterion."""

    @property
    def total_iterations(self) -> int | None:
        """Iterations of each thread if their number is fixed: the run is then reproducible."""

    @property
    def slice_share(self) -> float | None:
        """Share of the run after which to ask again; None = any."""

    def progress(self, iterations: int) -> float:
        """Share of the run that is over after `iterations` of each thread; 1 or more = stop."""

    @property
    def reason(self) -> StopReason:
        """Why the run ends when `progress` has reached 1."""


class TimeLimit:
    """Stops `limit_s` seconds after its construction, on `clock`."""

    total_iterations = None
    reason: StopReason = "limit"

    def __init__(self, limit_s: float, clock: Clock) -> None:
        self.slice_share = min(0.02, _SLICE_S / max(limit_s, _SLICE_S))
        self._limit_s = limit_s
        self._clock = clock
        self._started = clock()

    def progress(self, iterations: int) -> float:  # noqa: ARG002 - the protocol's signature
        """Share of the time that is over."""
        return 1.0 if self._limit_s <= 0 else (self._clock() - self._started) / self._limit_s


class IterationLimit:
    """Stops after `limit` iterations of each thread."""

    slice_share = None
    reason: StopReason = "iterations"

    def __init__(self, limit: int) -> None:
        self.total_iterations = limit

    def progress(self, iterations: int) -> float:
        """Share of the iterations that is done."""
        return 1.0 if self.total_iterations <= 0 else iterations / self.total_iterations


class Cancelled:
    """Stops when `is_cancelled` says so."""

    total_iterations = None
    slice_share = None
    reason: StopReason = "cancelled"

    def __init__(self, is_cancelled: Callable[[], bool]) -> None:
        self._is_cancelled = is_cancelled

    def progress(self, iterations: int) -> float:  # noqa: ARG002 - the protocol's signature
        """1 once cancelled, 0 before."""
        return 1.0 if self._is_cancelled() else 0.0


class FirstOf:
    """Stops with the first of several criteria."""

    def __init__(self, *stops: Stop) -> None:
        self._stops = stops
        self._last = stops[0]

    @property
    def total_iterations(self) -> int | None:
        """The least fixed number of iterations among the criteria."""
        return min((s.total_iterations for s in self._stops if s.total_iterations is not None), default=None)

    @property
    def slice_share(self) -> float | None:
        """The least share among the criteria."""
        return min((s.slice_share for s in self._stops if s.slice_share is not None), default=None)

    @property
    def reason(self) -> StopReason:
        """Reason of the criterion that was furthest at the last look."""
        return self._last.reason

    def progress(self, iterations: int) -> float:
        """Progress of the criterion that is furthest."""
        progress, index = max((stop.progress(iterations), -i) for i, stop in enumerate(self._stops))
        self._last = self._stops[-index]
        return progress
