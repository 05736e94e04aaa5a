"""The service as a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psutil  # type: ignore[import-untyped]

from dispatch.settings import Settings

_ADDRESS: Final = re.compile(r"running on (http://\S+)")
_KEY: Final = re.compile(r"API key, shown this once: (\S+)")
START_TIMEOUT_S: Final = 120
UNLIMITED: Final = {"ADDRESS_RATE_PER_S": "0", "KEY_RATE_PER_S": "0"}
"""All load comes from one address with one key: the limits of a single caller are not what is measured."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A service that answers.

    Attributes
    ----------
    key
        Its administrator's API key.
    settings
        Those it runs with.
    """

    base_url: str
    key: str
    pid: int
    settings: Settings

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """What every call to the API carries."""
        return (("Authorization", f"Bearer {self.key}"), ("Content-Type", "application/json"))

    def cpu_s(self) -> float:
        """Return the processor time that the service and its children have used so far.

        On a busy machine it says more than the clock.
        """
        service = psutil.Process(self.pid)
        used = [process.cpu_times() for process in (service, *service.children(recursive=True))]
        return float(sum(times.user + times.system for times in used))

    def client(self) -> httpx.Client:
        """Return a client for what is not measured."""
        return httpx.Client(base_url=self.base_url, headers=dict(self.headers), timeout=600)


@contextmanager
def running_service(*, database_url: str | None, workers: int = 0, **more: str) -> Iterator[Running]:
    """Start the service over an empty database, on SQLite in a temporary folder or on PostgreSQL.

    Parameters
    ----------
    workers
        Processes beside it that execute the runs; 0 = the service does it itself.
    **more
        By the names of the environment without their prefix.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dispatch-service-")))
        given = UNLIMITED | more | {"DATA_DIR": str(folder)}
        if database_url is not None:
            given["DATABASE_URL"] = database_url
        if workers:
            given["RUNS"] = "workers"
        environment = os.environ | {f"FIELD_DISPATCH_{name}": value for name, value in given.items()}
        command = [sys.executable, "-m", "dispatch"]
        process = stack.enter_context(
            subprocess.Popen(  # noqa: S603 - our own command
                [*command, "serve", "--port", "0"],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        stack.callback(_stop, process)
        base_url, key = _wait_until_up(process)
        for number in range(workers):
            log = stack.enter_context((folder / f"worker-{number}.log").open("wb"))
            worker = subprocess.Popen(  # noqa: S603 - as a unit of its own, in a session of its own
                [*command, "worker"], env=environment, stdout=log, stderr=log, start_new_session=True
            )
            stack.callback(_stop, worker)
        settings = Settings.model_validate({name.lower(): value for name, value in given.items()})
        yield Running(base_url=base_url, key=key, pid=process.pid, settings=settings)


def _wait_until_up(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return address and key of a service once it answers; its further output is read and dropped."""
    found: dict[str, str] = {}
    is_told = threading.Event()
    lines: list[str] = []

    def read() -> None:
        for line in process.stdout or ():
            if is_told.is_set():
                continue
            lines.append(line)
            for name, pattern in (("address", _ADDRESS), ("key", _KEY)):
                match = pattern.search(line)
                if match:
                    found[name] = match[1]
            if "address" in found:
                is_told.set()
        is_told.set()

    threading.Thread(target=read, daemon=True).start()
    is_told.wait(timeout=START_TIMEOUT_S)
    if "address" not in found or "key" not in found:
        text = "".join(lines)
        raise RuntimeError(f"the service did not start, or its database is not empty:\n{text}")
    return found["address"], found["key"]


def _stop(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
