"""Steps that several tests take."""

from __future__ import annotations

from typing import Any

import httpx

from tests.api.server import read_events
from tests.fakes import REQUEST_JSON

JSON = {"content-type": "application/json"}


def submit(client: httpx.Client) -> str:
    """Submit the small request; return its id."""
    answer = client.post("/v1/requests", content=REQUEST_JSON, headers=JSON)
    assert answer.status_code == 201, answer.text
    request_id: str = answer.json()["id"]
    return request_id


def start(client: httpx.Client, **parameters: Any) -> str:
    """Submit and start a run; return the run's id."""
    answer = client.post("/v1/runs", json={"request_id": submit(client)} | parameters)
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["id"]
    return run_id


def watch(client: httpx.Client, run_id: str) -> list[tuple[str, str]]:
    """Return all events of a run until it ends."""
    with client.stream("GET", f"/v1/runs/{run_id}/progress") as response:
        return list(read_events(response))


def finish(client: httpx.Client, run_id: str) -> dict[str, Any]:
    """Wait for a run's end; return it."""
    watch(client, run_id)
    run: dict[str, Any] = client.get(f"/v1/runs/{run_id}").json()
    return run


def expect_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Return the problem document of an answer that must be that error."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    return problem
