"""A store whose next writing transaction begins with conditions: all of it happens, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from dispatch.domain.problems import shown
from dispatch.domain.records.record import Record
from dispatch.errors import StaleRecordError
from dispatch.ports import Store, Transaction

Condition = Callable[[Transaction], None]
"""Looks at a transaction, may write into it, and raises unless it may go on."""


class GuardedStore:
    """A `Store` that checks conditions at the beginning of its first writing transaction."""

    def __init__(self, store: Store, conditions: Sequence[Condition]) -> None:
        self._store = store
        self._open = list(conditions)

    def of(self, centre: str) -> GuardedStore:
        """Return the same store as a dispatch centre sees it."""
        return GuardedStore(self._store.of(centre), self._open)

    def read(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that changes nothing."""
        return self._store.read()

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Open a transaction that is stored whole; the first one after the conditions hold."""
        with self._store.write() as transaction:
            for condition in self._open:
                condition(transaction)
            yield transaction
        self._open = []

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()


def is_at(kind: type[Record], record_id: str, version: int) -> Condition:
    """Return the condition that a record is still at the version somebody has seen.

    Raises
    ------
    NotFoundError
        If there is no such record.
    StaleRecordError
        If it has another version.
    """

    def check(transaction: Transaction) -> None:
        found = transaction.records(kind).get(record_id)
        if found.version != version:
            msg = f"{shown(record_id)} is at version {found.version}, this change was made to version {version}"
            raise StaleRecordError(f"{msg}\nMaybe read it again and repeat the change")

    return check
