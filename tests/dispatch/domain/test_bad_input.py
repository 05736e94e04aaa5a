"""Every kind of bad request is refused with its path; odd but possible ones are not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispatch.domain.files import parse_request
from dispatch.errors import BadInputError
from tests.dispatch.domain.documents import (
    HOME,
    PLACE,
    at,
    community_document,
    order_document,
    plan_document,
    problems_with,
    request_document,
    shift_document,
    technician_document,
    visit_document,
)

WINDOW = {"start": at(10, "08:30"), "end": at(10, "12:00")}
LUNCH = {"earliest": at(10, "11:00"), "latest": at(10, "14:00"), "duration": "PT1H"}


def with_order(**changes: Any) -> dict[str, Any]:
    return request_document(orders=[order_document(**changes)])


def with_technician(**changes: Any) -> dict[str, Any]:
    return request_document(technicians=[technician_document(**changes)])


def with_shift(**changes: Any) -> dict[str, Any]:
    return with_technician(shifts=[shift_document(**changes)])


def with_plan(*stops: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return request_document(current_plan=plan_document(*stops, **changes))


def with_route(**changes: Any) -> dict[str, Any]:
    plan = plan_document(visit_document())
    return request_document(current_plan={**plan, "routes": [{**plan["routes"][0], **changes}]})


def with_matrix(*tables: Any, index: int = 0) -> dict[str, Any]:
    durations, distances = tables
    place = {"index": 0}
    return request_document(
        travel={"provider": "matrix", "profiles": {"ebike": {"durations_s": durations, "distances_m": distances}}},
        depots=[],
        communities=[community_document(location={"index": index})],
        technicians=[technician_document(home=place)],
    )


SQUARE = [[0, 60], [70, 0]]
DEPOT_STOP = {
    "kind": "depot",
    "depot": "p-9",
    "arrival": at(10, "08:55"),
    "departure": at(10, "08:55"),
    "travel_s": 300,
    "distance_m": 900,
}

REFUSED = {
    "unknown field": (request_document(colour=1), "colour", "unknown field"),
    "unknown field, null": (request_document(colour=None), "colour", "unknown field"),
    "unknown field inside": (with_order(window=[]), "orders[0].window", "unknown field"),
    "missing field": (request_document(now=None), "now", "null is no moment"),
    "repeated order": (request_document(orders=[order_document(), order_document()]), "orders[1].id", "already at"),
    "repeated technician": (
        request_document(technicians=[technician_document(), technician_document()]),
        "technicians[1].id",
        "already at",
    ),
    "repeated community": (
        request_document(communities=[community_document(), community_document()]),
        "communities[1].id",
        "already at",
    ),
    "repeated shift": (
        with_technician(shifts=[shift_document(), shift_document(start=at(11, "08:00"), end=at(11, "18:00"))]),
        "technicians[0].shifts[1].id",
        "already at",
    ),
    "id of two lines": (with_order(id="o\n1"), "orders[0].id", "'o\\n1' holds a line break"),
    "skill that steers the terminal": (
        with_order(skills={"\x1b[31m": 1}),
        r'orders[0].skills["\u001b[31m"]',
        "control character",
    ),
    "empty id": (with_order(id=""), "orders[0].id", "at least 1 character"),
    "unknown community": (with_order(community="c-9"), "orders[0].community", "no community 'c-9'"),
    "unknown required": (with_order(required_technician="t-9"), "orders[0].required_technician", "no technician 't-9'"),
    "unknown preferred": (
        with_order(preferred_technicians=["t-1", "t-9"]),
        "orders[0].preferred_technicians[1]",
        "no technician 't-9'",
    ),
    "unknown excluded": (
        with_order(excluded_technicians=["t-9"]),
        "orders[0].excluded_technicians[0]",
        "no technician 't-9'",
    ),
    "window reversed": (
        with_order(windows=[WINDOW, {"start": at(10, "12:00"), "end": at(10, "08:30")}]),
        "orders[0].windows[1].end",
        "2026-03-10T08:30:00+08:00 lies before start 2026-03-10T12:00:00+08:00",
    ),
    "naive time": (with_order(accepted_at="2026-03-09T09:00:00"), "orders[0].accepted_at", "no offset from UTC"),
    "fraction of a second": (with_order(accepted_at="2026-03-09T09:00:00.5Z"), "orders[0].accepted_at", "fraction"),
    "day that is not": (with_order(accepted_at="2026-02-30T09:00:00Z"), "orders[0].accepted_at", "does not exist"),
    "offset of a day": (
        with_order(accepted_at="2026-03-09T09:00:00+24:00"),
        "orders[0].accepted_at",
        "a day or more off UTC",
    ),
    "day as seconds since 1970": (
        request_document(communities=[community_document(tier_from=1773018000)]),
        "communities[0].tier_from",
        "1773018000 is no day",
    ),
    "day with a time": (
        request_document(communities=[community_document(tier_until="2026-03-10T00:00:00Z")]),
        "communities[0].tier_until",
        "is no day",
    ),
    "day that does not exist": (
        request_document(communities=[community_document(tier_from="2026-02-30")]),
        "communities[0].tier_from",
        "2026-02-30 does not exist",
    ),
    "date only": (with_order(accepted_at="2026-03-09"), "orders[0].accepted_at", "no moment"),
    "seconds since 1970": (with_order(accepted_at=1773018000), "orders[0].accepted_at", "no moment"),
    "year 9999": (with_order(hold_until="9999-12-31T00:00:00Z"), "orders[0].hold_until", "1970 to 2999"),
    "zero duration": (with_order(duration="PT0S"), "orders[0].duration", "not longer than zero"),
    "negative duration": (with_order(duration="-PT5M"), "orders[0].duration", "negative"),
    "duration as number": (with_order(duration=4500), "orders[0].duration", "no duration"),
    "duration in months": (with_order(duration="P1M"), "orders[0].duration", "no duration of whole seconds"),
    "fractional duration": (with_order(duration="PT1.5S"), "orders[0].duration", "no duration of whole seconds"),
    "duration without number": (with_order(duration="PT"), "orders[0].duration", "no duration of whole seconds"),
    "enormous duration": (with_order(duration="PT999999999H"), "orders[0].duration", "longer than 366 days"),
    "latitude out of range": (with_order(location={"lat": 91.0, "lon": 1.0}), "orders[0].location.lat", "less than"),
    "latitude as text": (with_order(location={"lat": "34", "lon": 1.0}), "orders[0].location.lat", "valid number"),
    "0, 0": (with_order(location={"lat": 0, "lon": 0}), "orders[0].location", "Atlantic"),
    "half a place": (with_order(location={"lat": 34.2}), "orders[0].location", "has lat but no lon"),
    "no place": (with_technician(home={}), "technicians[0].home", "names no place"),
    "index without matrix": (with_technician(home={"index": 3}), "technicians[0].home", "has no coordinates"),
    "unknown datum": (with_technician(home={**HOME, "datum": "nad27"}), "technicians[0].home.datum", "'wgs84'"),
    # 34.26 and 34.80 north are 0.54 degrees of 111.2 km apart: 60 km
    "far from its community": (
        with_order(location={"lat": 34.80, "lon": 117.18}),
        "orders[0].location",
        "is 60 km from community c-1",
    ),
    "lat and lon swapped": (with_order(location={"lat": 34.26, "lon": -117.18}), "orders[0].location", "km from"),
    "accepted after now": (with_order(accepted_at=at(9, "20:01")), "orders[0].accepted_at", "lies after now"),
    "priority 4": (with_order(priority=4), "orders[0].priority", "less than or equal to 3"),
    "priority as text": (with_order(priority="1"), "orders[0].priority", "valid integer"),
    "priority as truth": (with_order(priority=True), "orders[0].priority", "valid integer"),
    "enormous number": (with_order(parts={"ont": 10**30}), "orders[0].parts.ont", "less than or equal to 1000000"),
    "negative part": (with_order(parts={"ont": -1}), "orders[0].parts.ont", "greater than or equal to 0"),
    "unknown kind": (with_order(kind="job"), "orders[0].kind", "'install'"),
    "unknown tier": (with_order(tier="gold"), "orders[0].tier", "'standard'"),
    "list for an object": (with_order(location=[34.2, 117.1]), "orders[0].location", "[34.2, 117.1] is no object"),
    "object for a list": (request_document(orders={}), "orders", "{} is no list"),
    "four decimals": (with_technician(service_factor=1.0625), "technicians[0].service_factor", "more than 3 decimals"),
    "no service": (with_technician(service_factor=0), "technicians[0].service_factor", "greater than"),
    "unknown profile": (with_technician(profile="helicopter"), "technicians[0].profile", "'ebike'"),
    "shift reversed": (with_shift(end=at(10, "07:00")), "technicians[0].shifts[0].end", "is not after start"),
    "overtime before the end": (
        with_shift(overtime_until=at(10, "17:00")),
        "technicians[0].shifts[0].overtime_until",
        "lies before end",
    ),
    "route that ends nowhere": (with_shift(end_at="home"), "technicians[0].shifts[0].end_at", "'last_stop'"),
    "overlapping shifts": (
        with_technician(shifts=[shift_document(), shift_document(id="d2", start=at(10, "17:00"), end=at(10, "21:00"))]),
        "technicians[0].shifts[1].start",
        "lies inside technicians[0].shifts[0]",
    ),
    "shift without end": (
        with_shift(end="2999-12-31T00:00:00Z"),
        "technicians[0].shifts[0].end",
        "lies more than 366 days after start",
    ),
    "overtime without end": (
        with_shift(overtime_until="2999-12-31T00:00:00Z"),
        "technicians[0].shifts[0].overtime_until",
        "lies more than 366 days after start",
    ),
    "shift inside overtime": (
        with_technician(
            shifts=[
                shift_document(id="late", start=at(10, "19:00"), end=at(10, "21:00")),
                shift_document(overtime_until=at(10, "20:00")),
            ]
        ),
        "technicians[0].shifts[0].start",
        "lies inside technicians[0].shifts[1]",
    ),
    "break longer than its interval": (
        with_shift(breaks=[{**LUNCH, "latest": at(10, "11:30")}]),
        "technicians[0].shifts[0].breaks[0].duration",
        "PT1H does not fit",
    ),
    "break after the shift": (
        with_shift(breaks=[{**LUNCH, "earliest": at(10, "18:00"), "latest": at(10, "20:00")}]),
        "technicians[0].shifts[0].breaks[0]",
        "lies outside the shift",
    ),
    "break before the shift": (
        with_shift(breaks=[{**LUNCH, "earliest": at(10, "06:00"), "latest": at(10, "08:30")}]),
        "technicians[0].shifts[0].breaks[0]",
        "lies outside the shift",
    ),
    "break of no length": (
        with_shift(breaks=[{**LUNCH, "duration": "PT0S"}]),
        "technicians[0].shifts[0].breaks[0].duration",
        "PT0S is not longer than zero",
    ),
    "breaks out of order": (
        with_shift(breaks=[LUNCH, {**LUNCH, "earliest": at(10, "10:00"), "duration": "PT15M"}]),
        "technicians[0].shifts[0].breaks[1]",
        "may have to come before breaks[0]",
    ),
    "horizon reversed": (
        request_document(horizon={"start": at(13, "00:00"), "end": at(10, "00:00")}),
        "horizon.end",
        "is not after horizon.start",
    ),
    "unknown zone": (request_document(time_zone="Asia/Xuzhou"), "time_zone", "no time zone"),
    "zone that is a folder": (request_document(time_zone="America"), "time_zone", "no time zone"),
    "zone outside its folder": (request_document(time_zone="../etc/passwd"), "time_zone", "no time zone"),
    "unknown provider": (request_document(travel={"provider": "magic"}), "travel.provider", "'straight_line'"),
    "graph without a file": (request_document(travel={"provider": "road_graph"}), "travel.path", "missing"),
    "server without address": (request_document(travel={"provider": "osrm"}), "travel.url", "missing"),
    "digest of another length": (
        request_document(travel={"provider": "osm", "path": "a.osm.pbf", "sha256": "0a1b"}),
        "travel.sha256",
        "'0a1b' is no SHA-256",
    ),
    "matrix without tables": (request_document(travel={"provider": "matrix"}), "travel.profiles", "missing"),
    "matrix row too short": (
        with_matrix([[0, 60], [70]], SQUARE),
        "travel.profiles.ebike.durations_s[1]",
        "has 1 columns, but the table has 2 rows",
    ),
    "tables of two sizes": (with_matrix(SQUARE, [[0]]), "travel.profiles.ebike.distances_m", "has 1 rows"),
    "negative travel": (with_matrix([[0, -60], [70, 0]], SQUARE), "travel.profiles.ebike.durations_s[0][1]", "-60"),
    "fractional travel": (with_matrix([[0, 60.5], [70, 0]], SQUARE), "travel.profiles.ebike.durations_s[0][1]", "60.5"),
    "index outside the matrix": (with_matrix(SQUARE, SQUARE, index=2), "communities[0].location.index", "2 rows"),
    "place without an index": (
        {**with_matrix(SQUARE, SQUARE), "communities": [community_document()]},
        "communities[0].location",
        "has no index",
    ),
    "profile not in the matrix": (
        {**with_matrix(SQUARE, SQUARE), "technicians": [technician_document(home={"index": 0}, profile="car")]},
        "technicians[0].profile",
        "no profile 'car'",
    ),
    "plan names unknown order": (
        with_plan(visit_document(order="o-9")),
        "current_plan.routes[0].stops[1].order",
        "no order 'o-9'",
    ),
    "plan leaves out unknown order": (
        with_plan(unassigned=[{"order": "o-9"}]),
        "current_plan.unassigned[0].order",
        "no order 'o-9'",
    ),
    "plan serves an order twice": (
        with_plan(visit_document(), visit_document()),
        "current_plan.routes[0].stops[2].order",
        "already at",
    ),
    "plan names unknown technician": (with_route(technician="t-9"), "current_plan.routes[0].technician", "'t-9'"),
    "plan names unknown shift": (with_route(shift="d9"), "current_plan.routes[0].shift", "no shift of t-1 'd9'"),
    "plan names unknown depot": (
        with_plan(DEPOT_STOP),
        "current_plan.routes[0].stops[1].depot",
        "no depot 'p-9'",
    ),
    "plan with an unknown stop": (with_plan({"kind": "nap"}), "current_plan.routes[0].stops[1].kind", "'nap'"),
    "plan with an incomplete visit": (with_plan({"kind": "visit"}), "current_plan.routes[0].stops[1].order", "missing"),
}


@pytest.mark.parametrize(("document", "path", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_request_is_refused_with_path_message_and_remedy(document: Any, path: str, message: str) -> None:
    found = {problem.path: problem for problem in problems_with(document)}
    assert path in found
    assert message in found[path].message
    assert found[path].remedy


@pytest.mark.parametrize(("document", "path"), [case[:2] for case in REFUSED.values()], ids=REFUSED.keys())
def test_one_fault_is_told_once(document: Any, path: str) -> None:
    places = [problem.path for problem in problems_with(document) if problem.path == path]
    assert places == [path]


ACCEPTED = {
    "as it is": request_document(),
    "empty lists": request_document(depots=[], communities=[], technicians=[], orders=[]),
    "skill nobody has": with_order(skills={"magic": 3}),
    "windows in the past": with_order(windows=[{"start": at(1, "08:00"), "end": at(1, "12:00")}]),
    "window of a moment": with_order(windows=[{"start": at(10, "08:00"), "end": at(10, "08:00")}]),
    "order longer than any shift": with_order(duration="P2D"),
    "due in the past": with_order(due=at(1, "08:00")),
    "accepted just now": with_order(accepted_at=at(9, "20:00")),
    "shift across midnight": with_shift(start=at(10, "20:00"), end=at(11, "06:00")),
    "shift across now": with_shift(start=at(9, "18:00"), end=at(9, "23:00")),
    "shift outside the horizon": with_shift(start=at(25, "08:00"), end=at(25, "18:00")),
    "shifts that touch": with_technician(
        shifts=[shift_document(), shift_document(id="d2", start=at(10, "18:00"), end=at(10, "21:00"))]
    ),
    "break half inside the shift": with_shift(breaks=[{**LUNCH, "earliest": at(10, "07:30")}]),
    "nulls for defaults": with_order(windows=None, skills=None, priority=None, resource_ready=None, location=None),
    "moment in UTC with zero fraction": with_order(accepted_at="2026-03-09T01:00:00.000Z"),
    "own data": with_order(extra={"anything": [1, None]}),
    "49 km from its community": with_order(location={"lat": 34.70, "lon": 117.18}),
    "three decimals": with_technician(service_factor=1.125),
    "unreachable in the matrix": with_matrix([[0, None], [70, 0]], SQUARE),
    "plan in force": with_plan(visit_document()),
    "Chinese map datum": with_order(location={**PLACE, "datum": "gcj02"}),
}


@pytest.mark.parametrize("document", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_odd_but_possible_request_is_accepted(document: Any) -> None:
    assert problems_with(document) == ()


def test_all_faults_are_told_at_once() -> None:
    orders = [order_document(id=f"o-{number}", community="c-9") for number in range(3)]
    assert [problem.path for problem in problems_with(request_document(orders=orders))] == [
        "orders[0].community",
        "orders[1].community",
        "orders[2].community",
    ]


def test_orders_that_can_be_read_are_checked_beside_those_that_cannot() -> None:
    orders = [
        order_document(id="o-0", duration="PT0S"),
        order_document(id="o-1"),
        order_document(id="o-2", priority=9, window=[]),
        order_document(id="o-3", community="c-9"),
        order_document(id="o-1"),
    ]
    assert [str(problem) for problem in problems_with(request_document(orders=orders))] == [
        'orders[0].duration: PT0S is not longer than zero; give a positive duration, like "PT45M"',
        "orders[2].priority: 9: input should be less than or equal to 3; correct it",
        'orders[2].window: unknown field; did you mean "windows"?',
        "orders[4].id: 'o-1' stands already at orders[1]; give each its own id",
        "orders[3].community: no community 'c-9'; name one of the request's, such as 'c-1'",
    ]


def test_orders_are_not_blamed_for_a_community_that_cannot_be_read() -> None:
    document = request_document(communities=[community_document(tier="gold")])
    assert [problem.path for problem in problems_with(document)] == ["communities[0].tier"]


def test_after_fifty_faults_the_rest_is_counted() -> None:
    orders = [order_document(id=f"o-{number}", community="c-9") for number in range(60)]
    with pytest.raises(BadInputError, match=r"and 10 more$") as caught:
        parse_request(json.dumps(request_document(orders=orders)))
    assert len(caught.value.problems) == 50


def test_unknown_field_is_told_with_the_name_that_was_meant() -> None:
    (problem,) = problems_with(with_order(window=[]))
    assert str(problem) == 'orders[0].window: unknown field; did you mean "windows"?'


@pytest.mark.parametrize("document", [None, [], 3, True])
def test_document_of_another_kind_is_refused_in_the_words_of_json(document: Any) -> None:
    (problem,) = problems_with(document)
    assert str(problem).endswith(' is no object; write an object, like {"name": ...}')
    assert "None" not in problem.message
    assert "True" not in problem.message


def test_error_names_the_file() -> None:
    with pytest.raises(BadInputError, match=r"^night\.json: orders\[0\]\.community: no community 'c-9'; name one of"):
        parse_request(json.dumps(with_order(community="c-9")), "night.json")
