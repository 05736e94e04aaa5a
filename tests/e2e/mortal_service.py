"""A service that dies again and again, and its clients, who repeat what was not answered."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import URL, create_engine, text

from dispatch.clock import SystemClock
from dispatch.settings import Settings
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import upgrade
from dispatch.usecases.access.keys import create_first_key
from tests.e2e.running_command import Death
from tests.e2e.running_service import RunningService

SOON_S = 40.0
"""How long anything may take after the last death."""
HASTY = {
    "heartbeat_every_s": "0.2",
    "run_lost_after_s": "1.5",
    "timers_every_s": "0.05",
    "message_every_s": "0.05",
    "webhook_timeout_s": "0.5",
    "webhook_first_pause_s": "0.1",
    "outgoing_allowed": '["127.0.0.0/8"]',
    "outgoing_plain": "true",
    "max_attempts": "10",
    "address_rate_per_s": "0",
    "key_rate_per_s": "0",
}


class MortalService:
    """A service that is killed and started again over the same data; clients ask for its present address."""

    def __init__(self, data_dir: Path, settings: dict[str, str]) -> None:
        self.url: URL = Settings.model_validate(
            {"data_dir": data_dir, "database_url": settings.get("database_url")}
        ).url
        self._data_dir = data_dir
        self._settings = HASTY | settings
        self._key = _made_with_a_key(self.url)
        self._service: RunningService | None = None
        self._client: httpx.Client | None = None
        self.is_given_up = threading.Event()

    def start(self, *, dies_at: Death | None = None) -> None:
        """Start the service; with `dies_at` it will kill itself, maybe while it starts."""
        self._service = RunningService(self._data_dir, key=self._key, dies_at=dies_at, **self._settings)
        try:
            self._client = self._service.__enter__()
        except RuntimeError:
            if dies_at is None:
                raise

    @property
    def is_alive(self) -> bool:
        return self._service is not None and self._service.is_alive

    def kill(self) -> None:
        if self._service is not None:
            self._service.kill()
        if self._client is not None:
            self._client.close()
            self._client = None

    def stop(self) -> int:
        assert self._service is not None
        return self._service.stop()

    def ask_once(self, method: str, path: str, *, key: str | None = None, **what: Any) -> httpx.Response | None:
        """Send a request; return None if the service dies over it."""
        headers = what.pop("headers", {}) | ({"idempotency-key": key} if key else {})
        if self._client is None:
            return None
        try:
            return self._client.request(method, path, headers=headers, **what)
        except (httpx.TransportError, RuntimeError):  # the latter: closed, the service has died
            return None

    def until_answered(self, method: str, path: str, *, key: str | None = None, **what: Any) -> httpx.Response:
        """Send a request until it is answered, always with the same key.

        An answer that was lost with the process is not known any more: then 409 `idempotency_in_progress` stays.
        """
        patience = 20
        while not self.is_given_up.is_set():
            answer = self.ask_once(method, path, key=key, **what)
            if answer is not None:
                is_in_progress = answer.status_code == 409 and "idempotency_in_progress" in answer.text
                if answer.status_code != 503 and not (is_in_progress and patience > 0):
                    return answer
                patience -= 1
            time.sleep(0.05)
        raise RuntimeError(f"{method} {path}: the service did not come back")

    def wait_until_none(self, query: str, *, while_alive: bool = False) -> None:
        """Wait until a query counts nothing any more; with `while_alive` no longer than the service lives."""
        deadline_s = time.monotonic() + SOON_S
        while (self.is_alive or not while_alive) and self.count(query):
            assert time.monotonic() < deadline_s, query
            time.sleep(0.05)

    def count(self, query: str) -> int:
        """Return the number that a query gives."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                found: int = connection.execute(text(query)).scalar_one()
                return found
        finally:
            engine.dispose()


def _made_with_a_key(url: URL) -> str:
    """Make a database's tables; return an administrator's key."""
    engine = open_engine(url)
    upgrade(engine)
    with Database(engine) as database:
        made = create_first_key(store=database, clock=SystemClock())
    assert made is not None
    return str(made.text)
