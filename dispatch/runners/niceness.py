"""Planning gives way to answering: the threads that plan have a lower priority."""

from __future__ import annotations

import os
import sys
import threading


def give_way(niceness: int) -> None:
    """Lower the priority of this thread and of those it will start; only Linux knows priorities of single threads."""
    if niceness and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
