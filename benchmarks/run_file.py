"""The file of results while runs are being made: which are done, and one more line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from benchmarks.results import Run, read_results
from benchmarks.run_job import Job, key_of
from dispatch.errors import BadInputError, Problem

RUN = TypeAdapter(Run)
"""Reads and writes a run as JSON."""


def drop_torn_line(file: Path) -> bool:
    """Cut off what a killed run left of a last line; say whether there was something."""
    if not file.is_file():
        return False
    content = file.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole == len(content):
        return False
    with file.open("r+b") as stream:
        stream.truncate(whole)
    return True


def jobs_left(jobs: Sequence[Job], file: Path, *, any_commit: bool) -> tuple[Job, ...]:
    """Return the jobs that have no line in the file yet.

    Raises
    ------
    BadInputError
        If the file holds one of the runs from another commit or version of the solver, unless `any_commit`: a file
        with both could not be compared.
    """
    done = {key_of(run): run for run in _runs_of(file)}
    others = [
        (job, found)
        for job in jobs
        if (found := done.get(job.key)) and (found.commit, found.version) != (job.commit, job.version)
    ]
    if others and not any_commit:
        job, found = others[0]
        message = (
            f"holds {len(others)} of these runs from another commit or version, as {job} of commit {found.commit}, "
            f"version {found.version}; now these are {job.commit} and {job.version}"
        )
        remedy = "Maybe name another file with --out, or let them count as done with --any-commit"
        raise BadInputError([Problem(path="", message=message, remedy=remedy)], source=str(file))
    return tuple(job for job in jobs if job.key not in done)


def append(run: Run, file: Path) -> None:
    """Add a line to the file; it is on the disk when this returns."""
    with file.open("ab") as stream:
        stream.write(RUN.dump_json(run) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _runs_of(file: Path) -> Iterable[Run]:
    return read_results([file]).runs if file.is_file() and file.stat().st_size else ()
