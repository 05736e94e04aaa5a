"""Small valid documents to change: Monday 2026-03-09, in Shanghai, planned at 20:00 for the three days after."""

from __future__ import annotations

import copy
import json
from typing import Any

from dispatch.domain.files import parse_request
from dispatch.domain.request import Request
from dispatch.errors import BadInputError, Problem

HOME = {"lat": 34.25, "lon": 117.20}
PLACE = {"lat": 34.26, "lon": 117.18}


def at(day: int, clock: str) -> str:
    """Return a moment of March 2026 in Shanghai."""
    return f"2026-03-{day:02}T{clock}:00+08:00"


def order_document(**changes: Any) -> dict[str, Any]:
    order = {"id": "o-1", "kind": "install", "community": "c-1", "accepted_at": at(9, "09:00"), "duration": "PT75M"}
    return {**order, **changes}


def shift_document(**changes: Any) -> dict[str, Any]:
    return {"id": "d1", "start": at(10, "08:00"), "end": at(10, "18:00"), **changes}


def technician_document(**changes: Any) -> dict[str, Any]:
    return {"id": "t-1", "home": HOME, "shifts": [shift_document()], **changes}


def community_document(**changes: Any) -> dict[str, Any]:
    return {"id": "c-1", "location": PLACE, **changes}


def request_document(**changes: Any) -> dict[str, Any]:
    document = {
        "format": "field-dispatch/request/1",
        "now": at(9, "20:00"),
        "horizon": {"start": at(10, "00:00"), "end": at(13, "00:00")},
        "time_zone": "Asia/Shanghai",
        "depots": [{"id": "p-1", "location": PLACE}],
        "communities": [community_document()],
        "technicians": [technician_document()],
        "orders": [order_document()],
    }
    return copy.deepcopy({**document, **changes})


def visit_document(**changes: Any) -> dict[str, Any]:
    visit = {
        "kind": "visit",
        "order": "o-1",
        "arrival": at(10, "09:00"),
        "start": at(10, "09:00"),
        "end": at(10, "10:15"),
        "travel_s": 600,
        "distance_m": 3000,
    }
    return {**visit, **changes}


def plan_document(*stops: dict[str, Any], **changes: Any) -> dict[str, Any]:
    start = {"kind": "start", "departure": at(10, "08:50")}
    end = {"kind": "end", "arrival": at(10, "10:25"), "travel_s": 600, "distance_m": 3000}
    run = {"seed": 1, "iterations": 0, "stopped_by": "limit", "version": "0.1.0", "runtime_s": 1.0}
    return {
        "format": "field-dispatch/plan/1",
        "request_digest": "sha256:00",
        "cost": {"total": 1200, "terms": {"travel": 1200}},
        "routes": [{"technician": "t-1", "shift": "d1", "stops": [start, *stops, end]}],
        "run": run,
        **changes,
    }


def request_with(**changes: Any) -> Request:
    """Return a checked request."""
    return parse_request(json.dumps(request_document(**changes)))


def request_of(*orders: dict[str, Any], **changes: Any) -> Request:
    """Return a checked request with these orders."""
    return request_with(orders=list(orders), **changes)


def problems_with(document: object) -> tuple[Problem, ...]:
    """Return why a document is refused; () = it is accepted."""
    try:
        parse_request(document if isinstance(document, str) else json.dumps(document))
    except BadInputError as error:
        return error.problems
    return ()
