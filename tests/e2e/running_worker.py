"""A real worker process: started, killed, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


class RunningWorker:
    """`dispatch worker` over a PostgreSQL database; a context manager that leaves no process behind."""

    def __init__(self, log: Path, **settings: str) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from dispatch.cli import main; main()", "worker"],
                cwd=ROOT,
                env=os.environ
                | {"FIELD_DISPATCH_PROGRESS_EVERY_S": "0.1", "FIELD_DISPATCH_BEST_PLAN_EVERY_S": "0.2"}
                | {f"FIELD_DISPATCH_{name.upper()}": value for name, value in settings.items()},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """End the process as a power failure would."""
        self._process.kill()
        self._process.wait(timeout=60)

    def stop(self) -> int:
        """Ask the process to end; return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=60)
