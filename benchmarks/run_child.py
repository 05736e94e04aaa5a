"""The process of one run: reads the instance, warms up, lets the solver search, scores its answer, writes a line.

    python -m benchmarks.run_child JOB OUTPUT

with the job as JSON. `benchmarks.run_pool` starts it, on the cores that it shall use.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.instances.instance import Instance
from benchmarks.instances.plain import PlainOrders, PlainShifts, plain_problem
from benchmarks.results import Run
from benchmarks.run_file import RUN
from benchmarks.run_job import JOB, Job, run_without_answer
from benchmarks.scoring import score
from benchmarks.solvers.adapter import Adapter, Answer, Inexpressible
from benchmarks.solvers.registry import adapter_named
from benchmarks.suites import instances_of
from solver.problem import ELIGIBLE, Prices

_WARM_UP_S = 0.1
_PR_SET_PDEATHSIG = 1


def carry_out(job: Job) -> Run:
    """Make one run."""
    ref = next(ref for ref in instances_of(job.suite, job.instances) if ref.name == job.instance)
    instance = ref.load()
    adapter = adapter_named(job.solver)
    cannot = adapter.cannot(instance)
    _warm_up(adapter, threads=job.threads)
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        answer = adapter.solve(instance, limit_s=job.limit_s, seed=job.seed, threads=job.threads)
    except Inexpressible as reason:
        answer = Answer(routes=None, runtime_s=0.0, note=f"cannot be expressed: {reason}")
    return run_of(job, instance, answer, cannot=cannot, started_at=started_at)


def run_of(job: Job, instance: Instance, answer: Answer, *, cannot: tuple[str, ...], started_at: str) -> Run:
    """Score an answer and say all of it in a line."""
    run = replace(
        run_without_answer(job, started_at=started_at, runtime_s=answer.runtime_s, note=answer.note),
        iterations=answer.iterations,
        best_known=instance.best_known,
        may_tune=instance.may_tune,
        cannot=cannot,
        trajectory=tuple((round(elapsed_s, 3), int(cost)) for elapsed_s, cost in answer.trajectory),
    )
    if answer.routes is None:
        return run
    scored = score(instance, answer.routes)
    return replace(
        run,
        cost=scored.cost,
        constant_cost=scored.constant_cost,
        reported=scored.reported,
        gap=scored.gap,
        unassigned=scored.unassigned,
        missed=scored.missed,
        routes=scored.routes,
        violations=scored.violations,
    )


def _warm_up(adapter: Adapter, *, threads: int) -> None:
    """Let the solver solve a problem of four orders: what it loads or compiles then does not count."""
    n = 4
    orders = PlainOrders(
        location=np.arange(1, n + 1, dtype=np.int32),
        service_s=np.full(n, 10, np.int32),
        open_s=np.zeros(n, np.int64),
        close_s=np.full(n, 1000, np.int64),
        parts=np.zeros((n, 0), np.int32),
        tools=np.zeros((n, 0), np.bool_),
    )
    shifts = PlainShifts(
        location=np.zeros(2, np.int32),
        open_s=np.zeros(2, np.int64),
        close_s=np.full(2, 1000, np.int64),
        parts=np.zeros((2, 0), np.int32),
        tools=np.zeros((2, 0), np.bool_),
    )
    places = np.arange(n + 1, dtype=np.int32)
    problem = plain_problem(
        legs=10 * np.abs(places[:, np.newaxis] - places).astype(np.int32),
        orders=orders,
        shifts=shifts,
        eligibility=np.full((n, 2), ELIGIBLE, np.uint8),
        prices=Prices(),
    )
    tiny = Instance(
        suite="warm-up", name="tiny", group="tiny", problem=problem, scale=1, best_known=None, may_tune=True
    )
    adapter.solve(tiny, limit_s=_WARM_UP_S, seed=1, threads=threads)


def _die_with_parent() -> None:
    """On Linux: end when the process that started this one is gone, however that ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(arguments: list[str]) -> None:
    """Carry out one job and write its line."""
    job, output = arguments
    _die_with_parent()
    run = carry_out(JOB.validate_json(job))
    Path(output).write_bytes(RUN.dump_json(run))


if __name__ == "__main__":
    main(sys.argv[1:])
