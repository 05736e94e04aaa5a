"""Liveness, readiness, measurements and request ids."""

from __future__ import annotations

import json
import logging

import httpx
import pytest

from dispatch.bootstrap import Service
from dispatch.errors import SchemaError, StoreError
from dispatch.logs import REQUEST_ID, configure_logging
from tests.api.conftest import ClientAs
from tests.api.journey import expect_problem, finish, start
from tests.api.planner import HeldPlanner


def test_a_service_that_can_work_is_ready(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.let_go.set()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"


def test_a_service_whose_planner_or_tables_are_broken_is_not_ready(
    client: httpx.Client, service: Service, planner: HeldPlanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner.error = StoreError("nothing works; password hunter2")
    planner.let_go.set()

    def is_old() -> None:
        raise SchemaError("revision 0001 at postgresql://secret")

    monkeypatch.setattr(service.readiness, "_require_schema", is_old)
    answer = client.get("/readyz")
    found = expect_problem(answer, 503, "not_ready")
    assert "schema: SchemaError, planner: StoreError" in found["detail"]
    assert "secret" not in answer.text
    assert "hunter2" not in answer.text


def test_measurements_count_requests_by_route_and_runs_by_state(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.let_go.set()
    run = finish(client, start(client))
    client.get("/v1/runs/no-such-run")
    text = client.get("/metrics").text
    assert 'dispatch_runs{state="done"} 1.0' in text
    assert 'dispatch_run_seconds_count{kind="nightly",state="done"} 1.0' in text
    assert 'route="/v1/runs/{run_id}",status="404"} 1.0' in text
    assert 'dispatch_outbox_waiting{outbox="webhooks"} 0.0' in text
    assert "dispatch_store_up 1.0" in text
    assert run["id"] not in text
    assert "no-such-run" not in text


def test_measurements_need_an_administrators_key(client_as: ClientAs) -> None:
    expect_problem(client_as("supervisor").get("/metrics"), 403, "forbidden")


@pytest.mark.parametrize("given", ["abc-123", "a" * 64])
def test_an_id_of_the_caller_is_kept(client: httpx.Client, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a" * 65, "a b", "<x>"])
def test_a_request_without_a_plain_id_gets_one(client: httpx.Client, given: str) -> None:
    ids = [client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] for _ in range(2)]
    assert len(set(ids)) == 2
    assert given not in ids


def test_even_a_refused_request_has_an_id(client: httpx.Client) -> None:
    assert client.get("/nothing").headers["x-request-id"]


def test_the_log_names_the_route_and_never_the_path(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="dispatch.requests"):
        client.get("/v1/runs/13900001111")
    assert "GET /v1/runs/{run_id} 404" in caplog.text
    assert "13900001111" not in caplog.text


def test_json_logs_hold_one_object_a_line_with_the_requests_id(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    token = REQUEST_ID.set("abc")
    try:
        configure_logging("json")
        logging.getLogger("dispatch.test").warning("zwei\nZeilen %d", 2)
    finally:
        REQUEST_ID.reset(token)
        root.handlers[:] = handlers
        root.setLevel(level)
    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "dispatch.test", "zwei\nZeilen 2")
    assert entry["request_id"] == "abc"
