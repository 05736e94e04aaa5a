"""What the service does by itself while it runs: tasks that are repeated until it stops."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dispatch.errors import StoreError

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to be done again and again, safe in any number of processes at once.

    Attributes
    ----------
    every_s
        Pause after a round that found nothing to do.
    run
        Does a round; returns whether there may be more to do at once.
    """

    name: str
    every_s: float
    run: Callable[[], bool]


class BackgroundTasks:
    """Runs each task in a thread of its own; a task that fails is tried again after its pause."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._tasks = tasks
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the threads."""
        for task in self._tasks:
            thread = threading.Thread(target=self._repeat, args=(task,), name=task.name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, *, grace_s: float) -> bool:
        """End the threads after their present round; return whether all ended within `grace_s` seconds."""
        self._stopping.set()
        deadline_s = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline_s - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _repeat(self, task: Task) -> None:
        while not self._stopping.is_set():
            try:
                is_more = task.run()
            except StoreError as error:
                _log.error("%s: %s\nIt is tried again.", task.name, error)
                is_more = False
            except Exception:  # noqa: BLE001 - whatever it is, the task must live on
                _log.exception("%s failed; it is tried again", task.name)
                is_more = False
            if not is_more:
                self._stopping.wait(timeout=task.every_s)
