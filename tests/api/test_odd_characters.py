"""Characters that a database may not keep, wherever an address can hold them: never a fault of the service."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, Literal, get_origin

import httpx
import pytest
from fastapi import FastAPI

from api.main import create_app
from api.paging import ListQuery
from dispatch.background import BackgroundTasks
from dispatch.bootstrap import Service
from dispatch.clock import SystemClock
from dispatch.policy.settings import load_policy
from dispatch.settings import DATABASE_FILE, Settings
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import upgrade
from tests import sqlite
from tests.api.access import make_key
from tests.api.known_routes import PARAMETER, KnownRoute, every_route, example_of
from tests.api.pages.people import log_in as enter
from tests.api.server import served
from tests.fakes import FakeChecker, FakePlanner, counting_ids
from tests.postgres import PostgresServer, postgres_or_skip

ODD = ("%00", "a%00b", "a%0Ab", "%1B[31m", "%ED%A0%80")
"""In an address: NUL alone and inside, a line feed, an escape, half of a surrogate pair."""


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    yield from postgres_or_skip()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def service(request: pytest.FixtureRequest, tmp_path: Any) -> Service:
    settings = Settings(
        data_dir=tmp_path, runs="threads", key_rate_per_s=0, address_rate_per_s=0, login_per_minute=10_000
    )
    url = settings.url
    sqlite.new_database(tmp_path / DATABASE_FILE)
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
    return Service(
        settings=settings,
        store=Database(open_engine(url)),
        planner=FakePlanner(),
        checker=FakeChecker(),
        clock=SystemClock(),
        new_id=counting_ids(),
        policy=load_policy(),
    )


@pytest.fixture
def app(service: Service, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr("api.main.build_background_tasks", lambda *_, **__: BackgroundTasks([]))
    return create_app(service.settings, service=service)


@pytest.fixture
def anonymous(app: FastAPI) -> Iterator[httpx.Client]:
    with served(app) as client:
        yield client


@pytest.fixture
def admin(anonymous: httpx.Client, service: Service) -> httpx.Client:
    anonymous.headers.update({"authorization": f"Bearer {make_key(service)}", "if-match": "*"})
    return anonymous


def of_api(app: FastAPI) -> list[KnownRoute]:
    return [route for route in every_route(app) if route.is_of_api]


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_odd_ids_in_paths_are_refused_or_not_found(app: FastAPI, admin: httpx.Client) -> None:
    description, tried = app.openapi(), 0
    for route in of_api(app):
        if not PARAMETER.search(route.path):
            continue
        for odd in ODD:
            path = PARAMETER.sub(lambda _, odd=odd: odd, route.path)  # type: ignore[misc]
            answer = admin.request(route.method, path, json=example_of(description, route))
            assert 400 <= answer.status_code < 500, (str(route), odd, answer.status_code, answer.text)
            tried += 1
    assert tried > 200


def test_odd_values_and_cursors_in_queries_are_refused_or_fit_nothing(app: FastAPI, admin: httpx.Client) -> None:
    description, tried = app.openapi(), 0
    cursors = (
        cursor("id", "o", "a\0b"),
        cursor("id", "\ud800", "\ud800"),
        cursor("created_at", "0001-01-01T00:00:00+14:00", "o"),
        cursor("sequence", 2**70, "o"),
    )
    for route in of_api(app):
        if route.method != "GET" or PARAMETER.search(route.path):
            continue
        parameters = description["paths"].get(route.path, {}).get("get", {}).get("parameters", [])
        for name in [one["name"] for one in parameters if one["in"] == "query"]:
            for odd in (*ODD, *(cursors if name == "cursor" else ())):
                sorts = ("id", "created_at", "sequence") if name == "cursor" else (None,)
                for sort in sorts:
                    more = "" if sort is None else f"&sort={sort}"
                    answer = admin.get(f"{route.path}?{name}={odd}{more}")
                    assert answer.status_code < 500, (str(route), name, odd, answer.status_code, answer.text)
                    tried += 1
    assert tried > 200


def test_odd_ids_and_fields_of_pages_are_refused_or_not_found(
    app: FastAPI, anonymous: httpx.Client, service: Service
) -> None:
    enter(anonymous, service, "supervisor")
    for route in every_route(app):
        if route.is_of_api or route.path in ("/logout", "/metrics"):
            continue
        for odd in ODD:
            path = PARAMETER.sub(lambda _, odd=odd: odd, route.path)  # type: ignore[misc]
            query = "".join(f"&{name}={odd}" for name in ("state", "technician", "order", "after", "day", "community"))
            answer = anonymous.request(route.method, f"{path}?{query}")
            assert answer.status_code < 500, (str(route), odd, answer.status_code)
    for field in ("name", "password", "next"):
        form = {"name": "li", "password": "x", "next": "/", field: "a\0b"}
        assert anonymous.post("/login", data=form).status_code < 500, field


def test_every_list_says_by_which_columns_it_is_sorted() -> None:
    kinds = ListQuery.__subclasses__()
    assert len(kinds) > 10
    assert [kind.__name__ for kind in kinds if get_origin(kind.model_fields["sort"].annotation) is not Literal] == []
