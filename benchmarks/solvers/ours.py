"""Our own solver, as the nightly plan runs it."""

from __future__ import annotations

import time
from importlib.metadata import version

from benchmarks.instances.instance import Instance
from benchmarks.solvers.adapter import Answer
from solver.solve import solve
from solver.stop import TimeLimit


class Ours:
    """The search core with its default parameters."""

    name = "ours"

    def version(self) -> str:
        """Version of this project."""
        return version("field-dispatch")

    def cannot(self, instance: Instance) -> tuple[str, ...]:  # noqa: ARG002 - the protocol's signature
        """Nothing: the instances are problems of this solver."""
        return ()

    def solve(self, instance: Instance, *, limit_s: float, seed: int, threads: int) -> Answer:
        """Search under a limit of wall clock; checking the problem and building the core's copy of it count."""
        result = solve(
            instance.problem,
            stop=TimeLimit(limit_s, time.perf_counter),
            seed=seed,
            threads=threads,
            clock=time.perf_counter,
        )
        return Answer(
            routes=result.solution.routes,
            runtime_s=result.runtime_s,
            iterations=result.iterations,
            trajectory=tuple((incumbent.elapsed_s, incumbent.cost) for incumbent in result.trajectory),
        )
