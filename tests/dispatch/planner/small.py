"""Small requests whose times are checked by hand: every way takes ten minutes (600 s, 6,000 m), Tuesday in UTC."""

from __future__ import annotations

import json
from typing import Any

from dispatch.domain.files import parse_request, request_digest
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy

PLACES = 8
"""Places 0 to 7; technicians live at 0, order k stands at place k, the depot at 7."""
FOLLOW_UP_PRICE = 900


def at(clock: str, day: int = 10) -> str:
    """Return a moment of March 2026; the plan is made on the 9th at 20:00 for the 10th to the 12th."""
    return f"2026-03-{day:02}T{clock}:00Z"


def order(number: int, **changes: Any) -> dict[str, Any]:
    """Return a repair of half an hour at place `number`, accepted on the 9th at noon: due on the 10th at noon."""
    return {
        "id": f"o-{number}",
        "kind": "repair",
        "community": "c-1",
        "location": {"index": number},
        "accepted_at": at("12:00", day=9),
        "duration": "PT30M",
        **changes,
    }


def shift(**changes: Any) -> dict[str, Any]:
    return {"id": "day", "start": at("08:00"), "end": at("17:00"), **changes}


def technician(name: str = "ann", **changes: Any) -> dict[str, Any]:
    return {"id": name, "profile": "car", "home": {"index": 0}, "shifts": [shift()], **changes}


def request(*orders: dict[str, Any], **changes: Any) -> Request:
    """Return a checked request; one technician, no depot, one standard community."""
    seconds = [[0 if i == j else 600 for j in range(PLACES)] for i in range(PLACES)]
    metres = [[10 * value for value in row] for row in seconds]
    document = {
        "now": at("20:00", day=9),
        "horizon": {"start": at("00:00"), "end": at("00:00", day=13)},
        "time_zone": "UTC",
        "travel": {"provider": "matrix", "profiles": {"car": {"durations_s": seconds, "distances_m": metres}}},
        "communities": [{"id": "c-1", "location": {"index": 1}, "territory": "north"}],
        "technicians": [technician()],
        "orders": list(orders),
        **changes,
    }
    return parse_request(json.dumps(document))


def depot() -> dict[str, Any]:
    return {"id": "store", "location": {"index": 7}}


def visit(number: int, start: str, end: str, **changes: Any) -> dict[str, Any]:
    """Return a visit of a plan in force, locked to technician and time unless changed."""
    return {
        "kind": "visit",
        "order": f"o-{number}",
        "arrival": at(start),
        "start": at(start),
        "end": at(end),
        "travel_s": 600,
        "distance_m": 6000,
        "lock": "technician_and_time",
        **changes,
    }


def plan_in_force(*visits: dict[str, Any], technician: str = "ann") -> dict[str, Any]:
    """Return a plan with one route on ann's shift `day`."""
    stops = [
        {"kind": "start", "departure": at("08:00")},
        *visits,
        {"kind": "end", "arrival": at("17:00"), "travel_s": 600, "distance_m": 6000},
    ]
    run = {"seed": 1, "iterations": 0, "stopped_by": "limit", "version": "0", "runtime_s": 0.0}
    return {
        "request_digest": "sha256:0",
        "cost": {"total": 0, "terms": {}},
        "routes": [{"technician": technician, "shift": "day", "stops": stops}],
        "run": run,
    }


def planned(
    wanted: Request, *, iterations: int = 200, seed: int = 1, threads: int = 1, best_plan: Plan | None = None
) -> Plan:
    """Return the checked plan of a request."""
    options = PlanOptions(limit_s=None, iterations=iterations, seed=seed, threads=threads)
    return make_plan(wanted, policy=load_policy(), options=options, clock=lambda: 0.0, best_plan=best_plan)


def starts(plan: Plan) -> dict[str, str]:
    """Return the local time at which each visit starts."""
    return {visit.order: f"{visit.start:%H:%M}" for route in plan.routes for visit in route.visits}


def digest(wanted: Request) -> str:
    return request_digest(wanted)
