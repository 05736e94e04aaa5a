"""The API keys that a process has seen lately, so that not every request asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi.concurrency import run_in_threadpool

from dispatch.domain.records.api_key import secret_digest
from dispatch.errors import StaleRecordError, StoreError
from dispatch.ports import Clock, Store
from dispatch.settings import Settings
from dispatch.usecases.access.keys import KnownKey, note_use, recognise_key

MOST_KEYS: Final = 10_000


@dataclass(frozen=True)
class _Seen:
    known: KnownKey
    at_s: float


class KeyRing:
    """Recognises keys; a key that was revoked elsewhere is noticed after `key_cache_s` seconds.

    Only valid keys are remembered, by a hash of their text.
    """

    def __init__(self, *, store: Store, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._seen: dict[str, _Seen] = {}

    async def recognise(self, text: str) -> KnownKey:
        """Return the key with a text.

        Raises
        ------
        UnauthenticatedError
            If there is no such key, or it has expired or was revoked.
        """
        digest = secret_digest(text)
        now_s = self._clock.monotonic_s()
        seen = self._seen.get(digest)
        if seen is not None:
            is_fresh = now_s - seen.at_s < self._settings.key_cache_s
            if is_fresh and seen.known.key.is_valid(self._clock.now()):
                return seen.known
            del self._seen[digest]
        known = await run_in_threadpool(self._look_up, text)
        if len(self._seen) >= MOST_KEYS:
            self._seen.clear()
        self._seen[digest] = _Seen(known, now_s)
        return known

    def forget(self) -> None:
        """Forget all keys: one of them was revoked here."""
        self._seen.clear()

    def _look_up(self, text: str) -> KnownKey:
        known = recognise_key(text, store=self._store, clock=self._clock)
        try:
            return note_use(known, every_s=self._settings.key_used_every_s, store=self._store, clock=self._clock)
        except (StaleRecordError, StoreError):  # another process has just done it; the disk is full
            return known
