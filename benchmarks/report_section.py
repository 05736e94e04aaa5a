"""One suite's runs, sorted for the tables: rows, groups, limits, and the figures of their runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from benchmarks.results import Run, RunKey

Figure = Callable[[Run], float | None]
"""A figure of a run; None = this run has none."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """The runs of one suite, and the solver that the others are measured by where nothing is published."""

    suite: str
    runs: tuple[Run, ...]
    baseline: str

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Classes of instances, sorted."""
        return tuple(sorted({run.group for run in self.runs}))

    @cached_property
    def limits_s(self) -> tuple[float, ...]:
        """Time limits, ascending."""
        return tuple(sorted({run.limit_s for run in self.runs}))

    @cached_property
    def rows(self) -> Mapping[str, tuple[Run, ...]]:
        """Runs of each row of the tables, the baseline's first."""
        rows: dict[str, list[Run]] = {}
        for run in sorted(self.runs, key=lambda run: (run.solver != self.baseline, run.solver, run.threads)):
            rows.setdefault(self.row_of(run), []).append(run)
        return {row: tuple(runs) for row, runs in rows.items()}

    def row_of(self, run: Run) -> str:
        """Name the row that a run belongs to: its solver, and its threads where their number varies."""
        return f"{run.solver}, {run.threads} thread(s)" if self._has_threads else run.solver

    @cached_property
    def _has_threads(self) -> bool:
        return len({run.threads for run in self.runs}) > 1

    @cached_property
    def has_best_known(self) -> bool:
        """Whether every instance has a published cost."""
        return all(run.best_known is not None for run in self.runs)

    @cached_property
    def _run_of(self) -> Mapping[tuple[str, RunKey], Run]:
        return {(run.solver, run.key): run for run in self.runs}

    def gap_percent(self, run: Run) -> float | None:
        """Return the gap to the best known cost."""
        return None if run.gap is None or not run.is_feasible else 100 * run.gap

    def above_baseline_percent(self, run: Run) -> float | None:
        """Return by how much a run is dearer than the baseline's with the same seed, limit and threads."""
        return _above_percent(run, self._run_of.get((self.baseline, run.key)))

    def above_own_longest_percent(self, run: Run) -> float | None:
        """Return by how much a run is dearer than the same solver's after the longest limit."""
        longest = run.key._replace(limit_s=self.limits_s[-1])
        return _above_percent(run, self._run_of.get((run.solver, longest)))


def _above_percent(run: Run, other: Run | None) -> float | None:
    if (
        other is None
        or not (run.is_feasible and other.is_feasible)
        or run.variable_cost is None
        or not other.variable_cost
    ):
        return None
    return 100 * (run.variable_cost / other.variable_cost - 1.0)
