"""Planning gives way to answering: what plans has a lower priority."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

_GROUP: Final = Path("/proc/self/autogroup")


def give_way(niceness: int) -> None:
    """Lower the priority of this thread and of those it will start; only Linux knows priorities of single threads."""
    if niceness and sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)


def give_way_as_process(niceness: int) -> None:
    """Lower the priority of this process, and of its session if it leads one.

    Linux may share processors among sessions first ("autogroup"): then niceness counts only inside of a session, and
    against all others, such as a database server's, only that of the session.
    """
    if not niceness:
        return
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # the system knows no such thing
            _GROUP.write_text(str(niceness))
