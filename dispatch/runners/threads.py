"""Threads of this process that execute queued runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from dispatch.errors import StoreError
from dispatch.runners.execution import execute_claimed
from dispatch.runners.heart import Heart
from dispatch.runners.niceness import give_way
from dispatch.usecases.execute_run import Runner, claim_run

_log: Final = logging.getLogger(__name__)


class RunnerThreads:
    """Executes queued runs until it is stopped; survives everything but the death of its process.

    A `dispatch.ports.Runners`. On a store that other processes use too, each takes what is queued, and all bring back
    the runs of those that died.

    Parameters
    ----------
    make_runner
        Makes a runner with an id of its own; called once a thread.
    threads
        Runs that are executed side by side.
    make_urgent
        Makes a runner of urgent runs, for a thread more: no running day waits for a night. None = there is none.
    is_alone
        Whether no other process uses the store: then every unfinished run that is found at start is brought back at
        once, however young its last sign of life.
    niceness
        How much planning gives way to answering; urgent runs never do.
    """

    def __init__(
        self,
        make_runner: Callable[[], Runner],
        *,
        threads: int,
        heart: Heart,
        is_alone: bool,
        make_urgent: Callable[[], Runner] | None = None,
        niceness: int = 0,
    ) -> None:
        self._runners = [make_runner() for _ in range(threads)]
        if make_urgent is not None:
            self._runners.append(make_urgent())
        self._heart = heart
        self._is_alone = is_alone
        self._niceness = niceness
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Bring back unfinished runs and start the threads."""
        self._heart.recover(is_alone=self._is_alone)
        for number, runner in enumerate(self._runners, start=1):
            self._heart.add(runner.id)
            # A daemon: a planner that does not stop in time must not keep the process from ending.
            thread = threading.Thread(target=self._work, args=(runner,), name=f"runner-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._heart.start()

    def wake(self) -> None:
        """Say that a run was queued, so that it need not wait for the next look at the queue."""
        self._woken.set()

    def stop(self, *, grace_s: float) -> bool:
        """Ask running runs for their best plan, put them back in the queue, and end the threads.

        Returns
        -------
        bool
            Whether all threads ended within `grace_s` seconds.
        """
        self._stopping.set()
        self._woken.set()
        clock = self._runners[0].clock
        deadline_s = clock.monotonic_s() + grace_s
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline_s - clock.monotonic_s()))
        self._heart.stop()
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, runner: Runner) -> None:
        """Execute one queued run after the other."""
        if runner.only != "urgent":
            give_way(self._niceness)
        is_hold_lost = False
        while not self._stopping.is_set():
            try:
                if is_hold_lost:
                    self._heart.recover(held_by=runner.id)
                    is_hold_lost = False
                is_idle = not self._execute_next(runner)
            except StoreError as error:
                _log.error("%s\nThe runner tries again.", error)
                is_hold_lost = is_idle = True
            except Exception:  # noqa: BLE001 - the store is away, or worse: the thread must live on
                _log.exception("the runner could not go on; it tries again")
                is_hold_lost = is_idle = True
            if is_idle:
                self._woken.wait(timeout=runner.progress_every_s)
                self._woken.clear()

    def _execute_next(self, runner: Runner) -> bool:
        """Execute the run that has waited longest; return False if none waits."""
        run = claim_run(runner)
        if run is None:
            return False
        execute_claimed(run, runner=runner, is_stopping=self._stopping.is_set)
        return True
