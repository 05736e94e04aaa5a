"""Signs of life of the runners of this process, and the search for runs whose runners give none any more."""

from __future__ import annotations

import logging
import threading
from typing import Final

from dispatch.errors import StoreError
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.execute_run import recover_runs

_log: Final = logging.getLogger(__name__)


class Heart:
    """A thread that says which runners are alive and takes runs away from those that are dead.

    Both happen every `every_s` seconds, in any number of processes at once. A runner that was thought dead and comes
    back finds its run claimed by somebody else, and drops its result.

    Parameters
    ----------
    lost_after_s
        A run whose runner has been silent for so long is brought back. The clocks of all machines must agree to within
        a small part of it.
    max_attempts
        How often a run is begun before it counts as failed.
    """

    def __init__(
        self, *, store: Store, clock: Clock, new_id: NewId, every_s: float, lost_after_s: float, max_attempts: int
    ) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._every_s = every_s
        self._lost_after_s = lost_after_s
        self._max_attempts = max_attempts
        self._alive: set[str] = set()
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def add(self, runner_id: str) -> None:
        """Count a runner among the living."""
        with self._lock:
            self._alive.add(runner_id)

    def remove(self, runner_id: str) -> None:
        """Count a runner among the living no more."""
        with self._lock:
            self._alive.discard(runner_id)

    def recover(self, *, held_by: str | None = None, is_alone: bool = False) -> None:
        """Bring back runs: those that `held_by` lost hold of, else those of silent runners, or all if `is_alone`."""
        recovered = recover_runs(
            store=self._store,
            clock=self._clock,
            new_id=self._new_id,
            max_attempts=self._max_attempts,
            held_by=held_by,
            silent_for_s=None if is_alone or held_by is not None else self._lost_after_s,
        )
        for run in recovered:
            _log.warning("run %s was cut off; now %s, attempt %d", run.id, run.state, run.attempt)

    def _beat_on(self) -> None:
        while not self._stopping.wait(timeout=self._every_s):
            try:
                self._beat()
                self.recover()
            except StoreError as error:
                _log.error("%s\nThe heart tries again.", error)
            except Exception:  # noqa: BLE001 - without signs of life the runs of this process would be taken away
                _log.exception("the heart missed a beat; it tries again")

    def _beat(self) -> None:
        with self._lock:
            alive = tuple(sorted(self._alive))
        if alive:
            with self._store.write() as transaction:
                transaction.runs.beat(alive, at=self._clock.now())
