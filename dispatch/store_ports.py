"""Where everything survives the process, as use cases see it: transactions, and what is stored in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol, Self

from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion, Schedule, StoredRequest
from dispatch.domain.records.record import Page, R, View, Where
from dispatch.domain.request import Request
from dispatch.domain.run import Run, RunKind, RunState


class Requests(Protocol):
    """The stored planning requests, inside one transaction."""

    def add(self, stored: StoredRequest, request: Request) -> None:
        """Store a request with its entities."""
        ...

    def get(self, request_id: str) -> StoredRequest:
        """Return what is known of a stored request; raises `NotFoundError` if there is none."""
        ...

    def document(self, request_id: str) -> Request:
        """Return the request itself; raises `NotFoundError` if there is none."""
        ...


class Plans(Protocol):
    """The stored plans, inside one transaction."""

    def lock_day(self, dispatch_day: date) -> None:
        """Keep other writers away from a dispatch day's plans until the transaction ends."""
        ...

    def next_version(self, dispatch_day: date) -> int:
        """Return the number after the day's highest version; 1 for the first."""
        ...

    def add(self, version: PlanVersion, plan: Plan, request: Request) -> None:
        """Store a plan with its routes and stops; `request` is the one it plans."""
        ...

    def get(self, plan_id: str) -> PlanVersion:
        """Return what is known of a stored plan; raises `NotFoundError` if there is none."""
        ...

    def document(self, plan_id: str) -> Plan:
        """Return the plan itself; raises `NotFoundError` if there is none."""
        ...

    def versions(self, dispatch_day: date) -> tuple[PlanVersion, ...]:
        """Return what is known of the plans of a dispatch day, the youngest first."""
        ...

    def published(self, dispatch_day: date) -> PlanVersion | None:
        """Return the version in force for a dispatch day; None if nothing is published."""
        ...

    def save_state(self, version: PlanVersion) -> None:
        """Write `state`, `published_at` and `superseded_at` of a stored plan.

        Raises
        ------
        StalePlanError
            If another version of the day is published already.
        """
        ...

    def schedule(self, day: date) -> Schedule:
        """Return the day's part of the published plan in force; raises `NotFoundError` if none reaches the day."""
        ...


class Runs(Protocol):
    """The planning runs, inside one transaction; one that writes locks each run it reads until its end."""

    def add(self, run: Run) -> None:
        """Store a new run."""
        ...

    def get(self, run_id: str) -> Run:
        """Return a run; raises `NotFoundError` if there is none."""
        ...

    def save(self, run: Run) -> None:
        """Write every field of a stored run."""
        ...

    def latest(self, *, limit: int, state: RunState | None = None) -> tuple[Run, ...]:
        """Return runs, youngest first."""
        ...

    def counts(self) -> Mapping[RunState, int]:
        """Return how many runs there are in each state that any is in."""
        ...

    def next_queued(self, kind: RunKind | None = None) -> Run | None:
        """Return the run that nobody else is claiming: an urgent one first, then who has waited longest; None = none.

        Parameters
        ----------
        kind
            Only of this kind; None = of any.
        """
        ...

    def running(self) -> tuple[Run, ...]:
        """Return the runs that somebody has in hand."""
        ...

    def beat(self, held_by: Collection[str], *, at: datetime) -> None:
        """Write a sign of life on every run that one of these runners has in hand."""
        ...

    def remind(self) -> int:
        """Tell worker processes of every queued run that they have not been told of; return how many those are."""
        ...

    def best_plan(self, run_id: str) -> Plan | None:
        """Return the best plan so far of an unfinished run; None if there is none."""
        ...

    def save_best_plan(self, run_id: str, plan: Plan | None) -> None:
        """Replace the best plan so far of a run; None removes it."""
        ...


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

    def all_views(self, view: type[View], *, where: Where) -> tuple[View, ...]:
        """Return records as a smaller model of the same document, in no order. Locks nothing."""
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
