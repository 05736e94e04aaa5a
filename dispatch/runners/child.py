"""What a child process of the service does: it executes runs until it is told to end, or its parent is gone."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait

from dispatch.domain.run import Run
from dispatch.ports import Runners


def execute_until_told(
    make_runners: Callable[[Callable[[Run], None]], Runners], *, wakes: Connection, ended: Connection, grace_s: float
) -> None:
    """Execute runs until SIGTERM or SIGINT; then ask those in hand for their best plan and put them back.

    If the parent dies, this process ends at once: both are one to whoever brings back what they leave behind.

    Parameters
    ----------
    make_runners
        Makes what executes runs; is given whom to tell of each run that ended.
    wakes
        A word comes from here whenever a run was queued.
    ended
        The parent is told here of each run that ended.
    grace_s
        How long runs in hand may take to hand over their best plan.
    """
    stops, stop = os.pipe()
    os.set_blocking(stop, False)
    signal.set_wakeup_fd(stop)  # told at once, even if the signal comes just before this thread begins to wait
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    sending = threading.Lock()

    def tell(run: Run) -> None:
        with sending:
            ended.send(run)

    runners = make_runners(tell)
    runners.start()
    while stops not in wait([wakes, stops]):
        try:
            wakes.recv_bytes()
        except (EOFError, OSError):
            os._exit(1)
        runners.wake()
    runners.stop(grace_s=grace_s)
