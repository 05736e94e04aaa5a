"""What concerns the whole application: health, errors of HTTP itself, the description, start and end."""

import logging
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event

from api.errors import STATUS_OF, TITLE_OF
from api.main import create_app
from dispatch.bootstrap import Service
from dispatch.domain.plan_version import StoredRequest
from dispatch.errors import SchemaError
from dispatch.logs import WithRequestId
from dispatch.settings import Settings
from dispatch.store.database import Database, open_engine
from tests.api.access import as_key, make_key
from tests.api.journey import JSON, expect_problem, finish, start
from tests.api.planner import HeldPlanner
from tests.api.server import read_events, served
from tests.fakes import REQUEST_JSON, a_request, a_run

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_the_service_is_healthy(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok", "version": "held"}


def test_an_unknown_path_is_a_problem(client: httpx.Client) -> None:
    expect_problem(client.get("/v1/nothing"), 404, "not_found")


def test_a_path_with_a_slash_too_many_is_a_problem_and_no_redirect(client: httpx.Client) -> None:
    expect_problem(client.get("/v1/runs/"), 404, "not_found")


def test_a_full_disk_is_told_and_the_service_goes_on(service: Service, settings: Settings) -> None:
    if settings.database_url is not None:
        pytest.skip("how SQLite meets a full disk; PostgreSQL tells it by the same errors")
    engine = open_engine(settings.url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))  # no growth
    full = replace(service, store=Database(engine))
    key = make_key(service)
    with served(create_app(settings, service=full)) as anonymous, as_key(anonymous, key) as client:
        answers = (client.post("/v1/requests", content=REQUEST_JSON, headers=JSON) for _ in range(100))
        refused = next(answer for answer in answers if answer.status_code != 201)
        problem = expect_problem(refused, 503, "store_unavailable")
        assert "nothing is half done" in problem["detail"]
        assert client.get("/healthz").status_code == 200


def test_a_method_that_is_not_allowed_is_a_problem_that_names_those_allowed(client: httpx.Client) -> None:
    answer = client.put("/v1/runs")
    expect_problem(answer, 405, "method_not_allowed")
    assert "allow" in answer.headers


def test_an_unexpected_error_tells_nothing_of_the_inside(
    client: httpx.Client, service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(service.store, "read", fail)
    monkeypatch.setattr(caplog.handler, "filters", [WithRequestId()])
    with caplog.at_level(logging.ERROR):
        answer = client.get("/healthz", headers={"X-Request-ID": "r-500"})
    assert "secret" not in str(expect_problem(answer, 500, "internal"))
    assert (answer.headers["x-request-id"], answer.headers["x-content-type-options"]) == ("r-500", "nosniff")
    (line,) = [record for record in caplog.records if record.name == "api.errors"]
    assert (line.getMessage(), line.request_id) == ("GET /healthz failed", "r-500")  # type: ignore[attr-defined]


def test_a_client_that_goes_away_is_no_fault_of_the_service(
    client: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    head = "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    with caplog.at_level(logging.WARNING):
        with socket.create_connection((client.base_url.host, client.base_url.port)) as connection:
            connection.sendall(head.encode() + b"{")
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(30)
            while connection.recv(1024):
                pass
        assert client.get("/healthz").status_code == 200
    assert "failed" not in caplog.text


def test_every_route_is_described_with_summary_and_errors(client: httpx.Client) -> None:
    description = client.get("/openapi.json").json()
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (method, path)
            assert "_v1_" not in operation["operationId"], "a name made of the path is none that a client can call"
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert "500" in errors, (method, path)
            for answer in errors.values():
                assert list(answer["content"]) == ["application/problem+json"], (method, path)


def test_everything_the_description_refers_to_is_in_it(client: httpx.Client) -> None:
    description = client.get("/openapi.json").json()

    def references(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                yield from references(part)

    known = {f"#/components/schemas/{name}" for name in description["components"]["schemas"]}
    assert set(references(description)) <= known


def test_every_code_has_a_status_and_a_title() -> None:
    assert STATUS_OF.keys() == TITLE_OF.keys()


def test_a_database_that_is_not_up_to_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="dispatch db upgrade"):
        create_app(Settings(data_dir=tmp_path))


def test_a_run_that_the_end_of_the_service_interrupts_is_queued_with_its_plan(
    service: Service, settings: Settings
) -> None:
    key = make_key(service)
    with served(create_app(settings, service=service)) as anonymous, as_key(anonymous, key) as client:
        run_id = start(client)
        with client.stream("GET", f"/v1/runs/{run_id}/progress") as response:
            assert any('"progress":{' in data for _, data in read_events(response))
    with Database(open_engine(settings.url)) as database, database.read() as transaction:
        run = transaction.runs.get(run_id)
        assert (run.state, run.attempt) == ("queued", 1)
        assert transaction.runs.best_plan(run_id) is not None


def test_a_run_that_was_cut_off_is_finished_after_the_next_start(
    service: Service, settings: Settings, planner: HeldPlanner
) -> None:
    with service.store.write() as transaction:
        transaction.requests.add(StoredRequest(id="r", digest="sha256:0", created_at=NOON), a_request())
        policy = service.policy.model_dump(mode="json")
        transaction.runs.add(a_run("cut", "r", policy=policy, state="running", claimed_by="dead"))
    planner.let_go.set()
    key = make_key(service)
    with served(create_app(settings, service=service)) as anonymous, as_key(anonymous, key) as client:
        run = finish(client, "cut")
    assert (run["state"], run["attempt"]) == ("done", 2)
