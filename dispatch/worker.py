"""The embedded background runner: threads of the service's own process that execute queued runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from dispatch.errors import RunStateError, StoreError
from dispatch.usecases.execute_run import Runner, claim_run, execute_run, fail_run, recover_runs
from dispatch.usecases.failures import failure_of

_log: Final = logging.getLogger(__name__)


class BackgroundRunner:
    """Executes queued runs until it is stopped; survives everything but the death of its process.

    At start it brings back the runs of a process that died. It must be the only runner of its store.

    Parameters
    ----------
    make_runner
        Makes a runner with an id of its own; called once a thread.
    threads
        Runs that are executed side by side.
    max_attempts
        How often a run is begun before it counts as failed.
    """

    def __init__(self, make_runner: Callable[[], Runner], *, threads: int, max_attempts: int) -> None:
        self._runners = [make_runner() for _ in range(threads)]
        self._max_attempts = max_attempts
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Bring back unfinished runs and start the threads."""
        self._recover(self._runners[0], held_by=None)
        for number, runner in enumerate(self._runners, start=1):
            # A daemon: a planner that does not stop in time must not keep the process from ending.
            thread = threading.Thread(target=self._work, args=(runner,), name=f"runner-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

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
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, runner: Runner) -> None:
        """Execute one queued run after the other."""
        is_hold_lost = False
        while not self._stopping.is_set():
            try:
                if is_hold_lost:
                    self._recover(runner, held_by=runner.id)
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
        _log.info("run %s: attempt %d begins", run.id, run.attempt)
        try:
            run = execute_run(run, runner=runner, is_stopping=self._stopping.is_set)
        except RunStateError as error:
            _log.warning("%s", error)
            return True
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the run must not stay running
            _log.exception("run %s failed", run.id)
            run = fail_run(run, failure_of(error), runner=runner)
        _log.info("run %s: %s", run.id, run.state)
        return True

    def _recover(self, runner: Runner, *, held_by: str | None) -> None:
        """Bring back runs whose runner died, or that this runner lost hold of when the store was away."""
        recovered = recover_runs(
            store=runner.store,
            clock=runner.clock,
            new_id=runner.new_id,
            max_attempts=self._max_attempts,
            held_by=held_by,
        )
        for run in recovered:
            _log.warning("run %s was cut off; now %s, attempt %d", run.id, run.state, run.attempt)
