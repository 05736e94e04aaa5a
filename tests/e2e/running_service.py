"""The real service as a process of its own: started, killed, stopped."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from tests.e2e.running_command import Death, RunningCommand

PATIENCE_S = 120.0
_ADDRESS = re.compile(r"running on (http://\S+)")
_KEY = re.compile(r"API key, shown this once: (\S+)")
_key_of: dict[str, str] = {}
"""The administrator's key of each database, which only the first service there tells."""
_services_of: defaultdict[str, list[RunningService]] = defaultdict(list)
"""Those that may have told it."""


class RunningService(RunningCommand):
    """`dispatch serve` on a free port over a data directory; entering it gives an administrator's client.

    `key` is the administrator's, if it is known already.
    """

    def __init__(
        self, data_dir: Path, *, key: str | None = None, dies_at: Death | None = None, **settings: str
    ) -> None:
        super().__init__("serve", "--port", "0", "--data-dir", str(data_dir), settings=settings, dies_at=dies_at)
        self._database = settings.get("database_url", str(data_dir))
        _services_of[self._database].append(self)
        if key is not None:
            _key_of[self._database] = key

    def __enter__(self) -> httpx.Client:  # type: ignore[override] # who talks to a service needs no more
        address = self._wait_for(lambda: _told(_ADDRESS, self.output))
        key = self._wait_for(self._key)
        self._client = httpx.Client(base_url=address, timeout=60, headers={"authorization": f"Bearer {key}"})
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self.kill()

    def _key(self) -> str | None:
        """Return the key, whichever service told it."""
        for service in _services_of[self._database]:
            if told := _told(_KEY, service.output):
                _key_of[self._database] = told
        if self._database in _key_of:
            del _services_of[self._database]
        return _key_of.get(self._database)

    @property
    def runner_pids(self) -> list[int]:
        """The processes that execute its runs: forked from one that it started."""
        started = psutil.Process(self.pid).children()
        return [runner.pid for process in started for runner in process.children()]

    def _wait_for(self, look: Callable[[], str | None]) -> str:
        deadline_s = time.monotonic() + PATIENCE_S
        while (found := look()) is None:
            if not self.is_alive or time.monotonic() > deadline_s:
                self.kill()
                raise RuntimeError(f"the service did not start:\n{self.output}")
            time.sleep(0.02)
        return found


def _told(what: re.Pattern[str], output: str) -> str | None:
    found = what.search(output)
    return found[1] if found else None
