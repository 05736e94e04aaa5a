"""Is this process fit for work: does its database answer, with the tables it needs, and can it plan."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatch.domain.files import parse_request
from dispatch.domain.run import RunParameters
from dispatch.errors import DispatchError
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, Planner, Store

_log: Final = logging.getLogger(__name__)
TINY: Final = b"""{
  "format": "field-dispatch/request/1", "now": "2026-01-01T00:00:00Z", "time_zone": "UTC",
  "horizon": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z"},
  "communities": [{"id": "c", "location": {"lat": 34.26, "lon": 117.18}}],
  "technicians": [{"id": "t", "home": {"lat": 34.25, "lon": 117.2},
    "shifts": [{"id": "s", "start": "2026-01-01T08:00:00Z", "end": "2026-01-01T18:00:00Z"}]}],
  "orders": [{"id": "o", "kind": "install", "community": "c", "accepted_at": "2026-01-01T00:00:00Z",
    "duration": "PT60M"}]
}"""
"""A problem of one technician and one order."""


@dataclass(frozen=True, kw_only=True)
class Readiness:
    """What was found.

    Attributes
    ----------
    faults
        The kind of error by check: store, schema, planner; empty if the process is fit for work.
    """

    at: datetime
    faults: Mapping[str, str]


class ReadinessCheck:
    """Looks whether the process is fit for work, at most every `every_s` seconds; for all threads.

    Parameters
    ----------
    require_schema
        Raises `SchemaError` unless the database's tables are those of this program.
    """

    def __init__(
        self,
        *,
        store: Store,
        planner: Planner,
        policy: Policy,
        clock: Clock,
        require_schema: Callable[[], None],
        every_s: float,
    ) -> None:
        self._store = store
        self._planner = planner
        self._policy = policy
        self._clock = clock
        self._require_schema = require_schema
        self._every_s = every_s
        self._lock = threading.Lock()
        self._found: Readiness | None = None
        self._found_s = 0.0

    def look(self) -> Readiness:
        """Return how it stands; a fresh answer is given again."""
        with self._lock:
            now_s = self._clock.monotonic_s()
            if self._found is None or now_s - self._found_s >= self._every_s:
                self._found, self._found_s = self._check(), now_s
            return self._found

    def _check(self) -> Readiness:
        faults = {}
        for name, check in (("store", self._ask_store), ("schema", self._require_schema), ("planner", self._plan)):
            try:
                check()
            except DispatchError as error:
                _log.error("not ready: %s: %s", name, error)
                faults[name] = type(error).__name__  # its words can hold addresses, and the answer is for anybody
        return Readiness(at=self._clock.now(), faults=faults)

    def _ask_store(self) -> None:
        with self._store.read() as transaction:
            transaction.runs.latest(limit=1)

    def _plan(self) -> None:
        parameters = RunParameters(limit_s=None, iterations=1, threads=1)
        self._planner.plan(
            parse_request(TINY, "readiness"),
            self._policy,
            parameters,
            on_progress=lambda _: None,
            is_cancelled=lambda: False,
        )
