"""Plans to export: a tiny one with times checked by hand, and those of a synthetic village."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.files import parse_plan, request_digest
from dispatch.domain.request import Request
from dispatch.exports.exported_plan import ExportedPlan, exported_plan
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import load_policy
from dispatch.travel_sources import TravelSources
from tests.dispatch.domain.documents import (
    at,
    community_document,
    order_document,
    plan_document,
    request_with,
    shift_document,
    technician_document,
    visit_document,
)

TRAVEL_S = [[0, 600, 900], [600, 0, 300], [900, 300, 0]]
DISTANCE_M = [[0, 3000, 4500], [3000, 0, 1500], [4500, 1500, 0]]


def indexed(index: int) -> dict[str, Any]:
    """Return a place of the tiny matrix: 0 home, 1 and 2 customers, with coordinates beside it."""
    return {"index": index, "lat": 34.0 + index / 100, "lon": 117.0 + index / 100}


def tiny_request(**changes: Any) -> Request:
    """Return a request of two orders for one technician, with travel by a given matrix.

    Order o-1 (at 1) starts between 09:00 and 10:00, o-2 (at 2) until 15:00; a break of an hour lies between 12:00 and
    14:00. No access time, no service factor.
    """
    document = {
        "travel": {"provider": "matrix", "profiles": {"ebike": {"durations_s": TRAVEL_S, "distances_m": DISTANCE_M}}},
        "depots": [],
        "communities": [community_document(location=indexed(1), name="桂花园")],
        "technicians": [
            technician_document(
                home=indexed(0),
                shifts=[
                    shift_document(
                        breaks=[{"earliest": at(10, "12:00"), "latest": at(10, "14:00"), "duration": "PT1H"}]
                    )
                ],
            )
        ],
        "orders": [
            order_document(
                id="o-1",
                location=indexed(1),
                windows=[{"start": at(10, "09:00"), "end": at(10, "10:00")}],
                duration="PT179M",
            ),
            order_document(
                id="o-2",
                location=indexed(2),
                windows=[{"start": at(10, "09:00"), "end": at(10, "15:00")}],
                duration="PT30M",
            ),
        ],
    }
    return request_with(**{**document, **changes})


def tiny_stops() -> list[dict[str, Any]]:
    """Return the stops between start and end of the tiny plan.

    Departure 08:50, 600 s of travel, o-1 from 09:00 to 11:59; 300 s of travel, of which 60 s lie before the break of
    12:00 to 13:00 and 240 s after it; o-2 from 13:04 to 13:34; 900 s of travel, end 13:49.
    """
    return [
        visit_document(order="o-1", arrival=at(10, "09:00"), start=at(10, "09:00"), end=at(10, "11:59"), travel_s=600),
        {"kind": "break", "start": at(10, "12:00"), "end": at(10, "13:00")},
        visit_document(
            order="o-2",
            arrival=at(10, "13:04"),
            start=at(10, "13:04"),
            end=at(10, "13:34"),
            travel_s=300,
            distance_m=1500,
        ),
    ]


def tiny_route(*stops: dict[str, Any]) -> dict[str, Any]:
    start = {"kind": "start", "departure": at(10, "08:50")}
    end = {"kind": "end", "arrival": at(10, "13:49"), "travel_s": 900, "distance_m": 4500}
    return {"technician": "t-1", "shift": "d1", "stops": [start, *(stops or tiny_stops()), end]}


def export_of(request: Request, **changes: Any) -> ExportedPlan:
    """Return a plan document of a request, with changes, as what the exports read; default: the tiny route."""
    changes = {"request_digest": request_digest(request), "routes": [tiny_route()], **changes}
    plan = parse_plan(json.dumps(plan_document(**changes)))
    return exported_plan(request, plan, policy=load_policy(), sources=TravelSources())


def tiny(**changes: Any) -> ExportedPlan:
    """Return the tiny plan, with changes of the plan."""
    return export_of(tiny_request(), **changes)


@cache
def village(*, load: float = 1.2, days: int = 1, seed: int = 7) -> ExportedPlan:
    """Return the plan of a synthetic village after a short search."""
    return planned(generate_city(CitySpec(size="village", load=load, days=days, seed=seed)))


def planned(request: Request) -> ExportedPlan:
    """Return a plan of a request after a short search."""
    policy, sources = load_policy(), TravelSources()
    options = PlanOptions(limit_s=None, iterations=300, seed=1, threads=1)
    plan = make_plan(request, policy=policy, options=options, clock=lambda: 0.0, sources=sources)
    return exported_plan(request, plan, policy=policy, sources=sources)
