from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.files import write_text
from dispatch.exports.exported_plan import ExportedPlan
from dispatch.exports.routing_problem import NO_WAY, routing_problem
from dispatch.exports.vroom import vroom_files
from tests.dispatch.domain.documents import order_document, shift_document, technician_document
from tests.dispatch.exports.plans import (
    DISTANCE_M,
    TRAVEL_S,
    export_of,
    indexed,
    planned,
    tiny,
    tiny_request,
    tiny_route,
    tiny_stops,
    village,
)

NINE = 1_773_104_400
"""2026-03-10 09:00 in Shanghai = 01:00 in UTC, as seconds since 1970."""


def documents_of(exported: ExportedPlan) -> dict[str, Any]:
    return {name: json.loads(text) for name, text in vroom_files(exported, routing_problem(exported)).items()}


def test_an_order_is_a_job() -> None:
    job = documents_of(tiny())["problem.json"]["jobs"][0]
    assert job["description"] == "o-1"
    assert job["location_index"] == 0
    assert job["location"] == [117.01, 34.01]
    assert job["time_windows"] == [[NINE, NINE + 3600]]
    assert job["service"] == 179 * 60
    assert job["priority"] == 100


def test_a_shift_is_a_vehicle() -> None:
    (vehicle,) = documents_of(tiny())["problem.json"]["vehicles"]
    assert vehicle["description"] == "t-1 d1"
    assert vehicle["time_window"] == [NINE - 3600, NINE + 9 * 3600]
    assert vehicle["breaks"] == [{"id": 1, "time_windows": [[NINE + 3 * 3600, NINE + 4 * 3600]], "service": 3600}]
    assert "steps" not in vehicle


def test_travel_is_the_plans_travel() -> None:
    """Nodes are the orders (places 1 and 2 of the tiny matrix), then home (place 0)."""
    matrices = documents_of(tiny())["problem.json"]["matrices"]["ebike"]
    order = [1, 2, 0]
    assert matrices["durations"] == [[TRAVEL_S[a][b] for b in order] for a in order]
    assert matrices["distances"] == [[DISTANCE_M[a][b] for b in order] for a in order]


def test_no_way_is_longer_than_any_shift() -> None:
    rows = [[0, None, 900], [600, 0, 300], [900, 300, 0]]
    travel = {"provider": "matrix", "profiles": {"ebike": {"durations_s": rows, "distances_m": rows}}}
    exported = export_of(tiny_request(travel=travel))
    assert documents_of(exported)["problem.json"]["matrices"]["ebike"]["durations"][2][0] == NO_WAY


def test_the_solution_tells_the_break_on_the_way() -> None:
    solution = documents_of(tiny())["solution.json"]
    (route,) = solution["routes"]
    told = [
        (one["type"], one["arrival"] - NINE, one["waiting_time"], one["service"], one["duration"])
        for one in route["steps"]
    ]
    assert told == [
        ("start", -600, 0, 0, 0),
        ("job", 0, 0, 179 * 60, 600),
        ("break", 3 * 3600, 0, 3600, 660),  # 60 s of the way lie before it
        ("job", 4 * 3600 + 240, 0, 30 * 60, 900),
        ("end", 4 * 3600 + 49 * 60, 0, 0, 1800),
    ]
    assert solution["summary"]["cost"] == 1800
    assert solution["summary"]["distance"] == 9000
    assert solution["summary"]["unassigned"] == 0


def test_skills_territories_and_people_become_numbers() -> None:
    technicians = [
        technician_document(id="t-1", home=indexed(0), skills={"fiber": 2}, shifts=[shift_document()]),
        technician_document(id="t-2", home=indexed(0), skills={"fiber": 1}, shifts=[shift_document()]),
    ]
    orders = [
        order_document(id="o-1", skills={"fiber": 2}),
        order_document(id="o-2", skills={"fiber": 1}, excluded_technicians=["t-1"]),
        order_document(id="o-3", required_technician="t-2", resource_ready=False),
    ]
    problem = documents_of(export_of(tiny_request(technicians=technicians, orders=orders), routes=[]))["problem.json"]
    held = [set(vehicle["skills"]) for vehicle in problem["vehicles"]]
    able = [[set(job["skills"]) <= skills for skills in held] for job in problem["jobs"]]
    assert able == [[True, False], [False, True], [False, False]]


def test_service_takes_as_long_as_the_technician_needs() -> None:
    slow = technician_document(home=indexed(0), service_factor=1.1, shifts=[shift_document()])
    problem = documents_of(export_of(tiny_request(technicians=[slow]), routes=[]))["problem.json"]
    assert problem["vehicles"][0]["type"] == "1100 permille"
    assert problem["jobs"][1]["service_per_type"] == {"1100 permille": 1980}  # 30 min x 1.1 = 33 min


def test_parts_limit_only_where_no_depot_has_them() -> None:
    technician = technician_document(home=indexed(0), stock={"ont": 3}, shifts=[shift_document(max_visits=5)])
    orders = [order_document(id="o-1", location=indexed(1), parts={"ont": 2}, tools=["splicer"])]
    without = documents_of(export_of(tiny_request(technicians=[technician], orders=orders), routes=[]))["problem.json"]
    assert (without["jobs"][0]["delivery"], without["vehicles"][0]["capacity"]) == ([2], [3])
    assert without["vehicles"][0]["max_tasks"] == 5
    assert without["jobs"][0]["skills"] != without["vehicles"][0]["skills"] == []
    depots = [{"id": "p-1", "location": indexed(2)}]
    request = tiny_request(technicians=[technician], orders=orders, depots=depots)
    with_depot = documents_of(export_of(request, routes=[]))["problem.json"]
    assert "delivery" not in with_depot["jobs"][0]
    assert with_depot["jobs"][0]["skills"] == []


def test_what_is_lost_is_counted() -> None:
    assert routing_problem(tiny()).losses == ("2 orders are due at some time: lateness is allowed and has no price",)


def test_a_plan_without_routes_is_all_unassigned() -> None:
    documents = documents_of(tiny(routes=[]))
    assert documents["solution.json"]["summary"]["unassigned"] == 2
    assert documents["plan.json"]["vehicles"] == documents["problem.json"]["vehicles"]


def run_vroom(document: dict[str, Any], folder: Path, *options: str) -> dict[str, Any]:
    """Return what the real VROOM answers."""
    pytest.importorskip("vroom", reason="the package pyvroom is not installed")
    write_text(folder / "in.json", json.dumps(document))
    command = [
        sys.executable,
        "-c",
        "import vroom; vroom.main()",
        "-i",
        "in.json",
        "-o",
        "out.json",
        "-t",
        "1",
        "-x",
        "0",
    ]
    subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True)
    answer: dict[str, Any] = json.loads((folder / "out.json").read_text())
    assert answer["code"] == 0, answer
    return answer


def moments_of(solution: dict[str, Any]) -> dict[tuple[int, str, int | None], tuple[int, ...]]:
    """Return arrival, waiting, service and travel so far of every step."""
    return {
        (route["vehicle"], step["type"], step.get("id")): tuple(
            step[name] for name in ("arrival", "waiting_time", "service", "duration")
        )
        for route in solution["routes"]
        for step in route["steps"]
    }


def at_our_times(documents: dict[str, Any]) -> dict[str, Any]:
    """Return the plan with the start of every visit prescribed: VROOM by itself waits elsewhere where it may."""
    start_of = {
        step["id"]: step["arrival"] + step["waiting_time"]
        for route in documents["solution.json"]["routes"]
        for step in route["steps"]
        if step["type"] == "job"
    }
    plan: dict[str, Any] = documents["plan.json"]
    for vehicle in plan["vehicles"]:
        for step in vehicle.get("steps", []):
            if step["type"] == "job":
                step["service_at"] = start_of[step["id"]]
    return plan


def agrees_with_vroom(exported: ExportedPlan, folder: Path) -> None:
    """Let VROOM time the plan and compare every step and the sums."""
    documents = documents_of(exported)
    ours, theirs = documents["solution.json"], run_vroom(at_our_times(documents), folder, "-c")
    assert theirs["summary"]["violations"] == []
    assert [step["violations"] for route in theirs["routes"] for step in route["steps"] if step["violations"]] == []
    assert moments_of(theirs) == moments_of(ours)
    summary = theirs["summary"]
    assert {name: summary[name] for name in ours["summary"]} == ours["summary"]


def test_vroom_times_the_tiny_plan_as_we_do(tmp_path: Path) -> None:
    agrees_with_vroom(tiny(), tmp_path)


@pytest.mark.slow
def test_vroom_sees_what_is_wrong_with_a_plan(tmp_path: Path) -> None:
    """Both visits in the wrong order: o-1, whose window closes at 10:00, would start after o-2 and its travel."""
    first, pause, second = tiny_stops()
    documents = documents_of(tiny(routes=[tiny_route(second, pause, first)]))
    answer = run_vroom(documents["plan.json"], tmp_path, "-c")
    causes = {one["cause"] for route in answer["routes"] for step in route["steps"] for one in step["violations"]}
    assert causes & {"delay", "lead_time"}


@pytest.mark.slow
@pytest.mark.parametrize("load", [0.4, 1.2])
def test_vroom_times_a_villages_plan_as_we_do(load: float, tmp_path: Path) -> None:
    agrees_with_vroom(village(load=load), tmp_path)


@pytest.mark.slow
def test_vroom_times_a_plan_with_parts_but_no_depots_as_we_do(tmp_path: Path) -> None:
    agrees_with_vroom(planned(village().request.model_copy(update={"depots": ()})), tmp_path)


@pytest.mark.slow
def test_vroom_solves_the_problem(tmp_path: Path) -> None:
    answer = run_vroom(documents_of(tiny())["problem.json"], tmp_path)
    assert answer["summary"]["unassigned"] == 0
    assert answer["summary"]["cost"] <= 1800


def test_an_order_without_windows_may_start_until_the_horizon_ends() -> None:
    orders = [order_document(id="o-1", location=indexed(1))]
    job = documents_of(export_of(tiny_request(orders=orders), routes=[]))["problem.json"]["jobs"][0]
    start, end = job["time_windows"][0]
    assert (start, end) == (NINE - 13 * 3600, NINE + (2 * 24 + 15) * 3600)  # from now to the horizon's end
