"""The real service as a process of its own: started, killed, stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[2]
_ADDRESS = re.compile(r"running on (http://\S+)")
_KEY = re.compile(r"API key, shown this once: (\S+)")
_key_of: dict[str, str] = {}
"""The administrator's key of each database, which only the first service there tells."""
_key_told = threading.Condition()


class RunningService:
    """`dispatch serve` on a free port over a data directory; a context manager that leaves no process behind.

    Further settings go to it by its environment.
    """

    def __init__(self, data_dir: Path, **settings: str) -> None:
        command = [sys.executable, "-c", "from dispatch.cli import main; main()", "serve", "--port", "0"]
        self._process = subprocess.Popen(
            [*command, "--data-dir", str(data_dir)],
            cwd=ROOT,
            env=os.environ
            | {"FIELD_DISPATCH_PROGRESS_EVERY_S": "0.1", "FIELD_DISPATCH_BEST_PLAN_EVERY_S": "0.2"}
            | {f"FIELD_DISPATCH_{name.upper()}": value for name, value in settings.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._database = settings.get("database_url", str(data_dir))
        self._lines: list[str] = []
        self._address = ""
        self._is_up = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> httpx.Client:
        self._is_up.wait(timeout=120)
        if not self._address:
            self.__exit__()
            raise RuntimeError(f"the service did not start:\n{self.output}")
        with _key_told:  # it may be another service that tells it
            _key_told.wait_for(lambda: self._database in _key_of, timeout=60)
        headers = {"authorization": f"Bearer {_key_of[self._database]}"}
        self._client = httpx.Client(base_url=self._address, timeout=60, headers=headers)
        return self._client

    def __exit__(self, *_: object) -> None:
        if self._address:
            self._client.close()
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def runner_pids(self) -> list[int]:
        """The processes that execute its runs: forked from one that it started."""
        started = psutil.Process(self.pid).children()
        return [runner.pid for process in started for runner in process.children()]

    @property
    def output(self) -> str:
        return "".join(self._lines)

    def kill(self) -> None:
        """End the process as a power failure would."""
        self._process.kill()
        self._wait()

    def stop(self) -> int:
        """Ask the process to end; return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._wait()

    def _wait(self) -> int:
        code = self._process.wait(timeout=60)
        self._reader.join(timeout=60)
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self._lines.append(line)
                if told := _KEY.search(line):
                    with _key_told:
                        _key_of[self._database] = told[1]
                        _key_told.notify_all()
                found = _ADDRESS.search(line)
                if found:
                    self._address = found[1]
                    self._is_up.set()
        self._is_up.set()
