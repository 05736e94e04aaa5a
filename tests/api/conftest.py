"""The application over SQLite, with a planner and a checker that answer as the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.main import create_app
from dispatch.bootstrap import Service
from dispatch.clock import SystemClock
from dispatch.policy.settings import load_policy
from dispatch.settings import DATABASE_FILE, Settings
from dispatch.store.database import Database, open_engine
from tests import sqlite
from tests.api.planner import HeldPlanner
from tests.api.server import served
from tests.fakes import FakeChecker, counting_ids


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    sqlite.new_database(tmp_path / DATABASE_FILE)
    return Settings(data_dir=tmp_path, progress_every_s=0.02, body_limit_bytes=10_000, shutdown_grace_s=10)


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
def client(service: Service) -> Iterator[httpx.Client]:
    with served(create_app(service.settings, service=service)) as client:
        yield client
