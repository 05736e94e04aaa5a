"""Child processes of the service that execute its runs, so that its interpreter lock is left to those who ask."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Final

from dispatch.domain.run import Run
from dispatch.runners.heart import Heart

END_S: Final = 2.0
"""How much longer than its runs a child may take to end."""

_log: Final = logging.getLogger(__name__)

Body = Callable[[Connection, Connection], None]
"""What a child does; a word comes from the first connection to wake it, and it sends the runs that ended to the other.

It must end when the first connection does, for then its parent is dead.
"""


class RunnerProcesses:
    """Keeps child processes that execute queued runs; a `dispatch.ports.Runners`.

    They are forked from a process that has loaded `preload` and does nothing else, so that they begin at once and share
    its memory. When a child dies another one begins; the runs that the dead one had in hand are brought back by
    whoever lives, once they have been silent for long enough.

    Parameters
    ----------
    bodies
        What the children do, one each; can be pickled.
    preload
        Name of the module that they need.
    is_alone
        Whether no other process uses the store: then every unfinished run that is found at start is brought back at
        once, however young its last sign of life.
    on_end
        Is told of each run that a child brought to its end.
    pause_s
        Between the death of a child and the next one.
    """

    def __init__(
        self,
        bodies: Sequence[Body],
        *,
        preload: str,
        heart: Heart,
        is_alone: bool,
        on_end: Callable[[Run], None],
        pause_s: float,
    ) -> None:
        self._heart = heart
        self._is_alone = is_alone
        self._on_end = on_end
        self._pause_s = pause_s
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([preload])
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._processes: dict[Connection, BaseProcess] = {}
        """The living children, by the connection that wakes them."""
        self._threads = [
            threading.Thread(target=self._keep, args=(body,), name=f"child-{number}", daemon=True)
            for number, body in enumerate(bodies, start=1)
        ]

    def start(self) -> None:
        """Bring back unfinished runs and start the children."""
        self._heart.recover(is_alone=self._is_alone)
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Say that a run was queued, so that it need not wait for the next look at the queue."""
        with self._lock:
            for wakes in self._processes:
                with suppress(OSError):  # it has just died, or has so much to read that it is awake
                    wakes.send_bytes(b"wake")

    def stop(self, *, grace_s: float) -> bool:
        """Ask running runs for their best plan, put them back in the queue, and end the children.

        Returns
        -------
        bool
            Whether all children ended by themselves.
        """
        self._stopping.set()
        with self._lock:
            for process in self._processes.values():
                process.terminate()
        ends_at = time.monotonic() + grace_s + END_S
        for thread in self._threads:
            thread.join(timeout=max(0.0, ends_at - time.monotonic()))
        with self._lock:
            late = tuple(self._processes.values())
        for process in late:
            process.kill()
        return not late

    def _keep(self, body: Body) -> None:
        """Begin a child, and another one whenever it dies."""
        while not self._stopping.is_set():
            try:
                self._see_through(body)
            except OSError as error:
                _log.error("no process can be started to execute runs: %s\nThe service tries again.", error)
            self._stopping.wait(timeout=self._pause_s)

    def _see_through(self, body: Body) -> None:
        """Start a child, and hear what it tells until it ends."""
        waked, wakes = self._context.Pipe(duplex=False)
        ended, ends = self._context.Pipe(duplex=False)
        process = self._context.Process(target=body, args=(waked, ends))
        with wakes, ended:
            with waked, ends:  # the child's, for there they shall end with it
                process.start()
            os.set_blocking(wakes.fileno(), False)
            with self._lock:
                self._processes[wakes] = process
                if self._stopping.is_set():
                    process.terminate()
            with suppress(EOFError, OSError):  # it ends
                while True:
                    self._on_end(ended.recv())
            process.join()
            with self._lock:
                del self._processes[wakes]
        if not self._stopping.is_set():
            msg = "a process that executes runs ended with code %s; another one begins\nMaybe the machine lacks memory"
            _log.error(msg, process.exitcode)
