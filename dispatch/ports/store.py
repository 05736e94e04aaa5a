"""Where everything survives the process, as use cases see it: transactions, and the records of one kind."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, Self

from dispatch.domain.records.record import Page, R, View, Where
from dispatch.ports.documents import Plans, Requests, Runs


class Records(Protocol[R]):
    """The records of one kind, inside one transaction; one that writes locks each record it gets until its end.

    Columns are the attributes of the kind that its table has beside the document. Without a dispatch centre only
    `across` can be asked.
    """

    def add(self, record: R) -> None:
        """Store a new record; raises `AlreadyThereError` if its id is taken."""
        ...

    def add_all(self, records: Sequence[R]) -> None:
        """Store new records at once; raises `AlreadyThereError` if an id is taken, and stores none."""
        ...

    def get(self, record_id: str) -> R:
        """Return a record; raises `NotFoundError` if there is none."""
        ...

    def find(self, record_id: str) -> R | None:
        """Return a record; None if there is none."""
        ...

    def find_view(self, view: type[View], record_id: str) -> View | None:
        """Return a record as a smaller model of the same document; None if there is none. Locks nothing."""
        ...

    def find_all(self, record_ids: Collection[str]) -> Mapping[str, R]:
        """Return those of many records that exist, by id."""
        ...

    def save(self, record: R) -> R:
        """Write a changed record in place of the version it was made from; return it with its new version.

        Raises `NotFoundError` if there is no such record, `StaleRecordError` if it has another version by now.
        """
        ...

    def save_all(self, records: Sequence[R]) -> tuple[R, ...]:
        """Write changed records at once, each as `save` does; raises as that does, and writes none then."""
        ...

    def delete(self, record_id: str) -> None:
        """Remove a record; raises `NotFoundError` if there is none."""
        ...

    def all(self, *, where: Where = ..., sort: str = "id", limit: int | None = None) -> tuple[R, ...]:
        """Return records by a column, `-column` for the greatest first; ids break ties."""
        ...

    def page(self, *, where: Where = ..., sort: str = "id", after: str | None = None, limit: int) -> Page[R]:
        """Return the records of a list that follow a cursor; raises `BadInputError` if the cursor is none of it."""
        ...

    def count(self, where: Where = ...) -> int:
        """Return how many records there are."""
        ...

    def views(self, view: type[View], *, where: Where = ...) -> Iterator[View]:
        """Read records one after the other as a smaller model of the same document; for figures over many."""
        ...

    def count_across(self, where: Where = ...) -> int:
        """Return how many records of all dispatch centres there are; for what the service does by itself."""
        ...

    def across(
        self, *, where: Where = ..., sort: str = "id", limit: int | None = None, skip_locked: bool = False
    ) -> tuple[tuple[str, R], ...]:
        """Return records of all dispatch centres, each with its centre; for what the service does by itself.

        Parameters
        ----------
        skip_locked
            Leave out what another transaction has in hand, and keep it from taking the others.
        """
        ...


class Transaction(Protocol):
    """What can be read and written as one unit."""

    def of(self, centre: str) -> Self:
        """Return the same transaction as a dispatch centre sees it: only its own rows."""
        ...

    def records(self, kind: type[R]) -> Records[R]:
        """Return the records of a kind."""
        ...

    @property
    def requests(self) -> Requests:
        """The stored planning requests."""
        ...

    @property
    def plans(self) -> Plans:
        """The stored plans."""
        ...

    @property
    def runs(self) -> Runs:
        """The planning runs."""
        ...


class Store(Protocol):
    """Where everything survives the process. Transactions are short: none is open while solving.

    A store that is not of a dispatch centre sees all of them: for runners, sweepers and logins only.
    """

    def of(self, centre: str) -> Self:
        """Return the same store as a dispatch centre sees it: only its own rows, in every repository."""
        ...

    def read(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one state of the store and changes nothing."""
        ...

    def write(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that is stored whole at its end, or not at all if an exception leaves it."""
        ...

    def close(self) -> None:
        """Let go of the store; nothing can be read or written afterwards."""
        ...
