"""Makes runs, each in a process and on cores of its own, and ends those that do not end by themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from benchmarks.results import Run
from benchmarks.run_file import RUN
from benchmarks.run_job import JOB, Job, run_without_answer

COMMAND: Final = (sys.executable, "-m", "benchmarks.run_child")
_ROOT = Path(__file__).parents[1]
_POLL_S = 0.25
"""Seldom: the display needs a core that a run may be on."""


def latest_s(job: Job) -> float:
    """Return how long a process may take in all: twice the limit, and a minute for reading and building models."""
    return 2 * job.limit_s + 60


@dataclass(frozen=True, kw_only=True)
class Running:
    """A process at work; `started_s` on the clock `time.monotonic`."""

    job: Job
    process: subprocess.Popen[bytes]
    cores: tuple[int, ...]
    started_s: float
    started_at: str
    output: Path
    errors: Path


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A finished run, and the seconds that its process took in all."""

    run: Run
    took_s: float


class Pool:
    """Runs of jobs, up to one on each set of cores at a time.

    Parameters
    ----------
    core_sets
        Cores of the runs that go side by side.
    folder
        For the files through which the processes answer.
    command
        What is started, with a job and the file of its answer as arguments.
    """

    def __init__(self, core_sets: Sequence[tuple[int, ...]], *, folder: Path, command: Sequence[str] = COMMAND) -> None:
        self.running: list[Running] = []
        self._free = list(core_sets)
        self._folder = folder
        self._command = tuple(command)
        self._count = 0

    def results(self, jobs: Sequence[Job]) -> Iterator[Ended | None]:
        """Make all runs in turn; give each as it ends, and None now and then in between.

        All processes have ended when this is left, by an exception too.
        """
        waiting = list(reversed(jobs))
        try:
            while waiting or self.running:
                while waiting and self._free:
                    self._start(waiting.pop(), self._free.pop(0))
                ended = [running for running in self.running if self._has_ended(running)]
                for running in ended:
                    self.running.remove(running)
                    self._free.append(running.cores)
                    yield _ended(running)
                if not ended:
                    yield None
                    time.sleep(_POLL_S)
        finally:
            for running in self.running:
                _kill(running.process)

    def _start(self, job: Job, cores: tuple[int, ...]) -> None:
        self._count += 1
        output, errors = self._folder / f"{self._count}.json", self._folder / f"{self._count}.errors"
        own = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
        try:
            if own is not None:
                os.sched_setaffinity(0, cores)  # a process begins on the cores of the one that starts it
            with errors.open("wb") as stream:
                process = subprocess.Popen(  # noqa: S603 - our own module
                    [*self._command, JOB.dump_json(job).decode(), str(output)],
                    cwd=_ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=stream,
                    start_new_session=True,  # Ctrl-C reaches the parent alone; a kill reaches what a solver has started
                )
        finally:
            if own is not None:
                os.sched_setaffinity(0, own)
        self.running.append(
            Running(
                job=job,
                process=process,
                cores=cores,
                started_s=time.monotonic(),
                started_at=datetime.now(UTC).isoformat(timespec="seconds"),
                output=output,
                errors=errors,
            )
        )

    def _has_ended(self, running: Running) -> bool:
        if running.process.poll() is not None:
            return True
        if time.monotonic() - running.started_s < latest_s(running.job):
            return False
        _kill(running.process)
        return True


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):  # it has ended just now
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ended(running: Running) -> Ended:
    """Read the line of a process, or say why there is none."""
    took_s = time.monotonic() - running.started_s
    code, job = running.process.returncode, running.job
    if code == 0:
        return Ended(run=RUN.validate_json(running.output.read_bytes()), took_s=took_s)
    if took_s >= latest_s(job):
        note = f"killed: no answer {took_s:.0f} s after its process began, at most {latest_s(job):g} s are allowed"
    else:
        said = running.errors.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["it said nothing"]
        note = f"failed with exit code {code}: {said[-1]}"
    run = run_without_answer(job, started_at=running.started_at, runtime_s=took_s, note=note)
    return Ended(run=run, took_s=took_s)
