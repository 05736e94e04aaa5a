"""SQLite databases for the tests: migrated once, then copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

from dispatch.store.database import open_engine
from dispatch.store.schema import upgrade


def new_database(path: Path) -> URL:
    """Make a database file with all tables and no row, and return its URL."""
    path.write_bytes(_empty_tables())
    return _url(path)


def _url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


@cache
def _empty_tables() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        engine = open_engine(_url(path))
        upgrade(engine)
        engine.dispose()
        return path.read_bytes()
