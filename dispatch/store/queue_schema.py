"""The tables of the queue that tells worker processes of queued runs: procrastinate's own, in a schema of their own.

The queue holds nothing that the runs do not say: it may be emptied at any time, and every queued run is put into it
anew (`dispatch.store.run_queue`). So a new version of procrastinate needs no migration: its schema replaces the old.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

SCHEMA: Final = "procrastinate"
"""Name of the schema in the PostgreSQL database."""


def is_queue_current(connection: Connection) -> bool:
    """Return whether the queue's tables are those of the installed procrastinate; True where no queue is needed."""
    if connection.dialect.name != "postgresql":
        return True
    query = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :schema")
    return connection.execute(query, {"schema": SCHEMA}).scalar() == _digest()


def make_queue(connection: Connection) -> None:
    """Make the queue's tables, empty, in place of older ones; does nothing if they are current or not needed."""
    if is_queue_current(connection):
        return
    drop_queue(connection)
    connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    connection.exec_driver_sql(f"SET LOCAL search_path TO {SCHEMA}, public")
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.exec_driver_sql("SET LOCAL search_path TO DEFAULT")
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{_digest()}'")


def drop_queue(connection: Connection) -> None:
    """Remove the queue's tables, where there are any."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _digest() -> str:
    return f"sha256:{sha256(SchemaManager.get_schema().encode()).hexdigest()}"
