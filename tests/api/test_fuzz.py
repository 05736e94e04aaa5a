"""Every operation of the description, fed with whatever the description allows and with what it forbids.

No answer may be a fault of the service, and none may be one that the description does not tell of.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import URL

from api.main import create_app
from dispatch.bootstrap import Service
from dispatch.clock import SystemClock
from dispatch.policy.settings import load_policy
from dispatch.settings import DATABASE_FILE, Settings
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import upgrade
from tests import sqlite
from tests.api.access import make_key
from tests.api.server import served
from tests.fakes import FakeChecker, FakePlanner, counting_ids
from tests.postgres import PostgresServer, postgres_or_skip

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
QUICK, THOROUGH = 2, 10
STREAMED = ("GET /v1/runs/{run_id}/progress",)
"""Ends when its run does."""
MADE_BY_HAND = {
    "/v1/communities": {"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}},
    "/v1/technicians": {"technician": {"id": "t-1", "home": {"lat": 34.25, "lon": 117.2}}, "name": "Li"},
    "/v1/orders": {
        "order": {
            "id": "o-1",
            "kind": "install",
            "community": "c-1",
            "accepted_at": "2026-03-09T10:00:00+08:00",
            "duration": "PT75M",
        }
    },
}


def make_app(folder: Path, url: URL | None) -> tuple[FastAPI, Service]:
    is_server = url is not None and url.get_backend_name() != "sqlite"
    database_url = url.render_as_string(hide_password=False) if url is not None and is_server else None
    settings = Settings(
        data_dir=folder, runs="threads", database_url=database_url, key_rate_per_s=0, address_rate_per_s=0
    )
    service = Service(
        settings=settings,
        store=Database(open_engine(url or settings.url)),
        planner=FakePlanner(),
        checker=FakeChecker(),
        clock=SystemClock(),
        new_id=counting_ids(),
        policy=load_policy(),
    )
    return create_app(settings, service=service), service


@cache
def description() -> Any:
    app, service = make_app(Path("unused"), URL.create("sqlite", database=":memory:"))
    try:
        return schemathesis.openapi.from_dict(app.openapi(), config=SchemathesisConfig())
    finally:
        service.close()


def operations() -> list[Any]:
    found = (result.ok() for result in description().get_all_operations())
    return [operation for operation in found if operation.label not in STREAMED]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    yield from postgres_or_skip()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service with a little in it; its client is an administrator."""
    folder, url = tmp_path_factory.mktemp("service"), None
    if request.param == "sqlite":
        sqlite.new_database(folder / DATABASE_FILE)
    else:
        url = request.getfixturevalue("postgres").new_database()
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
    app, service = make_app(folder, url)
    with served(app) as client:
        client.headers["authorization"] = f"Bearer {make_key(service)}"
        for path, body in MADE_BY_HAND.items():
            assert client.post(path, json=body).status_code == 201
        yield client


def fuzz(operation: Any, client: httpx.Client, *, examples: int) -> None:
    @seed(7)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def try_out(case: Any) -> None:
        case.call_and_validate(
            base_url=str(client.base_url), headers={"authorization": client.headers["authorization"]}, checks=CHECKS
        )

    try_out()


@pytest.mark.parametrize("running", ["sqlite"], indirect=True)
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_a_few_requests_to_every_operation_are_answered_as_described(operation: Any, running: httpx.Client) -> None:
    fuzz(operation, running, examples=QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_many_requests_to_every_operation_are_answered_as_described(operation: Any, running: httpx.Client) -> None:
    fuzz(operation, running, examples=THOROUGH)
