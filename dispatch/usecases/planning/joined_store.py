"""A store whose transactions are all one that is open already: several use cases happen whole, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dispatch.ports import Transaction


class JoinedStore:
    """A `Store` inside an open transaction; it is stored, or not, by whoever opened that."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def of(self, centre: str) -> JoinedStore:
        """Return the same transaction as a dispatch centre sees it."""
        return JoinedStore(self._transaction.of(centre))

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """Go on in the transaction."""
        yield self._transaction

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Go on in the transaction."""
        yield self._transaction

    def close(self) -> None:
        """Do nothing: the transaction is somebody else's."""
