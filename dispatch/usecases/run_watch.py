"""Stand between a planner at work and the stored run: progress goes out, a wish to stop comes in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dispatch.domain.run import Run, RunProgress
from dispatch.ports import Clock, PlannerProgress, Store


class RunWatch:
    """Stores the progress of one run in hand, and notices that it shall stop.

    The store is touched at most once every `progress_every_s`, whichever of the two callbacks the planner calls. All
    calls come from the planner's thread.
    """

    def __init__(
        self,
        run: Run,
        *,
        store: Store,
        clock: Clock,
        is_stopping: Callable[[], bool],
        progress_every_s: float,
        best_plan_every_s: float,
    ) -> None:
        self._run = run
        self._store = store
        self._clock = clock
        self._is_stopping = is_stopping
        self._progress_every_s = progress_every_s
        self._best_plan_every_s = best_plan_every_s
        self._is_unwanted = False
        self._progress: RunProgress | None = None
        self._saved_cost: int | None = None
        self._synced_s = clock.monotonic_s()
        self._best_plan_saved_s = self._synced_s

    def is_cancelled(self) -> bool:
        """Return whether the planner should stop now."""
        if self._is_stopping():
            return True
        self._synchronize()
        return self._is_unwanted

    def on_progress(self, report: PlannerProgress) -> None:
        """Store where the search stands, and now and then its best plan."""
        self._progress = report.progress
        self._synchronize()
        now_s = self._clock.monotonic_s()
        is_due = now_s - self._best_plan_saved_s >= self._best_plan_every_s
        if not is_due or self._is_unwanted or report.progress.cost == self._saved_cost:
            return
        plan = report.best_plan()
        if plan is None:
            return
        with self._store.write() as transaction:
            if self._is_ours(transaction.runs.get(self._run.id)):
                transaction.runs.save_best_plan(self._run.id, plan)
        self._saved_cost = report.progress.cost
        self._best_plan_saved_s = self._clock.monotonic_s()

    def _synchronize(self) -> None:
        """Write the progress and read the wish to stop, if it is time."""
        now_s = self._clock.monotonic_s()
        if now_s - self._synced_s < self._progress_every_s:
            return
        self._synced_s = now_s
        with self._store.write() as transaction:
            run = transaction.runs.get(self._run.id)
            self._is_unwanted = run.is_cancel_requested or not self._is_ours(run)
            if self._is_ours(run) and self._progress is not None:
                transaction.runs.save(replace(run, progress=self._progress))

    def _is_ours(self, run: Run) -> bool:
        return run.state == "running" and run.claimed_by == self._run.claimed_by
