"""A database and its transactions: SQLite in a file, or PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlmodel import Session

from dispatch.domain.records.record import R
from dispatch.errors import BadInputError, Problem, SchemaError, StoreError
from dispatch.store.plans import SqlPlans
from dispatch.store.records import SqlRecords
from dispatch.store.requests import SqlRequests
from dispatch.store.run_queue import RunQueue
from dispatch.store.runs import SqlRuns

SQLITE_BUSY_TIMEOUT_MS: Final = 30_000
"""How long a writer waits for another one."""
CONNECTIONS: Final = 15
"""So many are kept by a process: making one costs more than most of what it is used for."""


def open_engine(url: URL) -> Engine:
    """Return an engine for a database; nothing is connected yet.

    SQLite: write-ahead log, foreign keys on, and transactions that begin when we say so, since the driver's own way
    begins them late and a reader that becomes a writer can fail.

    Raises
    ------
    SchemaError
        If the driver of the database is not installed.
    """
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url, pool_pre_ping=True, hide_parameters=True, pool_size=CONNECTIONS)
        except ModuleNotFoundError as error:
            msg = f"{error.name} is not installed\nMaybe install the dependency group postgres"
            raise SchemaError(msg) from error
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
        pool_size=CONNECTIONS,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver shall begin no transaction of its own
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_writing = connection.get_execution_options().get("is_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


@contextmanager
def _store_errors() -> Iterator[None]:
    """Tell what the surroundings of the database do to it apart from faults of ours."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        msg = f"the database cannot be used: {str(error.orig).strip()}\nMaybe its disk is full, or it is not running"
        raise StoreError(msg) from error
    except DataError as error:  # PostgreSQL keeps no NUL, and no number beyond its types
        problem = Problem(
            path="input",
            message="holds a character or a number that the database cannot keep",
            remedy="leave out control characters",
        )
        raise BadInputError([problem]) from error


class SqlTransaction:
    """The repositories inside one transaction, seen by one dispatch centre or by none."""

    def __init__(self, session: Session, *, is_writing: bool, centre: str | None, run_queue: RunQueue | None) -> None:
        self.requests = SqlRequests(session, centre=centre)
        self.plans = SqlPlans(session, centre=centre)
        self.runs = SqlRuns(session, is_writing=is_writing, centre=centre, queue=run_queue)
        self._session = session
        self._is_writing = is_writing
        self._centre = centre
        self._run_queue = run_queue

    def of(self, centre: str) -> Self:
        """Return the same transaction as a dispatch centre sees it: only its own rows."""
        return type(self)(self._session, is_writing=self._is_writing, centre=centre, run_queue=self._run_queue)

    def records(self, kind: type[R]) -> SqlRecords[R]:
        """Return the records of a kind."""
        return SqlRecords(self._session.connection(), kind, centre=self._centre, is_writing=self._is_writing)


class Database:
    """Stores everything in a relational database; a `dispatch.ports.Store`.

    One object serves all threads. Use it as a context manager, or call `close`.

    Parameters
    ----------
    run_queue
        Tells worker processes of queued runs; None = there are none.
    """

    def __init__(self, engine: Engine, *, centre: str | None = None, run_queue: RunQueue | None = None) -> None:
        self._engine = engine
        self._writing_engine = engine.execution_options(is_writing=True)
        # SQLite's transactions see one state by themselves; PostgreSQL's would see another one with each statement.
        is_snapshot = engine.dialect.name == "sqlite"
        self._reading_engine = engine if is_snapshot else engine.execution_options(isolation_level="REPEATABLE READ")
        self._centre = centre
        self._run_queue = run_queue

    def of(self, centre: str) -> Self:
        """Return the same store as a dispatch centre sees it: only its own rows."""
        return type(self)(self._engine, centre=centre, run_queue=self._run_queue)

    @contextmanager
    def read(self) -> Iterator[SqlTransaction]:
        """Open a transaction that sees one state of the database and changes nothing.

        Raises
        ------
        StoreError
            If the database cannot be used.
        """
        with _store_errors(), Session(self._reading_engine) as session:
            yield SqlTransaction(session, is_writing=False, centre=self._centre, run_queue=self._run_queue)

    @contextmanager
    def write(self) -> Iterator[SqlTransaction]:
        """Open a transaction that is stored whole at its end, or not at all if an exception leaves it.

        Raises
        ------
        StoreError
            If the database cannot be used, for instance because its disk is full.
        """
        with _store_errors(), Session(self._writing_engine) as session, session.begin():
            yield SqlTransaction(session, is_writing=True, centre=self._centre, run_queue=self._run_queue)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
