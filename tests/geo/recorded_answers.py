"""What real servers answered, and the calls that they answered; `record_answers.py` writes the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from geo.osrm import OsrmTravel
from geo.point import Point
from geo.server import RoutingServer, ServerOptions
from geo.valhalla import ValhallaTravel

FOLDER: Final = Path(__file__).parent / "recorded"

PLACES: Final = (
    Point(60.17097, 24.94538),
    Point(60.17772, 24.94376),
    Point(60.16714, 24.94456),
    Point(60.17351, 24.94942),
    Point(60.17176, 24.94586),
    Point(60.17855, 24.95239),
)
"""In the centre of Helsinki. By car OSRM finds no way to or from the fifth, and none to the sixth but from itself."""

AT_SEA: Final = Point(60.1, 24.94)
"""Seven kilometres from the nearest road of the map."""

FAR_AWAY: Final = Point(60.9, 24.9)
"""Where the map has nothing."""

Call = Callable[[str, httpx.BaseTransport | None], object]

OSRM_OPTIONS: Final = ("--max-table-size", "5", "--default-radius", "500")
"""Of the server that answered: 25 pairs, 500 m to the nearest road."""

VALHALLA_LIMITS: Final[Mapping[str, Mapping[str, float]]] = {
    "pedestrian": {"max_matrix_location_pairs": 16},
    "bicycle": {"max_matrix_distance": 500},
}
"""Of the server that answered the cases whose names begin with "limited"; it looks for roads within 300 m."""


def options(table_size: int = 100) -> ServerOptions:
    """Return options without pauses, and with one call at a time."""
    return ServerOptions(table_size=table_size, parallel_calls=1, pause_s=0)


def osrm_table(table_size: int, *places: Point) -> Call:
    return lambda url, transport: OsrmTravel(url, options=options(table_size), transport=transport).table(places, "car")


def valhalla_table(profile: str, *places: Point) -> Call:
    return lambda url, transport: ValhallaTravel(url, options=options(), transport=transport).table(places, profile)


def raw(path: str, body: Mapping[str, Any] | None = None) -> Call:
    """Return a call as it stands, which the provider would not make."""

    def call(url: str, transport: httpx.BaseTransport | None) -> object:
        with RoutingServer(url, options=options(), transport=transport).session() as session:
            return session.ask(path, body=body)

    return call


OSRM_CASES: Final[Mapping[str, Call]] = {
    "table": osrm_table(5, *PLACES),
    "too_big": osrm_table(6, *PLACES),
    "no_segment": osrm_table(5, PLACES[0], AT_SEA),
    "invalid_query": raw("/table/v1/car/24.94538,60.17097;24.9"),
    "invalid_url": raw("/below/table/v1/car/24.94538,60.17097"),
}

_PAIR = [{"lat": place.lat, "lon": place.lon} for place in PLACES[:2]]
VALHALLA_CASES: Final[Mapping[str, Call]] = {
    "car": valhalla_table("car", *PLACES),
    "ebike": valhalla_table("ebike", *PLACES),
    "walk": valhalla_table("walk", *PLACES),
    "off_map": valhalla_table("walk", *PLACES[:2], FAR_AWAY),
    "verbose": raw("/sources_to_targets", {"sources": _PAIR, "targets": _PAIR, "costing": "auto", "verbose": True}),
    "no_costing": raw("/sources_to_targets", {"sources": _PAIR, "targets": _PAIR, "costing": "rickshaw"}),
    "wrong_path": raw("/table", {"sources": _PAIR}),
    "limited_pairs": valhalla_table("walk", *PLACES),
    "limited_distance": valhalla_table("ebike", *PLACES),
    "limited_search": valhalla_table("car", PLACES[0], AT_SEA),
}


class Recorder(httpx.BaseTransport):
    """Carries calls to a real server and keeps what was said."""

    def __init__(self) -> None:
        self._network = httpx.HTTPTransport()
        self.exchanges: list[dict[str, Any]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._network.handle_request(request)
        content = response.read()
        self.exchanges.append({**_key(request), "status": response.status_code, "answer": json.loads(content)})
        return httpx.Response(response.status_code, content=content)


def replayed(server: str, case: str) -> httpx.MockTransport:
    """Return a transport that gives the recorded answers, each to its own call only."""
    exchanges = _exchanges(server, case)

    def answer(request: httpx.Request) -> httpx.Response:
        for exchange in exchanges:
            if all(exchange[name] == value for name, value in _key(request).items()):
                return httpx.Response(exchange["status"], json=exchange["answer"])
        raise AssertionError(f"no recorded answer to {_key(request)}")

    return httpx.MockTransport(answer)


def answering(server: str, case: str) -> httpx.MockTransport:
    """Return a transport that gives the first recorded answer of a case to every call."""
    exchange = _exchanges(server, case)[0]
    return httpx.MockTransport(lambda _: httpx.Response(exchange["status"], json=exchange["answer"]))


def calls_of(server: str, case: str) -> int:
    """Return how many calls were recorded."""
    return len(_exchanges(server, case))


def _exchanges(server: str, case: str) -> list[dict[str, Any]]:
    cases: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / f"{server}.json").read_text(encoding="utf-8"))[
        "cases"
    ]
    return cases[case]


def _key(request: httpx.Request) -> dict[str, Any]:
    content = request.content
    return {
        "method": request.method,
        "target": request.url.raw_path.decode("ascii"),
        "body": json.loads(content) if content else None,
    }
