"""The revision of a database's tables, and how it is brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from dispatch.errors import SchemaError
from dispatch.store.queue_schema import drop_queue, is_queue_current, make_queue

MIGRATIONS = Path(__file__).parent / "migrations"


def newest_revision() -> str | None:
    """Return the revision that this program's tables have."""
    return _scripts().get_current_head()


def current_revision(engine: Engine) -> str | None:
    """Return the revision of a database's tables; None if it has none yet.

    Raises
    ------
    SchemaError
        If the database cannot be reached, is no database, or has a revision that this program does not know.
    """
    try:
        with engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        what = "reached" if isinstance(error, OperationalError) else "read"
        msg = f"the database {engine.url} cannot be {what}: {str(error.orig).strip()}"
        raise SchemaError(msg) from error
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        msg = f"the database {engine.url} is at revision {found}, which this program does not know\n"
        raise SchemaError(f"{msg}Maybe a newer version made it: use that, or another database")
    return found


def is_newest(engine: Engine) -> bool:
    """Return whether a database's tables, and those of its run queue, are what this program needs."""
    if current_revision(engine) != newest_revision():
        return False
    with engine.connect() as connection:
        return is_queue_current(connection)


def require_newest(engine: Engine) -> None:
    """Raise `SchemaError` unless a database's tables are what this program needs."""
    if is_newest(engine):
        return
    found, newest = current_revision(engine), newest_revision()
    what = f"is at revision {found or 'none'}, this program needs {newest}"
    if found == newest:
        what = "has not the run queue that this program needs"
    msg = f"the database {engine.url} {what}\nMaybe run `dispatch db upgrade`"
    raise SchemaError(msg)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring a database's tables to a newer revision, in one transaction; all data stays.

    Raises
    ------
    SchemaError
        If the database refuses, for instance because its disk is full; it is as it was before.
    """
    _migrate(engine, revision, is_upgrade=True)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring a database's tables back to an older revision ("base": none), in one transaction."""
    _migrate(engine, revision, is_upgrade=False)


def _migrate(engine: Engine, revision: str, *, is_upgrade: bool) -> None:
    try:
        with (
            engine.execution_options(is_writing=True).connect() as connection,
            _foreign_keys_off(connection),
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":  # services that start side by side take turns
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('migrations'))")
            config = _config()
            config.attributes["connection"] = connection
            if is_upgrade:
                command.upgrade(config, revision)
                make_queue(connection)
            else:
                drop_queue(connection)  # whatever upgrades again makes it anew
                command.downgrade(config, revision)
            _require_foreign_keys(connection)
    except OperationalError as error:
        msg = (
            f"the database {engine.url} could not be changed: {str(error.orig).strip()}\n"
            "Maybe its disk is full, or its folder cannot be written to"
        )
        raise SchemaError(msg) from error


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """Let SQLite replace a table without the rows that refer to it going with the old one."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    if driver is None:
        msg = "the connection to the database is closed"
        raise ValueError(msg)
    driver.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _require_foreign_keys(connection: Connection) -> None:
    """Raise `SchemaError` if a migration has left rows that refer to nothing."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            msg = f"the migration would leave {len(broken)} rows that refer to nothing, as in table {broken[0][0]}"
            raise SchemaError(msg)


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
