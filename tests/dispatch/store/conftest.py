"""Stores to test: in memory (so that the fake stays honest), SQLite, and a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
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
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database without tables."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "test.sqlite3"))
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database with all tables."""
    if request.param == "postgresql":
        template: str = request.getfixturevalue("postgres_template")
        server: PostgresServer = request.getfixturevalue("postgres")
        return server.new_database(template=template)
    return sqlite.new_database(tmp_path / "test.sqlite3")


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
    if request.param == "sqlite":
        url = sqlite.new_database(tmp_path / "test.sqlite3")
    else:
        template: str = request.getfixturevalue("postgres_template")
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.new_database(template=template)
    with Database(open_engine(url)) as database:
        yield database


@pytest.fixture
def store(everywhere: Store) -> Store:
    """An empty store of each kind."""
    return everywhere.of("main")
