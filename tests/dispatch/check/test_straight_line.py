"""Travel along the straight line, where the checker adds access and short moves itself: everything is at one place."""

import json
from typing import Any

import pytest

from dispatch.domain.files import parse_request, request_digest
from dispatch.domain.plan import COST_TERMS, Plan
from dispatch.domain.request import Request
from tests.dispatch.check.edits import broken

HERE = {"lat": 34.25, "lon": 117.20}


def request() -> Request:
    """Return a request in which all ways are 0 m long: travel is access (180 s) or the short move (240 s) alone."""
    orders = [
        {
            "id": order,
            "kind": "follow_up",
            "community": community,
            "accepted_at": "2026-03-09T12:00:00Z",
            "duration": "PT10M",
        }
        for order, community in (("a", "east"), ("b", "east"), ("c", "west"))
    ]
    shift = {"id": "day", "start": "2026-03-10T08:00:00Z", "end": "2026-03-10T17:00:00Z"}
    document = {
        "now": "2026-03-09T20:00:00Z",
        "horizon": {"start": "2026-03-10T00:00:00Z", "end": "2026-03-11T00:00:00Z"},
        "time_zone": "UTC",
        "policy": {"travel": {"access_s": 180, "same_community_s": 240}},
        "depots": [{"id": "store", "location": HERE}],
        "communities": [{"id": name, "location": HERE} for name in ("east", "west")],
        "technicians": [{"id": "ann", "home": HERE, "shifts": [shift]}],
        "orders": orders,
    }
    return parse_request(json.dumps(document))


def minutes(stop: dict[str, Any], **times: float) -> dict[str, Any]:
    """Return a stop with times in minutes after 08:00."""
    return stop | {
        name: f"2026-03-10T{8 + int(value) // 60:02}:{int(value) % 60:02}:00Z" for name, value in times.items()
    }


def visit(order: str, travel_s: int, arrival: int) -> dict[str, Any]:
    stop = {"kind": "visit", "order": order, "travel_s": travel_s, "distance_m": 0}
    return minutes(stop, arrival=arrival, start=arrival, end=arrival + 10)


def plan(*stops: dict[str, Any], end: int, travel: int) -> Plan:
    last = minutes({"kind": "end", "travel_s": 0, "distance_m": 0}, arrival=end)
    terms = {**dict.fromkeys(COST_TERMS, 0), "travel": travel}
    return Plan.model_validate(
        {
            "request_digest": request_digest(request()),
            "cost": {"total": travel, "terms": terms},
            "routes": [
                {
                    "technician": "ann",
                    "shift": "day",
                    "stops": [minutes({"kind": "start"}, departure=0), *stops, last],
                }
            ],
            "run": {"seed": 1, "iterations": 0, "stopped_by": "iterations", "version": "0", "runtime_s": 0.0},
        }
    )


def test_access_is_added_onto_orders_and_a_short_move_takes_its_time_in_all() -> None:
    # 3 min of access: a 08:03 to 08:13; 4 min inside east: b 08:17 to 08:27; 3 min: c 08:30 to 08:40; home at once.
    stops = visit("a", 180, 3), visit("b", 240, 17), visit("c", 180, 30)

    assert broken(request(), plan(*stops, end=40, travel=600)) == []


@pytest.mark.parametrize("travel_s", [0, 180, 420])
def test_a_short_move_takes_neither_access_nor_anything_on_top(travel_s: int) -> None:
    stops = visit("a", 180, 3), visit("b", travel_s, 17), visit("c", 180, 30)

    assert broken(request(), plan(*stops, end=40, travel=600)) == [("travel_time", "b")]


def test_by_way_of_a_depot_it_is_no_short_move_and_the_depot_has_no_access() -> None:
    # a until 08:13, the store at once, 3 min of access: b 08:16 to 08:26; c 08:29 to 08:39. 3 x 180 = 540.
    depot = {"kind": "depot", "depot": "store", "travel_s": 0, "distance_m": 0}
    stops = visit("a", 180, 3), minutes(depot, arrival=13, departure=13), visit("b", 180, 16), visit("c", 180, 29)

    assert broken(request(), plan(*stops, end=39, travel=540)) == []


def test_access_at_the_end_is_no_travel() -> None:
    stops = visit("a", 180, 3), visit("b", 240, 17), visit("c", 180, 30)
    wrong = plan(*stops, end=40, travel=600).model_dump(mode="json")
    wrong["routes"][0]["stops"][-1]["travel_s"] = 180

    assert broken(request(), Plan.model_validate(wrong)) == [("travel_time", None)]
