"""What a solver under test looks like to the harness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from benchmarks.instances.instance import Instance
from solver.solution import Routes


class Inexpressible(Exception):  # noqa: N818 - it is an answer, not an error
    """The solver cannot be told this instance in a way that keeps its answers feasible; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a solver found.

    Attributes
    ----------
    routes
        For each shift of the problem its orders in sequence, as in `solver.solution`; None = the solver found none.
    runtime_s
        Wall clock from the start of the solver's search to its answer, without building the solver's model.
    iterations
        As the solver counts them; None = it does not say.
    trajectory
        (seconds, cost as the solver claims it in the problem's units), falling; () = it does not say.
    note
        What a reader of the figures must know: visits taken out to repair a route, time to build the model.
    """

    routes: Routes | None
    runtime_s: float
    iterations: int | None = None
    trajectory: tuple[tuple[float, int], ...] = ()
    note: str = ""


class Adapter(Protocol):
    """A solver under test."""

    name: str

    def version(self) -> str:
        """Version of the solver, as its package says it."""

    def cannot(self, instance: Instance) -> tuple[str, ...]:
        """Say what of the instance's model the solver cannot express; () = it can express everything."""

    def solve(self, instance: Instance, *, limit_s: float, seed: int, threads: int) -> Answer:
        """Search for at most `limit_s` seconds of wall clock, from when the solver's search starts.

        Raises
        ------
        Inexpressible
            If the instance cannot be told in a way that keeps the answer feasible.
        """
