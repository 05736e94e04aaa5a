"""Telling worker processes of queued runs: a job of procrastinate, written in the transaction that queues the run.

A job is only a hint. Who executes a run is decided by the run's own row, so a job too many does no harm, and one that
was lost is put again by `put_missing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from procrastinate import App, SyncPsycopgConnector
from sqlalchemy import Connection, text

from dispatch.domain.run import RunKind
from dispatch.store.queue_schema import SCHEMA

QUEUE_OF_KIND: Final[Mapping[RunKind, str]] = {"nightly": "nightly", "urgent": "urgent"}
"""Each kind of run has a queue of its own, so that an urgent run never waits behind a night's."""
TASK: Final = "execute_run"
"""Name of the task whose one argument is `run_id`."""

_UNTOLD = text(
    f"""
    SELECT id, kind FROM runs
    WHERE state = 'queued' AND NOT EXISTS (
        SELECT 1 FROM {SCHEMA}.procrastinate_jobs AS jobs
        WHERE jobs.status IN ('todo', 'doing') AND jobs.task_name = :task AND jobs.args ->> 'run_id' = runs.id
    )
    ORDER BY created_at
    """  # noqa: S608 - the schema's name is a constant of ours
)


class RunQueue:
    """Puts jobs into the queue, through connections that the caller's transactions use."""

    def __init__(self) -> None:
        self._app = App(connector=SyncPsycopgConnector())

    def put(self, connection: Connection, run_id: str, *, kind: RunKind) -> None:
        """Tell the workers of a queued run, as soon as the connection's transaction is committed."""
        connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}, public")
        driver = connection.connection.driver_connection
        task = self._app.configure_task(TASK, allow_unknown=True, queue=QUEUE_OF_KIND[kind], connection=driver)
        task.defer(run_id=run_id)
        connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")

    def put_missing(self, connection: Connection) -> int:
        """Tell the workers of every queued run that no job names; return how many those are."""
        untold = connection.execute(_UNTOLD, {"task": TASK}).all()
        for run_id, kind in untold:
            self.put(connection, run_id, kind=kind)
        return len(untold)
