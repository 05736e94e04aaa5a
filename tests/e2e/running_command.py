"""The project's commands as processes of their own: started, killed, stopped.

They are forked from a process that has imported everything already: importing takes most of a start's time.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final, Self

from sqlalchemy import Engine, event
from sqlmodel import Session

from dispatch.cli import main

ROOT: Final = Path(__file__).parents[2]
QUICK: Final = {"progress_every_s": "0.1", "best_plan_every_s": "0.2", "run_niceness": "0"}
"""With niceness, a busy machine would let the tests wait."""
_PLACE_OF_TABLE: Final = {"INSERT": 2, "UPDATE": 1, "DELETE": 2}
"""In a statement that changes it."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "__main__",
        "api.main",
        "dispatch.cli",
        "dispatch.commands.demo_city",
        "dispatch.store.schema",
        "uvicorn",
        "psycopg",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Death:
    """When a process kills itself: at a moment before or after a statement that changes the database, or a commit.

    Attributes
    ----------
    moment
        Which one, from 1.
    table
        They are counted from the first change of this table on.
    """

    moment: int
    table: str


class RunningCommand:
    """A command over a database; a context manager that leaves no process behind.

    Settings go to it by its environment.
    """

    def __init__(self, *arguments: str, settings: Mapping[str, str], dies_at: Death | None = None) -> None:
        handle, log = tempfile.mkstemp(prefix="dispatch-", suffix=".log")
        os.close(handle)
        self._log = Path(log)
        weakref.finalize(self, self._log.unlink)
        own = {f"FIELD_DISPATCH_{name.upper()}": value for name, value in (QUICK | dict(settings)).items()}
        self._process = _FORKS.Process(target=_run, args=(arguments, os.environ | own, log, dies_at))
        self._process.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    @property
    def output(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """End the process as a power failure would."""
        self._process.kill()
        self.wait()

    def stop(self) -> int:
        """Ask the process to end; return its exit code."""
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Wait for the process's end; return its exit code."""
        self._process.join(timeout=60)
        assert self._process.exitcode is not None
        return self._process.exitcode


def _run(arguments: tuple[str, ...], environment: dict[str, str], log: str, dies_at: Death | None) -> None:
    """Be the command from here on."""
    output = os.open(log, os.O_WRONLY | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["dispatch", *arguments]
    sys.modules["__main__"] = ModuleType("__main__")  # nothing of the tests' own for processes that it starts
    if dies_at is not None:
        _die_at(dies_at)
    main()


def _die_at(death: Death) -> None:
    moments = itertools.count(1)
    has_begun = threading.Event()

    def come_on(*_: object) -> None:
        if has_begun.is_set() and next(moments) == death.moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def at_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement[:6] in _PLACE_OF_TABLE:
            if statement.split()[_PLACE_OF_TABLE[statement[:6]]] == death.table:
                has_begun.set()
            come_on()

    event.listen(Engine, "before_cursor_execute", at_statement)
    event.listen(Engine, "after_cursor_execute", at_statement)
    event.listen(Engine, "commit", come_on)
    event.listen(Session, "after_commit", come_on)
