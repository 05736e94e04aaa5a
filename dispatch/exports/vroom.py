"""VROOM's JSON format: a problem to solve, the same with the plan's routes to check (`vroom -c`), and the solution.

The format is that of VROOM 1.15 (docs/API.md of VROOM-Project/vroom). Moments are seconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from dispatch.exports.exported_plan import ExportedPlan
from dispatch.exports.journey import Journey, journeys_of
from dispatch.exports.json_layout import json_text
from dispatch.exports.routing_problem import RoutingProblem, Task, Vehicle
from dispatch.policy.settings import PriceSettings

HIGHEST_PRIORITY: Final = 100
_HOUR_S: Final = 3_600
_KILOMETRE_M: Final = 1_000

Document = dict[str, Any]


def vroom_files(exported: ExportedPlan, problem: RoutingProblem) -> dict[str, str]:
    """Return VROOM's documents by file name: problem.json, plan.json (with the plan's steps), solution.json."""
    journeys = journeys_of(problem)
    prices = exported.policy.prices
    plain = _problem(problem, prices)
    stepped = {**plain, "vehicles": [_with_steps(one, journeys.get(k)) for k, one in enumerate(plain["vehicles"])]}
    return {
        "problem.json": json_text(plain, depth=4),
        "plan.json": json_text(stepped, depth=4),
        "solution.json": json_text(_solution(problem, journeys, prices), depth=4),
    }


def vroom_losses(problem: RoutingProblem) -> tuple[str, ...]:
    """Return one line for each thing that this format cannot tell, with how often it occurs."""
    shifts = sum(bool(vehicle.breaks) for vehicle in problem.vehicles)
    return (f"{shifts} shifts have breaks: VROOM takes every one, however short the route",) if shifts else ()


def _problem(problem: RoutingProblem, prices: PriceSettings) -> Document:
    asked = sorted({tag for task in problem.tasks for tag in task.tags})
    number_of_tag = {tag: number for number, tag in enumerate(asked, 1)}
    highest_price = max((task.price for task in problem.tasks), default=0)
    factors = sorted({vehicle.technician.service_permille for vehicle in problem.vehicles})
    return {
        "jobs": [
            _job(number, task, problem, number_of_tag, highest_price=highest_price, factors=factors)
            for number, task in enumerate(problem.tasks)
        ],
        "vehicles": [
            _vehicle(number, vehicle, problem, number_of_tag, prices) for number, vehicle in enumerate(problem.vehicles)
        ],
        "matrices": {
            profile: {"durations": travel_s.tolist(), "distances": problem.distance_m[profile].tolist()}
            for profile, travel_s in problem.travel_s.items()
        },
    }


def _job(
    number: int,
    task: Task,
    problem: RoutingProblem,
    number_of_tag: dict[str, int],
    *,
    highest_price: int,
    factors: list[int],
) -> Document:
    job: Document = {
        "id": number + 1,
        "description": task.name,
        **_place(task.node, problem, "location"),
        "service": task.duration_s,
        "service_per_type": {_type(factor): -(-task.duration_s * factor // 1000) for factor in factors},
        "priority": _priority(task, highest_price),
        "skills": sorted(number_of_tag[tag] for tag in task.tags),
    }
    if task.windows:
        job["time_windows"] = [[_second(window.start), _second(window.end)] for window in task.windows]
    if problem.part_names:
        job["delivery"] = list(task.parts)
    return job


def _vehicle(
    number: int, vehicle: Vehicle, problem: RoutingProblem, number_of_tag: dict[str, int], prices: PriceSettings
) -> Document:
    document: Document = {
        "id": number + 1,
        "description": vehicle.name,
        "profile": vehicle.technician.profile,
        "type": _type(vehicle.technician.service_permille),
        **_place(vehicle.start_node, problem, "start"),
        **({} if vehicle.end_node is None else _place(vehicle.end_node, problem, "end")),
        "time_window": [_second(vehicle.start), _second(vehicle.latest_end)],
        "skills": sorted(number_of_tag[tag] for tag in vehicle.tags),
        "costs": {
            "fixed": prices.shift_used,
            "per_hour": _HOUR_S * (prices.travel + prices.work_time),
            "per_task_hour": _HOUR_S * prices.work_time,
            "per_km": _KILOMETRE_M * prices.distance,
        },
        "breaks": [
            {
                "id": place + 1,
                "time_windows": [[_second(pause.earliest), _second(pause.latest - pause.duration)]],
                "service": pause.duration // timedelta(seconds=1),
            }
            for place, pause in enumerate(vehicle.breaks)
        ],
    }
    if problem.part_names:
        document["capacity"] = list(vehicle.parts)
    if vehicle.max_tasks is not None:
        document["max_tasks"] = vehicle.max_tasks
    return document


def _with_steps(vehicle: Document, journey: Journey | None) -> Document:
    """Return a vehicle with its route prescribed, and with the breaks only that the route takes."""
    if journey is None:
        return vehicle
    steps: list[Document] = [{"type": "start"}]
    for halt in journey.halts:
        steps += [{"type": "break", "id": taken.number + 1} for taken in halt.breaks]
        if halt.task is not None:
            steps.append({"type": "job", "id": halt.task + 1})
    if "end_index" in vehicle:
        steps.append({"type": "end"})
    taken = {taken.number + 1 for taken in journey.breaks}
    return {**vehicle, "breaks": [one for one in vehicle["breaks"] if one["id"] in taken], "steps": steps}


def _solution(problem: RoutingProblem, journeys: dict[int, Journey], prices: PriceSettings) -> Document:
    routes = [_route(number, journey, problem, prices) for number, journey in journeys.items()]
    done = {halt.task for journey in journeys.values() for halt in journey.halts}
    unassigned = [
        {"id": number + 1, "type": "job", "description": task.name, **_place(task.node, problem, "location")}
        for number, task in enumerate(problem.tasks)
        if number not in done
    ]
    summed = ("cost", "setup", "service", "duration", "waiting_time", "priority", "distance")
    totals: Document = {name: sum(route[name] for route in routes) for name in summed}
    if problem.part_names:
        totals["delivery"] = totals["amount"] = [
            sum(column) for column in zip(*(route["delivery"] for route in routes), strict=True)
        ]
    summary = {**totals, "routes": len(routes), "unassigned": len(unassigned), "violations": []}
    return {"code": 0, "summary": summary, "unassigned": unassigned, "routes": routes}


def _route(number: int, journey: Journey, problem: RoutingProblem, prices: PriceSettings) -> Document:
    vehicle = problem.vehicles[number]
    tasks = [problem.tasks[halt.task] for halt in journey.halts if halt.task is not None]
    highest_price = max((task.price for task in problem.tasks), default=0)
    delivery = [sum(task.parts[k] for task in tasks) for k in range(len(problem.part_names))]
    cost = (
        prices.shift_used
        + (prices.travel + prices.work_time) * journey.travel_s
        + prices.work_time * journey.service_s
        + prices.distance * journey.distance_m
    )
    route: Document = {
        "vehicle": number + 1,
        "description": vehicle.name,
        "cost": cost,
        "setup": 0,
        "service": journey.service_s + journey.break_s,
        "duration": journey.travel_s,
        "waiting_time": journey.waiting_s,
        "priority": sum(_priority(task, highest_price) for task in tasks),
        "distance": journey.distance_m,
        "violations": [],
        "steps": list(_steps(vehicle, journey, problem, delivery)),
    }
    if problem.part_names:
        route["delivery"] = delivery
    return route


def _steps(vehicle: Vehicle, journey: Journey, problem: RoutingProblem, load: list[int]) -> Iterator[Document]:
    """Return VROOM's steps: a break on the way is reached after so much of the travel as lies before it."""
    travelled_s = distance_m = 0
    loaded = {"load": load} if load else {}
    place = _place(vehicle.start_node, problem, "location")
    yield _step("start", place, (journey.departure,) * 3, 0, **loaded, distance=0)
    for halt in journey.halts:
        moment, remaining_s = halt.left, halt.travel_s
        for taken in halt.breaks:
            moved_s = min(remaining_s, _second(taken.start) - _second(moment))
            arrival = moment + timedelta(seconds=moved_s)
            travelled_s, remaining_s = travelled_s + moved_s, remaining_s - moved_s
            about = {"id": taken.number + 1, **loaded}
            yield _step("break", {}, (arrival, taken.start, taken.end), travelled_s, **about)
            moment = taken.end
        arrival = moment + timedelta(seconds=remaining_s)
        travelled_s, distance_m = travelled_s + remaining_s, distance_m + halt.distance_m
        if halt.task is not None:
            task = problem.tasks[halt.task]
            load = [held - used for held, used in zip(load, task.parts, strict=True)]
            loaded = {"load": load} if load else {}
            about = {"id": halt.task + 1, "description": task.name, "distance": distance_m, **loaded}
            place = _place(task.node, problem, "location")
            yield _step("job", place, (arrival, halt.start, halt.end), travelled_s, **about)
        else:
            place = place if halt.node is None else _place(halt.node, problem, "location")
            yield _step("end", place, (arrival,) * 3, travelled_s, **loaded, distance=distance_m)


def _step(
    kind: str, place: Document, moments: tuple[datetime, datetime, datetime], travelled_s: int, **about: object
) -> Document:
    """Return a step; `moments` are its arrival and the start and end of what is done there."""
    arrival, start, end = map(_second, moments)
    return {
        "type": kind,
        **place,
        **about,
        "arrival": arrival,
        "waiting_time": start - arrival,
        "setup": 0,
        "service": end - start,
        "duration": travelled_s,
        "violations": [],
    }


def _place(node: int, problem: RoutingProblem, name: str) -> Document:
    """Return a place as VROOM names it: `location_index`, `start_index` ..., and coordinates where they are known."""
    point = problem.points[node]
    index = {f"{name}_index": node}
    return index if point is None else {name: [point.lon, point.lat], **index}


def _priority(task: Task, highest_price: int) -> int:
    """Return VROOM's priority of a task, 0 to 100: the price of leaving it undone, rounded up."""
    return -(-HIGHEST_PRIORITY * task.price // highest_price) if highest_price else 0


def _type(service_permille: int) -> str:
    return f"{service_permille} permille"


def _second(moment: datetime) -> int:
    return int(moment.timestamp())
