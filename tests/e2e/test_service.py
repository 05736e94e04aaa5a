"""From a village's open orders to its published schedule, through the real service, planner and checker."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.check import check
from dispatch.domain.files import parse_plan, request_digest, to_json
from tests.api.journey import JSON, finish, watch
from tests.api.server import read_events
from tests.e2e.running_service import RunningService

pytestmark = pytest.mark.slow

VILLAGE = generate_city(CitySpec(size="village", seed=7))


def start(client: httpx.Client, **parameters: Any) -> str:
    """Submit the village and start a run; return the run's id."""
    submitted = client.post("/v1/requests", content=to_json(VILLAGE), headers=JSON)
    assert submitted.status_code == 201, submitted.text
    assert submitted.json()["digest"] == request_digest(VILLAGE)
    started = client.post("/v1/runs", json={"request_id": submitted.json()["id"], "threads": 1} | parameters)
    assert started.status_code == 202, started.text
    run_id: str = started.json()["id"]
    return run_id


def wait_for_progress(client: httpx.Client, run_id: str) -> None:
    """Return once the run's search has reported."""
    with client.stream("GET", f"/v1/runs/{run_id}/progress") as response:
        assert any(json.loads(data)["progress"] for _, data in read_events(response))


def test_a_village_is_planned_published_and_scheduled(tmp_path: Path) -> None:
    with RunningService(tmp_path) as client:
        run_id = start(client, iterations=300)
        name, last = watch(client, run_id)[-1]
        run = json.loads(last)
        assert (name, run["state"], run["failure"]) == ("end", "done", None)

        document = client.get(f"/v1/plans/{run['plan_id']}").json()
        plan = parse_plan(json.dumps(document["plan"]))
        assert check(VILLAGE, plan).ok
        assert plan.cost.total == run["cost"]

        published = client.post(f"/v1/plans/{run['plan_id']}/publish", json={"replaces": None})
        assert published.status_code == 200, published.text
        schedule = client.get("/v1/schedule", params={"day": document["summary"]["dispatch_day"]}).json()
        scheduled = [route for technician in schedule["technicians"] for route in technician["routes"]]
        assert len(scheduled) == len(plan.routes)
        served = {stop["order"] for route in scheduled for stop in route["stops"] if stop["kind"] == "visit"}
        assert served == {visit.order for route in plan.routes for visit in route.visits}


def test_the_same_iterations_give_the_same_plan(tmp_path: Path) -> None:
    with RunningService(tmp_path) as client:
        runs = [finish(client, start(client, iterations=100, seed=3)) for _ in range(2)]
        plans = [client.get(f"/v1/plans/{run['plan_id']}").json()["plan"] for run in runs]
    for plan in plans:
        for timed in (plan["run"], *plan["run"]["trajectory"]):
            del timed["runtime_s"]
    assert plans[0] == plans[1]


def test_a_run_in_whose_middle_the_service_is_killed_is_finished_by_the_next_one(
    tmp_path: Path, database: dict[str, str]
) -> None:
    service = RunningService(tmp_path, **database)
    with service as client:
        run_id = start(client, limit_s=2.5)
        wait_for_progress(client, run_id)
        service.kill()
    with RunningService(tmp_path, **database) as client:
        run = finish(client, run_id)
        assert (run["state"], run["attempt"]) == ("done", 2)
        assert client.get(f"/v1/plans/{run['plan_id']}").status_code == 200


def test_a_run_in_whose_middle_its_process_is_killed_is_finished_by_the_next_one(
    tmp_path: Path, database: dict[str, str]
) -> None:
    service = RunningService(tmp_path, heartbeat_every_s="0.5", run_lost_after_s="5", **database)
    with service as client:
        run_id = start(client, limit_s=2.5)
        wait_for_progress(client, run_id)
        for pid in service.runner_pids:
            os.kill(pid, signal.SIGKILL)
        run = finish(client, run_id)
        assert (run["state"], run["attempt"], run["failure"]) == ("done", 2, None)
        assert client.get(f"/v1/plans/{run['plan_id']}").status_code == 200
    assert "ended with code -9" in service.output


def test_a_run_in_whose_middle_the_service_is_stopped_goes_on_with_the_next_one(tmp_path: Path) -> None:
    service = RunningService(tmp_path)
    with service as client:
        run_id = start(client, limit_s=600)
        with client.stream("GET", f"/v1/runs/{run_id}/progress") as response:
            assert any(json.loads(data)["progress"] for _, data in read_events(response))
            service.stop()  # while somebody watches
    assert "queued" in service.output
    assert "ERROR" not in service.output
    with RunningService(tmp_path) as client:
        wait_for_progress(client, run_id)
        client.delete(f"/v1/runs/{run_id}")
        run = finish(client, run_id)
    assert (run["state"], run["attempt"]) == ("cancelled", 1)
    assert run["plan_id"] is not None


def test_a_published_plan_survives_a_kill(tmp_path: Path) -> None:
    service = RunningService(tmp_path)
    with service as client:
        run = finish(client, start(client, iterations=50))
        client.post(f"/v1/plans/{run['plan_id']}/publish", json={"replaces": None})
        service.kill()
    with RunningService(tmp_path) as client:
        day = client.get(f"/v1/plans/{run['plan_id']}").json()["summary"]["dispatch_day"]
        assert client.get("/v1/schedule", params={"day": day}).json()["plan_id"] == run["plan_id"]
