from __future__ import annotations

import json
from typing import Any

import pytest

from dispatch.exports.exported_plan import ExportedPlan
from dispatch.exports.pragmatic import pragmatic_files, pragmatic_losses
from dispatch.exports.routing_problem import routing_problem
from tests.dispatch.domain.documents import at, order_document, shift_document, technician_document, visit_document
from tests.dispatch.exports.plans import TRAVEL_S, export_of, indexed, tiny, tiny_request, tiny_route, village


def documents_of(exported: ExportedPlan) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in pragmatic_files(exported, routing_problem(exported)).items()}


def test_an_order_is_a_job_of_one_service() -> None:
    job = documents_of(tiny())["problem.json"]["plan"]["jobs"][0]
    (place,) = job["services"][0]["places"]
    assert job["id"] == "o-1"
    assert place["location"] == {"index": 0}
    assert place["duration"] == 179 * 60
    assert place["times"] == [["2026-03-10T01:00:00Z", "2026-03-10T02:00:00Z"]]


def test_matrices_come_in_rows_in_the_order_of_profiles() -> None:
    """Nodes are the orders (places 1 and 2 of the tiny matrix), then home (place 0)."""
    documents = documents_of(tiny())
    assert documents["problem.json"]["fleet"]["profiles"] == [{"name": "ebike"}]
    assert documents["matrix-ebike.json"]["travelTimes"] == [TRAVEL_S[a][b] for a in (1, 2, 0) for b in (1, 2, 0)]
    assert "errorCodes" not in documents["matrix-ebike.json"]


def test_no_way_has_an_error_code() -> None:
    rows = [[0, None, 900], [600, 0, 300], [900, 300, 0]]
    travel = {"provider": "matrix", "profiles": {"ebike": {"durations_s": rows, "distances_m": rows}}}
    matrix = documents_of(export_of(tiny_request(travel=travel)))["matrix-ebike.json"]
    assert matrix["errorCodes"] == [0, 0, 0, 0, 0, 0, 1, 0, 0]  # from home (third row) to place 1 (first column)


def test_a_break_on_the_way_is_a_stop_without_a_place() -> None:
    (tour,) = documents_of(tiny())["solution.json"]["tours"]
    told = [
        (one.get("location"), one["time"]["arrival"][11:16], one["time"]["departure"][11:16]) for one in tour["stops"]
    ]
    assert told == [
        ({"index": 2}, "00:50", "00:50"),
        ({"index": 0}, "01:00", "03:59"),
        (None, "03:59", "04:59"),  # where the way begins, as the tool's checker counts
        ({"index": 1}, "05:04", "05:34"),
        ({"index": 2}, "05:49", "05:49"),
    ]
    (pause,) = tour["stops"][2]["activities"]
    assert pause["time"] == {"start": "2026-03-10T04:00:00Z", "end": "2026-03-10T05:00:00Z"}
    assert [one.get("distance") for one in tour["stops"]] == [0, 3000, None, 4500, 9000]


def test_statistics_add_up() -> None:
    solution = documents_of(tiny())["solution.json"]
    duration_s = 4 * 3600 + 59 * 60  # 08:50 to 13:49
    times = {"driving": 1800, "serving": 209 * 60, "waiting": 0, "break": 3600, "commuting": 0, "parking": 0}
    assert sum(times.values()) == duration_s
    assert solution["statistic"] == {"cost": duration_s, "distance": 9000, "duration": duration_s, "times": times}
    assert solution["tours"][0]["statistic"] == solution["statistic"]


def test_a_break_before_work_stands_at_the_stop() -> None:
    """Service of o-2 may not start before 12:30: at 10:20 there, break from 12:00 to 13:00, start 13:00."""
    orders = [
        order_document(id="o-1", location=indexed(1), duration="PT75M"),
        order_document(id="o-2", location=indexed(2), windows=[{"start": at(10, "12:30"), "end": at(10, "15:00")}]),
    ]
    stops = [
        visit_document(order="o-1"),
        {"kind": "break", "start": at(10, "12:00"), "end": at(10, "13:00")},
        visit_document(order="o-2", arrival=at(10, "13:00"), start=at(10, "13:00"), end=at(10, "14:15"), travel_s=300),
    ]
    exported = export_of(tiny_request(orders=orders), routes=[tiny_route(*stops)])
    stop = documents_of(exported)["solution.json"]["tours"][0]["stops"][2]
    assert stop["time"]["arrival"] == "2026-03-10T02:20:00Z"
    assert [one["type"] for one in stop["activities"]] == ["break", "service"]


def test_unassigned_orders_have_a_code_and_our_words() -> None:
    reasons = [{"code": "skill", "detail": "needs fiber"}, {"code": "deferred", "detail": "cheaper later"}]
    documents = documents_of(tiny(routes=[], unassigned=[{"order": "o-1", "reasons": reasons}]))
    first, second = documents["solution.json"]["unassigned"]
    assert first["reasons"] == [
        {"code": "SKILL_CONSTRAINT", "description": "skill: needs fiber"},
        {"code": "NO_REASON_FOUND", "description": "deferred: cheaper later"},
    ]
    assert second["jobId"] == "o-2"


def test_losses_of_the_format_are_counted() -> None:
    technicians = [
        technician_document(home=indexed(0), service_factor=1.2, shifts=[shift_document(end_at="last_stop")])
    ]
    losses = pragmatic_losses(routing_problem(export_of(tiny_request(technicians=technicians), routes=[])))
    assert [text.split(":")[0] for text in losses] == [
        "1 shifts have a service factor",
        "1 shifts end at their last stop",
    ]


def solve(documents: dict[str, Any], relations: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return what the real tool makes of a problem; with relations, along prescribed tours."""
    vrp_cli = pytest.importorskip("vrp_cli", reason="the package vrp-cli is not installed")
    problem = documents["problem.json"]
    if relations:
        problem = {**problem, "plan": {**problem["plan"], "relations": relations}}
    matrices = [json.dumps(documents[f"matrix-{one['name']}.json"]) for one in problem["fleet"]["profiles"]]
    config = {"termination": {"maxGenerations": 1}}
    solution: dict[str, Any] = json.loads(vrp_cli.solve_pragmatic(json.dumps(problem), matrices, json.dumps(config)))
    return solution


def starts_of(solution: dict[str, Any]) -> dict[str, str]:
    """Return when the work of each job starts."""
    return {
        activity["jobId"]: activity.get("time", {}).get("start", stop["time"]["arrival"])
        for tour in solution["tours"]
        for stop in tour["stops"]
        for activity in stop["activities"]
        if activity["type"] in ("service", "delivery")
    }


def tours_as_relations(solution: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "type": "strict",
            "vehicleId": tour["vehicleId"],
            "jobs": ["departure", *(one["activities"][-1]["jobId"] for one in tour["stops"][1:-1])],
        }
        for tour in solution["tours"]
    ]


def test_the_tool_reads_and_solves_the_problem() -> None:
    solution = solve(documents_of(tiny()))
    assert solution.get("unassigned") is None
    assert solution["statistic"]["distance"] <= 9000


def test_the_tool_times_a_plan_without_breaks_as_we_do() -> None:
    technician = technician_document(home=indexed(0), shifts=[shift_document()])
    orders = [
        order_document(id="o-1", location=indexed(1), windows=[{"start": at(10, "09:00"), "end": at(10, "10:00")}]),
        order_document(id="o-2", location=indexed(2), duration="PT30M"),
    ]
    # o-1 from 09:00 to 10:15, 300 s of travel, o-2 from 10:20 to 10:50, 900 s of travel
    stops = [
        visit_document(order="o-1"),
        visit_document(order="o-2", arrival=at(10, "10:20"), start=at(10, "10:20"), end=at(10, "10:50"), travel_s=300),
    ]
    start = {"kind": "start", "departure": at(10, "08:50")}
    end = {"kind": "end", "arrival": at(10, "11:05"), "travel_s": 900, "distance_m": 4500}
    route = {"technician": "t-1", "shift": "d1", "stops": [start, *stops, end]}
    documents = documents_of(export_of(tiny_request(technicians=[technician], orders=orders), routes=[route]))
    ours = documents["solution.json"]
    assert starts_of(solve(documents, tours_as_relations(ours))) == starts_of(ours)
    assert starts_of(ours) == {"o-1": "2026-03-10T01:00:00Z", "o-2": "2026-03-10T02:20:00Z"}


@pytest.mark.slow
@pytest.mark.parametrize("load", [0.4, 1.2])
def test_the_tool_reads_a_village(load: float) -> None:
    documents = documents_of(village(load=load))
    solution = solve(documents)
    n_jobs = len(documents["problem.json"]["plan"]["jobs"])
    assert len(starts_of(solution)) + len(solution.get("unassigned", [])) == n_jobs
