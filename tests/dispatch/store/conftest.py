"""Stores to test: in memory (so that the fake stays honest), SQLite, and a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL

from dispatch.ports import Store
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import upgrade
from tests import sqlite
from tests.fakes import FakeStore
from tests.postgres import PostgresServer, postgres_or_skip

DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    yield from postgres_or_skip()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """The name of a database with all tables, to copy from."""
    url = postgres.new_database()
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return str(url.database)


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """A database without tables."""
    if request.param == "sqlite":
        yield URL.create("sqlite", database=str(tmp_path / "test.sqlite3"))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as url:
        yield url


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """A database with all tables."""
    with _with_all_tables(request, tmp_path) as url:
        yield url


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    with Database(open_engine(url)) as database:
        yield database.of("main")


@pytest.fixture(params=["fake", *DATABASES])
def everywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind, of no dispatch centre."""
    if request.param == "fake":
        yield FakeStore()
        return
    with _with_all_tables(request, tmp_path) as url, Database(open_engine(url)) as database:
        yield database


@pytest.fixture
def store(everywhere: Store) -> Store:
    """An empty store of each kind."""
    return everywhere.of("main")


@contextmanager
def _with_all_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    if request.param == "sqlite":
        yield sqlite.new_database(tmp_path / "test.sqlite3")
        return
    template: str = request.getfixturevalue("postgres_template")
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database(template=template) as url:
        yield url
