import json

import httpx

from dispatch.errors import TravelError
from tests.api.journey import JSON, expect_problem, finish, start, submit, watch
from tests.api.planner import HeldPlanner
from tests.api.server import read_events


def test_a_run_is_accepted_with_a_place_to_look(client: httpx.Client) -> None:
    request_id = submit(client)
    answer = client.post("/v1/runs", json={"request_id": request_id, "kind": "nightly", "limit_s": 2.5, "seed": 7})
    assert answer.status_code == 202
    run = client.get(answer.headers["location"]).json()
    assert (run["id"], run["request_id"], run["state"] in {"queued", "running"}) == (
        answer.json()["id"],
        request_id,
        True,
    )
    assert run["parameters"] == {"limit_s": 2.5, "iterations": None, "seed": 7, "threads": None}


def test_a_run_without_any_limit_gets_the_default_time_limit(client: httpx.Client) -> None:
    run = client.get(f"/v1/runs/{start(client)}").json()
    assert run["parameters"]["limit_s"] == 30


def test_a_run_of_iterations_has_no_time_limit(client: httpx.Client) -> None:
    run = client.get(f"/v1/runs/{start(client, iterations=50)}").json()
    assert (run["parameters"]["limit_s"], run["parameters"]["iterations"]) == (None, 50)


def test_a_done_run_names_its_plan_and_cost(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.let_go.set()
    run = finish(client, start(client))
    assert (run["state"], run["cost"], run["code_version"]) == ("done", 600, "held")
    assert client.get(f"/v1/plans/{run['plan_id']}").json()["summary"]["state"] == "draft"


def test_progress_is_streamed_until_the_run_ends(client: httpx.Client, planner: HeldPlanner) -> None:
    run_id = start(client)
    costs = []
    with client.stream("GET", f"/v1/runs/{run_id}/progress") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for event in read_events(response):
            name, run = event[0], json.loads(event[1])
            if run["progress"]:
                costs.append(run["progress"]["cost"])
            if len(costs) == 3:
                planner.let_go.set()
    assert costs[:3] == sorted(costs[:3], reverse=True)
    assert (name, run["state"]) == ("end", "done")


def test_the_stream_of_a_finished_run_is_its_end(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.let_go.set()
    run_id = start(client)
    watch(client, run_id)
    ((name, data),) = watch(client, run_id)
    assert (name, json.loads(data)["state"]) == ("end", "done")


def test_a_deleted_run_stops_and_keeps_its_best_plan(client: httpx.Client) -> None:
    run_id = start(client)
    with client.stream("GET", f"/v1/runs/{run_id}/progress") as response:
        for _, data in read_events(response):
            if json.loads(data)["progress"] and not json.loads(data)["is_cancel_requested"]:
                answer = client.delete(f"/v1/runs/{run_id}")
                assert (answer.status_code, answer.json()["is_cancel_requested"]) == (202, True)
    run = client.get(f"/v1/runs/{run_id}").json()
    assert run["state"] == "cancelled"
    assert client.get(f"/v1/plans/{run['plan_id']}").json()["plan"]["cost"]["total"] == run["cost"]


def test_a_queued_run_that_is_deleted_never_runs(client: httpx.Client, planner: HeldPlanner) -> None:
    start(client)  # keeps the only runner busy
    run_id = start(client)
    assert client.delete(f"/v1/runs/{run_id}").json()["state"] == "cancelled"
    planner.let_go.set()


def test_a_done_run_cannot_be_deleted(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.let_go.set()
    run_id = start(client)
    finish(client, run_id)
    expect_problem(client.delete(f"/v1/runs/{run_id}"), 409, "run_state")


def test_a_failed_run_says_why(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.error = TravelError("the server does not answer")
    planner.let_go.set()
    run = finish(client, start(client))
    assert (run["state"], run["failure"]) == ("failed", {"code": "travel", "detail": "the server does not answer"})


def test_an_unexpected_error_fails_the_run_and_the_next_one_is_planned(
    client: httpx.Client, planner: HeldPlanner
) -> None:
    planner.error = ZeroDivisionError("oops")
    planner.let_go.set()
    failed = finish(client, start(client))
    assert failed["failure"]["code"] == "internal"
    planner.error = None
    assert finish(client, start(client))["state"] == "done"


def test_runs_are_listed_youngest_first(client: httpx.Client, planner: HeldPlanner) -> None:
    planner.let_go.set()
    run_ids = [start(client), start(client)]
    for run_id in run_ids:
        finish(client, run_id)
    listed = client.get("/v1/runs", params={"state": "done", "limit": 2}).json()["runs"]
    assert [run["id"] for run in listed] == run_ids[::-1]


def test_a_run_of_an_unknown_request_is_refused(client: httpx.Client) -> None:
    expect_problem(client.post("/v1/runs", json={"request_id": "nothing"}), 404, "not_found")


def test_parameters_out_of_range_are_refused_with_their_path(client: httpx.Client) -> None:
    answer = client.post("/v1/runs", json={"request_id": "x", "limit_s": "10", "seed": "one", "speed": 3})
    problem = expect_problem(answer, 422, "bad_input")
    assert {fault["path"] for fault in problem["problems"]} == {"limit_s", "seed", "speed"}


def test_broken_json_is_refused_with_its_place(client: httpx.Client) -> None:
    problem = expect_problem(client.post("/v1/runs", content=b"{", headers=JSON), 422, "bad_input")
    assert problem["problems"][0]["path"].startswith("line 1")


def test_an_unknown_run_is_not_found(client: httpx.Client) -> None:
    expect_problem(client.get("/v1/runs/nothing"), 404, "not_found")
    expect_problem(client.get("/v1/runs/nothing/progress"), 404, "not_found")
    expect_problem(client.delete("/v1/runs/nothing"), 404, "not_found")


def test_a_state_that_does_not_exist_is_refused(client: httpx.Client) -> None:
    problem = expect_problem(client.get("/v1/runs", params={"state": "lost"}), 422, "bad_input")
    assert problem["problems"][0]["path"] == "query.state"
