"""What a search tells while it runs and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

from solver.solution import Routes, Solution
from solver.stop import StopReason


@dataclass(frozen=True, kw_only=True)
class Incumbent:
    """A best solution so far: when it was there and what it costs. `iterations` are those of all threads together."""

    elapsed_s: float
    iterations: int
    cost: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The search as of one moment; `solution` is the best so far."""

    elapsed_s: float
    iterations: int
    iterations_per_s: float
    solution: Solution

    @property
    def routes(self) -> Routes:
        """Routes of the best solution so far."""
        return self.solution.routes


@dataclass(frozen=True, kw_only=True)
class Result:
    """The best solution found and how the search went; `iterations` are those of all threads together."""

    solution: Solution
    iterations: int
    runtime_s: float
    stopped_by: StopReason
    trajectory: tuple[Incumbent, ...]
