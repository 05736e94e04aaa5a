"""What a person sees while runs are being made: each result, and below them what runs and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from benchmarks.results import Run
from benchmarks.run_job import Job, key_of
from benchmarks.run_pool import Ended, Running

_FIRST_GUESS_S = 4.0
"""What a run takes beside its limit, until one has told."""
_REDRAW_S = 1.0


class Board:
    """A display of running and finished runs; on anything but a terminal, only lines of the finished ones."""

    def __init__(self, jobs: Sequence[Job], *, parallel: int, console: Console) -> None:
        self._left = list(jobs)
        self._total = len(jobs)
        self._parallel = parallel
        self._console = console
        self._beside_s: list[float] = []
        self._shown_s = -_REDRAW_S
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def note(self, ended: Ended) -> None:
        """Print a finished run."""
        run = ended.run
        self._left = [job for job in self._left if job.key != key_of(run)]
        self._beside_s.append(max(0.0, ended.took_s - run.limit_s))
        head = f"{run.suite} {run.instance} {run.solver} seed {run.seed}, {run.limit_s:g} s: "
        self._console.print(Text(head + outcome(run)), soft_wrap=True)

    def show(self, running: Sequence[Running]) -> None:
        """Redraw what runs and what is left, once a second at most."""
        now_s = time.monotonic()
        if not self._console.is_terminal or now_s - self._shown_s < _REDRAW_S:
            return
        self._shown_s = now_s
        table = Table.grid(padding=(0, 2))
        for at_work in running:
            table.add_row("running", str(at_work.job), f"{now_s - at_work.started_s:.0f} s")
        done = self._total - len(self._left)
        table.add_row(f"{done} of {self._total}", f"about {timedelta(seconds=round(self.left_s()))} left", "")
        self._live.update(table, refresh=True)

    def left_s(self) -> float:
        """Estimate the seconds until all is done: the limits, and what the runs so far took beside theirs."""
        beside_s = sum(self._beside_s) / len(self._beside_s) if self._beside_s else _FIRST_GUESS_S
        return sum(job.limit_s + beside_s for job in self._left) / self._parallel


def outcome(run: Run) -> str:
    """Say in a line how a run ended."""
    if run.cost is None:
        return run.note or "no answer"
    if run.violations:
        more = f" (and {len(run.violations) - 1} more)" if len(run.violations) > 1 else ""
        return f"infeasible: {run.violations[0]}{more}"
    worth = f"cost {run.reported:,.10g}" + ("" if run.gap is None else f", gap {run.gap:.2%}")
    lost = f", {run.unassigned} unassigned, {run.missed} missed" if run.unassigned or run.missed else ""
    return f"{worth}{lost}, {run.routes} routes" + (f"; {run.note}" if run.note else "")
