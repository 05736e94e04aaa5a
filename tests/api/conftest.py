"""The application over SQLite, with a planner and a checker that answer as the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from pydantic import SecretStr

from api.main import create_app
from dispatch.bootstrap import Service
from dispatch.clock import SystemClock
from dispatch.domain.records.access import Role
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.policy.settings import load_policy
from dispatch.settings import DATABASE_FILE, Settings
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import upgrade
from tests import sqlite
from tests.api.access import as_key, make_centre, make_key
from tests.api.planner import HeldPlanner
from tests.api.server import served
from tests.fakes import FakeChecker, counting_ids
from tests.postgres import PostgresServer, postgres_or_skip


class ClientAs(Protocol):
    """Makes a client with the key of a role."""

    def __call__(self, role: Role, *, centre: str = MAIN_CENTRE, technician: str | None = None) -> httpx.Client: ...


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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """The settings of a service over an empty database of each kind."""
    if request.param == "sqlite":
        sqlite.new_database(tmp_path / DATABASE_FILE)
        yield _settings(tmp_path, None)
        return
    template: str = request.getfixturevalue("postgres_template")
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database(template=template) as url:
        yield _settings(tmp_path, SecretStr(url.render_as_string(hide_password=False)))


def _settings(data_dir: Path, database_url: SecretStr | None) -> Settings:
    return Settings(
        data_dir=data_dir,
        runs="threads",
        database_url=database_url,
        progress_every_s=0.02,
        body_limit_bytes=10_000,
        shutdown_grace_s=10,
        address_rate_per_s=0,
        key_rate_per_s=0,
        argon2_time_cost=1,
        argon2_memory_kib=8,
        argon2_parallelism=1,
    )


@pytest.fixture
def planner() -> HeldPlanner:
    return HeldPlanner()


@pytest.fixture
def checker() -> FakeChecker:
    return FakeChecker()


@pytest.fixture
def service(settings: Settings, planner: HeldPlanner, checker: FakeChecker) -> Service:
    return Service(
        settings=settings,
        store=Database(open_engine(settings.url)),
        planner=planner,
        checker=checker,
        clock=SystemClock(),
        new_id=counting_ids(),
        policy=load_policy(),
    )


@pytest.fixture
def anonymous(service: Service) -> Iterator[httpx.Client]:
    """A client without an API key."""
    with served(create_app(service.settings, service=service)) as client:
        yield client


@pytest.fixture
def client(anonymous: httpx.Client, service: Service) -> httpx.Client:
    """A client with the key of an administrator, which may do everything."""
    anonymous.headers["authorization"] = f"Bearer {make_key(service)}"
    return anonymous


@pytest.fixture
def client_as(client: httpx.Client, service: Service) -> Iterator[ClientAs]:
    """Makes clients with the key of a role: `client_as("technician", technician="t-2", centre="east")`."""
    with ExitStack() as made:

        def of(role: Role, *, centre: str = MAIN_CENTRE, technician: str | None = None) -> httpx.Client:
            make_centre(service, centre)
            key = make_key(service, role, centre=centre, technician=technician)
            return made.enter_context(as_key(client, key))

        yield of
