"""The pragmatic JSON format of reinterpretcat/vrp: problem, travel matrices and solution, to be read or checked there.

The format is that of version 1.25 (docs/src/concepts/pragmatic), without what 1.22 refuses; objectives, which the two
write differently, are left to the tool: value of the jobs done, jobs left out, tours, cost. Moments are UTC.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

from dispatch.domain.request import Break, Window
from dispatch.domain.values import in_utc
from dispatch.exports.exported_plan import ExportedPlan
from dispatch.exports.journey import Journey, TakenBreak, journeys_of
from dispatch.exports.json_layout import json_text
from dispatch.exports.pragmatic_solution import MAX_PARTS, solution_document
from dispatch.exports.routing_problem import NO_WAY, RoutingProblem, Task, Vehicle
from dispatch.policy.settings import PriceSettings

Document = dict[str, Any]


def pragmatic_files(exported: ExportedPlan, problem: RoutingProblem) -> dict[str, str]:
    """Return the documents by file name: problem.json, solution.json, matrix-PROFILE.json in the order of profiles."""
    journeys = journeys_of(problem)
    prices = exported.policy.prices
    files = {
        "problem.json": json_text(_problem(problem, journeys, prices), depth=4),
        "solution.json": json_text(solution_document(exported, problem, journeys), depth=5),
    }
    for profile in problem.travel_s:
        files[f"matrix-{profile}.json"] = json_text(_matrix(problem, profile), depth=1)
    return files


def pragmatic_losses(problem: RoutingProblem) -> tuple[str, ...]:
    """Return one line for each thing that this format cannot tell, with how often it occurs."""
    vehicles = problem.vehicles
    pairs = [pair for vehicle in vehicles for pair in pairwise(vehicle.breaks)]
    counted = (
        (
            sum(vehicle.technician.service_permille != 1000 for vehicle in vehicles),
            "shifts have a service factor: a visit takes as long as for the technician of the plan, whoever goes",
        ),
        (
            sum(vehicle.end_node is None for vehicle in vehicles),
            "shifts end at their last stop: how long they last is limited, not when they end",
        ),
        (
            sum(bool(vehicle.breaks) for vehicle in vehicles),
            "shifts have breaks: the tool departs at their start, and breaks may interrupt visits",
        ),
        (
            sum(first.latest >= second.earliest for first, second in pairs),
            "breaks may begin before the one before has ended: the tool refuses the problem (E1303)",
        ),
        (max(0, len(problem.part_names) - MAX_PARTS), f"kinds of parts are not limited: {MAX_PARTS} can be told"),
    )
    return tuple(f"{number} {text}" for number, text in counted if number)


def _problem(problem: RoutingProblem, journeys: dict[int, Journey], prices: PriceSettings) -> Document:
    halt_of_task = {halt.task: halt for journey in journeys.values() for halt in journey.halts}
    jobs = []
    for number, task in enumerate(problem.tasks):
        duration_s, windows = task.duration_s, task.windows
        if number in halt_of_task:
            halt = halt_of_task[number]
            duration_s = (halt.end - halt.start) // timedelta(seconds=1)
            # A window that opens during the visit would be taken for the one in which it starts.
            windows = tuple(window for window in windows if not halt.start < window.start <= halt.end)
        jobs.append(_job(task, duration_s, windows, problem))
    return {
        "plan": {"jobs": jobs},
        "fleet": {
            "vehicles": [
                _vehicle(vehicle, journeys.get(number), prices) for number, vehicle in enumerate(problem.vehicles)
            ],
            "profiles": [{"name": profile} for profile in problem.travel_s],
        },
    }


def _job(task: Task, duration_s: int, windows: tuple[Window, ...], problem: RoutingProblem) -> Document:
    place: Document = {"location": {"index": task.node}, "duration": duration_s}
    if windows:
        place["times"] = [[in_utc(window.start), in_utc(window.end)] for window in windows]
    job: Document = {"id": task.name, "value": max(1, task.price)}
    if problem.part_names:
        job["deliveries"] = [{"places": [place], "demand": list(task.parts[:MAX_PARTS])}]
    else:
        job["services"] = [{"places": [place]}]
    if task.tags:
        job["skills"] = {"allOf": sorted(task.tags)}
    return job


def _vehicle(vehicle: Vehicle, journey: Journey | None, prices: PriceSettings) -> Document:
    time_price = prices.travel + prices.work_time
    shift: Document = {"start": {"earliest": in_utc(vehicle.start), "location": {"index": vehicle.start_node}}}
    limits: Document = {}
    if vehicle.end_node is not None:
        shift["end"] = {"latest": in_utc(vehicle.latest_end), "location": {"index": vehicle.end_node}}
    else:
        limits["maxDuration"] = (vehicle.latest_end - vehicle.start) // timedelta(seconds=1)
    if vehicle.breaks:
        shift["start"]["latest"] = shift["start"]["earliest"]  # 1.22 refuses other shifts with a break (E1307)
        taken_of_number = {taken.number: taken for taken in journey.breaks} if journey else {}
        shift["breaks"] = [
            _break(pause, taken_of_number.get(number), journey) for number, pause in enumerate(vehicle.breaks)
        ]
    if vehicle.max_tasks is not None:
        limits["tourSize"] = vehicle.max_tasks + len(vehicle.breaks)
    return {
        "typeId": vehicle.name,
        "vehicleIds": [vehicle.name],
        "profile": {"matrix": vehicle.technician.profile},
        "costs": {
            "fixed": prices.shift_used,
            "time": time_price or (0 if prices.distance else 1),  # one of the two must have a price (E1306)
            "distance": prices.distance,
        },
        "shifts": [shift],
        "capacity": list(vehicle.parts[:MAX_PARTS]) or [0],
        **({"skills": sorted(vehicle.tags)} if vehicle.tags else {}),
        **({"limits": limits} if limits else {}),
    }


def _break(pause: Break, taken: TakenBreak | None, journey: Journey | None) -> Document:
    """Return a break by the first and last moment of its start.

    The tool's checker wants a break in tours that last beyond its latest end, and none in others; the model also in
    those that end a little earlier. For such a tour the window of start is cut to what the plan does.
    """
    latest = pause.latest - pause.duration
    if taken is not None and journey is not None and journey.halts[-1].end <= pause.latest:
        latest = taken.start
    return {
        "time": {"earliest": in_utc(pause.earliest), "latest": in_utc(latest)},
        "duration": pause.duration // timedelta(seconds=1),
    }


def _matrix(problem: RoutingProblem, profile: str) -> Document:
    travel_s, distance_m = problem.travel_s[profile].ravel(), problem.distance_m[profile].ravel()
    matrix = {"profile": profile, "travelTimes": travel_s.tolist(), "distances": distance_m.tolist()}
    is_no_way = travel_s >= NO_WAY
    if is_no_way.any():
        matrix["errorCodes"] = is_no_way.astype(int).tolist()
    return matrix
