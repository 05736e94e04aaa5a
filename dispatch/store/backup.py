"""A backup of the whole database in one folder, and its way back: SQLite by itself, PostgreSQL by its own tools.

A backup is a folder with the data and a manifest: what it is of, its revision, a digest of the data, rows by table.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import URL, Engine, inspect, text

from dispatch.errors import BackupError, StoreError
from dispatch.store.database import open_engine
from dispatch.store.schema import current_revision

MANIFEST: Final = "backup.json"
DATA_FILE: Final[Mapping[str, str]] = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
DIGEST_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds.

    Attributes
    ----------
    sha256
        Digest of the data file.
    rows
        Rows by table.
    """

    database: Literal["sqlite", "postgresql"]
    revision: str
    made_at: str
    sha256: str
    rows: Mapping[str, int]

    @property
    def rows_in_all(self) -> int:
        """Rows of all tables together."""
        return sum(self.rows.values())


def make_backup(engine: Engine, folder: Path, *, now: datetime) -> Manifest:
    """Write a backup into a new folder while the service may go on working; it shows one moment of the database.

    Raises
    ------
    BackupError
        If the folder exists already, cannot be written, the database has no tables, or a tool fails or is missing.
    """
    revision = current_revision(engine)
    if revision is None:
        raise BackupError(f"the database {engine.url} has no tables: there is nothing to back up")
    partial = folder.with_name(f"{folder.name}.partial")
    if folder.exists():
        raise BackupError(f"{folder}: exists already\nMaybe choose a new name for each backup")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise BackupError(f"{folder}: cannot be made: {error.strerror}\nMaybe choose another folder") from error
    kind: Literal["sqlite", "postgresql"] = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
    data = partial / DATA_FILE[kind]
    rows = _copy_sqlite(engine, data) if kind == "sqlite" else _dump_postgresql(engine, data)
    manifest = Manifest(
        database=kind,
        revision=revision,
        made_at=now.isoformat(timespec="seconds"),
        sha256=_digest(data),
        rows=rows,
    )
    (partial / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n")
    _to_disk(data, partial / MANIFEST, partial)
    partial.rename(folder)  # a backup that was cut off never looks like one
    return manifest


def restore_backup(folder: Path, url: URL, *, is_replacing: bool) -> Manifest:
    """Fill a database from a backup and compare what came out with its manifest; nothing may use it meanwhile.

    Parameters
    ----------
    is_replacing
        Whether a database that holds rows may be replaced.

    Raises
    ------
    BackupError
        If the backup is broken or of another kind of database, or the database is not empty, or a tool fails.
    """
    manifest = read_manifest(folder)
    kind = "sqlite" if url.get_backend_name() == "sqlite" else "postgresql"
    if manifest.database != kind:
        msg = f"{folder}: is a backup of {manifest.database}, the settings name {kind}\nMaybe change DATABASE_URL"
        raise BackupError(msg)
    data = folder / DATA_FILE[kind]
    if _digest(data) != manifest.sha256:
        raise BackupError(f"{data}: has changed since the backup was made\nMaybe use another backup")
    filled = rows_of(url)
    if filled and not is_replacing:
        table, rows = next(iter(filled.items()))
        msg = f"the database {url} is not empty: {rows} rows in {table}\nMaybe give --replace, and lose what it holds"
        raise BackupError(msg)
    if kind == "sqlite":
        _put_sqlite(data, url)
    else:
        _load_postgresql(data, url)
    found = {table: rows for table, rows in _counted(url).items() if table in manifest.rows}
    if found != dict(manifest.rows):
        wrong = sorted(table for table in manifest.rows if found.get(table) != manifest.rows[table])
        raise BackupError(f"after restoring, the rows of {', '.join(wrong)} are not those of the backup")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Return what a backup says of itself; raises `BackupError` if it is none."""
    try:
        document = json.loads((folder / MANIFEST).read_text())
        return Manifest(**document)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(
            f"{folder}: is no backup: {error}\nMaybe name the folder that `dispatch backup` made"
        ) from error


def rows_of(url: URL) -> dict[str, int]:
    """Return the tables of a database that hold rows, with how many; empty if there is no database yet."""
    if url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists():
        return {}
    return {table: rows for table, rows in _counted(url).items() if rows and table != "alembic_version"}


def _counted(url: URL) -> dict[str, int]:
    engine = open_engine(url)
    try:
        current_revision(engine)  # tells in our words that it cannot be reached
        return _rows(engine)
    finally:
        engine.dispose()


def _rows(engine: Engine) -> dict[str, int]:
    quote = engine.dialect.identifier_preparer.quote
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        query = "SELECT count(*) FROM {}"
        return {table: connection.execute(text(query.format(quote(table)))).scalar_one() for table in sorted(tables)}


def _copy_sqlite(engine: Engine, target: Path) -> dict[str, int]:
    """Copy by SQLite's online backup, which shows one moment and keeps no writer waiting."""
    source = str(engine.url.database)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    if verdict != "ok":
        raise BackupError(f"the database {source} is damaged: {verdict}\nMaybe restore an older backup")
    return _counted(URL.create("sqlite", database=str(target)))


def _put_sqlite(data: Path, url: URL) -> None:
    """Put a copy of the data in the place of the database file at once; a crash leaves the old one or the new."""
    target = Path(str(url.database))
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(data, copy)
    _to_disk(copy)
    for suffix in ("-wal", "-shm"):  # they belong to the old file
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    copy.rename(target)
    _to_disk(target.parent)


def _dump_postgresql(engine: Engine, target: Path) -> dict[str, int]:
    """Dump by `pg_dump` from a snapshot, in which the rows are counted, too."""
    quote = engine.dialect.identifier_preparer.quote
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        query = "SELECT count(*) FROM {}"
        tables = inspect(connection).get_table_names()
        rows = {table: connection.execute(text(query.format(quote(table)))).scalar_one() for table in sorted(tables)}
        # The queue of procrastinate holds nothing of its own: it is made anew and filled from the runs.
        options = ["--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=procrastinate"]
        _run_tool("pg_dump", [*options, f"--snapshot={snapshot}", f"--file={target}"], engine.url)
    return rows


def _load_postgresql(data: Path, url: URL) -> None:
    """Load a dump by `pg_restore` in one transaction; a crash leaves the database as it was."""
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    _run_tool("pg_restore", [*options, f"--dbname={url.database}", str(data)], url)


def _run_tool(name: str, arguments: list[str], url: URL) -> None:
    program = shutil.which(name)
    if program is None:
        raise BackupError(f"{name} is not on the PATH\nMaybe install PostgreSQL's client tools, as `postgresql-client`")
    wanted = {"PGHOST": url.query.get("host", url.host), "PGPORT": url.port, "PGUSER": url.username}
    wanted |= {"PGPASSWORD": url.password, "PGDATABASE": url.database}
    environment = os.environ | {key: str(value) for key, value in wanted.items() if value is not None}
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - a tool found on the PATH, arguments of ours
    if done.returncode != 0:
        raise BackupError(f"{name} failed: {done.stderr.strip() or done.returncode}")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as data:
            while chunk := data.read(DIGEST_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise BackupError(f"{path}: cannot be read: {error.strerror}") from error
    return digest.hexdigest()


def _to_disk(*paths: Path) -> None:
    """Have files and folders written to the disk before what comes next."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            raise StoreError(f"{path}: cannot be written to disk: {error.strerror}") from error
        finally:
            os.close(descriptor)
