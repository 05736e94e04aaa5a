"""One run to be made: an instance, a solver, a seed, a limit; and the list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from benchmarks.results import Run
from benchmarks.suites import InstanceRef


class JobKey(NamedTuple):
    """What tells runs apart, whenever and from whatever commit they were made."""

    suite: str
    instance: str
    solver: str
    seed: int
    limit_s: float
    threads: int


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run to be made.

    Attributes
    ----------
    suite, instance, group
        The instance; `instances` is the folder it is read from.
    solver, version
        The solver's name in `benchmarks.solvers.registry`, and what it calls its version.
    seed, limit_s, threads
        What the solver is given; seconds of wall clock.
    commit, machine
        Of this repository; processor, cores and memory.
    """

    suite: str
    instance: str
    group: str
    instances: Path
    solver: str
    version: str
    seed: int
    limit_s: float
    threads: int
    commit: str
    machine: str

    @property
    def key(self) -> JobKey:
        """What tells this run from others."""
        return JobKey(self.suite, self.instance, self.solver, self.seed, self.limit_s, self.threads)

    def __str__(self) -> str:
        return f"{self.suite} {self.instance} {self.solver} seed {self.seed}, {self.limit_s:g} s"


def key_of(run: Run) -> JobKey:
    """Return what tells a finished run from others."""
    return JobKey(run.suite, run.instance, run.solver, run.seed, run.limit_s, run.threads)


def run_without_answer(job: Job, *, started_at: str, runtime_s: float, note: str) -> Run:
    """Return the line of a run that has found nothing, and why."""
    return Run(
        suite=job.suite,
        instance=job.instance,
        group=job.group,
        solver=job.solver,
        version=job.version,
        seed=job.seed,
        limit_s=job.limit_s,
        threads=job.threads,
        commit=job.commit,
        machine=job.machine,
        started_at=started_at,
        runtime_s=round(runtime_s, 3),
        iterations=None,
        cost=None,
        reported=None,
        best_known=None,
        gap=None,
        unassigned=None,
        missed=None,
        routes=None,
        note=note,
    )


JOB = TypeAdapter(Job)
"""Reads and writes a job as JSON."""


def jobs_of(
    refs: Sequence[InstanceRef],
    *,
    instances: Path,
    version_of_solver: Mapping[str, str],
    limits_s: Sequence[float],
    seeds: Sequence[int],
    threads: int,
    commit: str,
    machine: str,
) -> tuple[Job, ...]:
    """List the runs so that the solvers take turns: whatever else the machine does then meets them alike."""
    return tuple(
        Job(
            suite=ref.suite,
            instance=ref.name,
            group=ref.group,
            instances=instances,
            solver=solver,
            version=version,
            seed=seed,
            limit_s=limit_s,
            threads=threads,
            commit=commit,
            machine=machine,
        )
        for limit_s in limits_s
        for seed in seeds
        for ref in refs
        for solver, version in version_of_solver.items()
    )
