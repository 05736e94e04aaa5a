"""A plan as a solution in the pragmatic format: tours with stops, activities and statistics, and what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from dispatch.domain.plan import ReasonCode
from dispatch.domain.values import in_utc
from dispatch.exports.exported_plan import ExportedPlan
from dispatch.exports.journey import Halt, Journey, TakenBreak
from dispatch.exports.routing_problem import RoutingProblem, Vehicle
from dispatch.policy.settings import PriceSettings

Document = dict[str, Any]

MAX_PARTS: Final = 8
"""Dimensions of load that the tool can hold; further parts are not told."""
CODE_OF_REASON: Final[dict[ReasonCode, str]] = {
    "skill": "SKILL_CONSTRAINT",
    "territory": "SKILL_CONSTRAINT",
    "excluded": "SKILL_CONSTRAINT",
    "window": "TIME_WINDOW_CONSTRAINT",
    "shift": "TIME_WINDOW_CONSTRAINT",
    "reach": "TIME_WINDOW_CONSTRAINT",
    "horizon": "TIME_WINDOW_CONSTRAINT",
    "stock": "CAPACITY_CONSTRAINT",
    "locked": "LOCKING_CONSTRAINT",
}
NO_CODE: Final = "NO_REASON_FOUND"
"""For reasons that the format does not know: `capacity`, `hold`, `deferred`. The description tells them."""


def solution_document(exported: ExportedPlan, problem: RoutingProblem, journeys: dict[int, Journey]) -> Document:
    """Return the plan as a solution; `journeys` by position of the vehicle."""
    prices = exported.policy.prices
    tours = [_tour(problem.vehicles[number], journey, problem, prices) for number, journey in journeys.items()]
    violations = [
        # The format's page says vehicleId and shiftIndex; the tool reads and writes these.
        {"type": "break", "vehicle_id": problem.vehicles[number].name, "shift_index": 0}
        for number, journey in journeys.items()
        for _ in range(_missing_breaks(problem.vehicles[number], journey))
    ]
    done = {halt.task for journey in journeys.values() for halt in journey.halts}
    entry_of_order = {entry.order: entry for entry in exported.plan.unassigned}
    unassigned = []
    for number, task in enumerate(problem.tasks):
        if number not in done:
            entry = entry_of_order.get(task.name)
            reasons = [
                {"code": CODE_OF_REASON.get(reason.code, NO_CODE), "description": f"{reason.code}: {reason.detail}"}
                for reason in (entry.reasons if entry else ())
            ]
            unassigned.append({"jobId": task.name, "reasons": reasons or [{"code": NO_CODE, "description": "unknown"}]})
    return {
        "statistic": _sum([tour["statistic"] for tour in tours]),
        "tours": tours,
        **({"unassigned": unassigned} if unassigned else {}),
        **({"violations": violations} if violations else {}),
    }


def _tour(vehicle: Vehicle, journey: Journey, problem: RoutingProblem, prices: PriceSettings) -> Document:
    time_price = prices.travel + prices.work_time or (0 if prices.distance else 1)
    return {
        "vehicleId": vehicle.name,
        "typeId": vehicle.name,
        "shiftIndex": 0,
        "stops": list(_stops(vehicle, journey, problem)),
        "statistic": {
            "cost": prices.shift_used + time_price * journey.duration_s + prices.distance * journey.distance_m,
            "distance": journey.distance_m,
            "duration": journey.duration_s,
            "times": {
                "driving": journey.travel_s,
                "serving": journey.service_s,
                "waiting": journey.waiting_s,
                "break": journey.break_s,
                "commuting": 0,
                "parking": 0,
            },
        },
    }


def _stops(vehicle: Vehicle, journey: Journey, problem: RoutingProblem) -> Iterator[Document]:
    tasks = [problem.tasks[halt.task] for halt in journey.halts if halt.task is not None]
    load = [sum(task.parts[k] for task in tasks) for k in range(len(vehicle.parts))][:MAX_PARTS]
    distance_m = 0
    departure = journey.departure
    activity: Document = {"jobId": "departure", "type": "departure"}
    yield _stop(vehicle.start_node, (departure, departure), load, [activity], distance_m)
    for halt in journey.halts:
        on_the_way = [taken for taken in halt.breaks if _interrupts(taken, halt)]
        before_work = [taken for taken in halt.breaks if not _interrupts(taken, halt)]
        arrival = halt.left + sum((taken.end - taken.start for taken in on_the_way), start=timedelta(0))
        if on_the_way:
            # The checker counts a break on the way as taken where the way begins; its own time says when it is.
            yield {
                "time": {"arrival": in_utc(halt.left), "departure": in_utc(arrival)},
                "load": load or [0],
                "activities": [_break(taken) for taken in on_the_way],
            }
        if halt.node is None:
            continue
        arrival += halt.travel
        distance_m += halt.distance_m
        if halt.task is None:
            activity = {"jobId": "arrival", "type": "arrival"}
        else:
            task = problem.tasks[halt.task]
            load = [held - used for held, used in zip(load, task.parts, strict=False)]
            activity = {"jobId": task.name, "type": "delivery" if problem.part_names else "service"}
            activity["time"] = {"start": in_utc(halt.start), "end": in_utc(halt.end)}
        activities = [*map(_break, before_work), activity]
        yield _stop(halt.node, (arrival, halt.end), load, activities, distance_m)


def _interrupts(taken: TakenBreak, halt: Halt) -> bool:
    """Tell whether a break begins before the vehicle would be there."""
    earlier = sum((one.end - one.start for one in halt.breaks if one.start < taken.start), start=timedelta(0))
    return taken.start < halt.left + earlier + halt.travel or taken.start == halt.left + earlier


def _stop(
    node: int, stay: tuple[datetime, datetime], load: list[int], activities: list[Document], distance_m: int
) -> Document:
    return {
        "location": {"index": node},
        "time": {"arrival": in_utc(stay[0]), "departure": in_utc(stay[1])},
        "distance": distance_m,
        "load": load or [0],
        "activities": activities,
    }


def _break(taken: TakenBreak) -> Document:
    time = {"start": in_utc(taken.start), "end": in_utc(taken.end)}
    return {"jobId": "break", "type": "break", "time": time}


def _missing_breaks(vehicle: Vehicle, journey: Journey) -> int:
    """Count the breaks that the tool expects in a tour and the plan leaves out.

    The tool expects every break whose window the tour meets and outlasts; the model none that could have been over by
    the departure.
    """
    taken = {one.number for one in journey.breaks}
    end = journey.halts[-1].end
    return sum(
        number not in taken and journey.departure <= pause.latest < end and pause.earliest <= end
        for number, pause in enumerate(vehicle.breaks)
    )


def _sum(statistics: list[Document]) -> Document:
    """Add up statistics of tours, those of times included."""
    names = ("driving", "serving", "waiting", "break", "commuting", "parking")
    return {
        "cost": sum(one["cost"] for one in statistics),
        "distance": sum(one["distance"] for one in statistics),
        "duration": sum(one["duration"] for one in statistics),
        "times": {name: sum(one["times"][name] for one in statistics) for name in names},
    }
