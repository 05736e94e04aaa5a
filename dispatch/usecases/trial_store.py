"""A store that forgets: what a use case would do, without doing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from dispatch.ports import Store, Transaction


class _ForgetError(Exception):
    """Leaves a transaction so that nothing of it stays."""


class TrialStore:
    """A `Store` whose writing transactions are undone at their end; each one sees the store as it was before."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, centre: str) -> TrialStore:
        """Return the same store as a dispatch centre sees it."""
        return TrialStore(self._store.of(centre))

    def read(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that changes nothing."""
        return self._store.read()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that is undone at its end."""
        with suppress(_ForgetError), self._store.write() as transaction:
            yield transaction
            raise _ForgetError

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()
