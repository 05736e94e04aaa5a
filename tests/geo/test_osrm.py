from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from geo.errors import GeoError, PlaceError, ProfileError, ServerError, SettingError
from geo.osrm import OsrmTravel
from geo.point import Point
from geo.provider import UNREACHABLE
from geo.server import ServerOptions
from tests.geo.recorded_answers import AT_SEA, OSRM_CASES, OSRM_OPTIONS, PLACES, answering, calls_of, options, replayed
from tests.geo.routing_servers import MissingServerError, osrm

A, B, C = Point(60.1, 24.1), Point(60.2, 24.2), Point(60.3, 24.3)


class FakeOsrm:
    """Answers with made-up figures: from the k-th to the l-th point ever seen 100 k + l seconds and metres."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.shapes: list[tuple[int, int]] = []
        self._number: dict[str, int] = {}
        self._lock = threading.Lock()

    def travel(self, **settings: float) -> OsrmTravel:
        made = ServerOptions(**{"pause_s": 0, **settings})  # type: ignore[arg-type]
        return OsrmTravel("http://osrm.example/{profile}", options=made, transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.paths.append(request.url.path)
            numbers = [self._number.setdefault(text, len(self._number)) for text in _coordinates(request)]
            sources, destinations = (_indices(request, name) for name in ("sources", "destinations"))
            self.shapes.append((len(sources), len(destinations)))
        cells = [[100.0 * numbers[k] + numbers[m] for m in destinations] for k in sources]
        return httpx.Response(200, json={"code": "Ok", "durations": cells, "distances": cells})


def _coordinates(request: httpx.Request) -> list[str]:
    return request.url.path.rpartition("/")[2].split(";")


def _indices(request: httpx.Request, name: str) -> list[int]:
    return [int(text) for text in request.url.params[name].split(";")]


def test_recorded_answers_are_read_rounded_and_put_together() -> None:
    travel = OsrmTravel("http://osrm.example", options=options(5), transport=replayed("osrm", "table"))
    table = travel.table(PLACES, "car")
    # 36 pairs, 25 allowed in a call: two calls of 3 x 6
    assert calls_of("osrm", "table") == 2
    # 328.8 s, 323.7 s, 194.4 s, rounded up; null, null; 2228.6 m, 1664.5 m, 1185.6 m to the nearest (half to even)
    assert table.duration_s[0].tolist() == [0, 329, 324, 195, UNREACHABLE, UNREACHABLE]
    assert table.distance_m[0].tolist() == [0, 2229, 1664, 1186, UNREACHABLE, UNREACHABLE]
    assert (table.duration_s[4, :4] == UNREACHABLE).all()
    assert ((table.duration_s == UNREACHABLE) == (table.distance_m == UNREACHABLE)).all()


@pytest.mark.parametrize(
    ("case", "error", "match"),
    [
        (
            "too_big",
            SettingError,
            r"of 12 places: Too many table coordinates\nMaybe start it with a larger --max-table-",
        ),
        ("no_segment", PlaceError, r"no road near a place Point\(lat=60\.1, lon=24\.94\): Could not find a matching"),
        ("invalid_url", SettingError, r"HTTP status 400, InvalidUrl: URL string malformed close to position"),
        ("invalid_query", SettingError, r"HTTP status 400, InvalidQuery: Query string malformed close to position"),
    ],
)
def test_recorded_refusals_keep_the_servers_words(case: str, error: type[GeoError], match: str) -> None:
    places = {"too_big": PLACES, "no_segment": (PLACES[0], AT_SEA)}.get(case, PLACES[:2])
    travel = OsrmTravel("http://osrm.example", options=options(6), transport=answering("osrm", case))
    with pytest.raises(error, match=match):
        travel.table(places, "car")


@pytest.mark.parametrize(("profile", "theirs"), [("car", "car"), ("ebike", "bike"), ("walk", "foot")])
def test_a_profile_has_its_name_in_the_address(profile: str, theirs: str) -> None:
    server = FakeOsrm()
    server.travel().table([A, B], profile)
    coordinates = "24.100000,60.100000;24.200000,60.200000"
    # origins, then destinations
    assert server.paths == [f"/{theirs}/table/v1/{theirs}/{coordinates};{coordinates}"]


def test_a_profile_that_is_none_of_osrms_is_refused() -> None:
    with pytest.raises(ProfileError, match="profile is 'boat', known are: car, ebike, walk"):
        FakeOsrm().travel().table([A, B], "boat")


def test_an_index_is_no_place() -> None:
    with pytest.raises(PlaceError, match=r"places\[1\] is the index 7, a routing server needs a coordinate"):
        FakeOsrm().travel().table([A, 7], "car")
    with pytest.raises(PlaceError, match="2 origins but 1 destinations"):
        FakeOsrm().travel().legs([A, B], [A], "car")


def test_legs_of_a_table_asked_before_make_no_call() -> None:
    server = FakeOsrm()
    travel = server.travel()
    table = travel.table([A, B, C], "car")
    legs = travel.legs([A, B, C, A], [B, C, A, A], "car")
    assert len(server.shapes) == 1
    assert legs.duration_s.tolist() == [table.duration_s[0, 1], table.duration_s[1, 2], table.duration_s[2, 0], 0]
    # another profile is another table
    travel.legs([A], [B], "walk")
    assert len(server.shapes) == 2


def test_a_place_seen_twice_is_asked_once_and_has_no_travel_to_itself() -> None:
    server = FakeOsrm()
    table = server.travel().table([A, B, A], "car")
    assert server.shapes == [(2, 2)]
    # A is the 0th and B the 1st point seen: A to B 0 + 1, B to A 100 + 0
    assert table.duration_s.tolist() == [[0, 1, 0], [100, 0, 100], [0, 1, 0]]


def test_a_table_that_grows_asks_for_what_is_new() -> None:
    server = FakeOsrm()
    travel = server.travel(table_size=3)
    points = [Point(60 + k / 1000, 24) for k in range(6)]
    travel.table(points[:5], "car")
    before = len(server.shapes)
    table = travel.table([points[5], *points[:5]], "car")
    # 9 pairs a call: the new row of 5 and the new column of 5, where all 36 pairs would be 4 calls
    assert sorted(server.shapes[before:]) == [(1, 5), (5, 1)]
    # the k-th point is the k-th seen, the new one the 5th
    assert table.duration_s[0].tolist() == [0, 500, 501, 502, 503, 504]
    assert table.duration_s[:, 0].tolist() == [0, 5, 105, 205, 305, 405]


def test_legs_that_were_not_asked_go_in_blocks() -> None:
    server = FakeOsrm()
    points = [Point(60 + k / 1000, 24) for k in range(50)]
    legs = server.travel(table_size=20).legs(points[:-1], points[1:], "car")
    # 49 legs, 20 origins x 20 destinations a call
    assert sorted(server.shapes) == [(9, 9), (20, 20), (20, 20)]
    assert (legs.duration_s > 0).all()


def test_a_table_in_blocks_by_several_threads_is_the_table_in_one() -> None:
    points = [Point(60 + k / 1000, 24) for k in range(30)]
    server = FakeOsrm()
    whole = server.travel().table(points, "car")
    server.shapes.clear()
    blocks = server.travel(table_size=7).table(points, "car")
    assert len(server.shapes) > 16
    assert np.array_equal(whole.duration_s, blocks.duration_s)


def test_the_address_is_no_longer_than_allowed() -> None:
    lengths = []

    def answer(request: httpx.Request) -> httpx.Response:
        lengths.append(len(str(request.url)))
        cells = [[1.0] * len(_indices(request, "destinations"))] * len(_indices(request, "sources"))
        return httpx.Response(200, json={"code": "Ok", "durations": cells, "distances": cells})

    made = ServerOptions(table_size=1000, max_url_chars=2000)
    points = [Point(-60.123456 - k / 1e6, -124.123456) for k in range(60)]
    OsrmTravel("http://osrm.example", options=made, transport=httpx.MockTransport(answer)).table(points, "car")
    assert max(lengths) <= 2000


def test_what_came_before_a_failure_is_kept() -> None:
    calls = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        if len(calls) == 2:
            return httpx.Response(500)
        cells = [[1.0] * len(_indices(request, "destinations"))] * len(_indices(request, "sources"))
        return httpx.Response(200, json={"code": "Ok", "durations": cells, "distances": cells})

    made = ServerOptions(table_size=2, parallel_calls=1, retries=0)
    travel = OsrmTravel("http://osrm.example", options=made, transport=httpx.MockTransport(answer))
    with pytest.raises(ServerError, match="HTTP status 500"):
        travel.table([A, B, C, AT_SEA], "car")
    first = len(calls)
    travel.table([A, B, C, AT_SEA], "car")
    # 4 x 4 places in blocks of 2 x 2: one came, one failed; three are left
    assert (first, len(calls) - first) == (2, 3)


MATRIX = [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        ([], "answers with code None, should be Ok"),
        ({"code": "Ok"}, "without a matrix of durations"),
        ({"code": "Ok", "durations": MATRIX}, "without a matrix of distances"),
        ({"code": "Ok", "durations": {"0": 1}, "distances": MATRIX}, "without a matrix of durations"),
        ({"code": "Ok", "durations": [0, 1], "distances": MATRIX}, "without a matrix of durations"),
        (
            {"code": "Ok", "durations": [[0, 1]], "distances": MATRIX},
            r"durations of 1 rows of \[2\] values, asked for 2",
        ),
        ({"code": "Ok", "durations": [[0, 1], [1]], "distances": MATRIX}, r"durations of 2 rows of \[1, 2\] values"),
        ({"code": "Ok", "durations": [[0, -1], [1, 0]], "distances": MATRIX}, "'-1' among durations, must be null or"),
        ({"code": "Ok", "durations": MATRIX, "distances": [[0, -1.5], [1, 0]]}, "'-1.5' among distances"),
        ({"code": "Ok", "durations": MATRIX, "distances": [[0, 2**31], [1, 0]]}, "'2147483648' among distances"),
        ({"code": "Ok", "durations": [[0, 10**400], [1, 0]], "distances": MATRIX}, "'1000000"),
        ({"code": "Ok", "durations": [[0, "7"], [1, 0]], "distances": MATRIX}, "'7' among durations"),
        ({"code": "Ok", "durations": [[0, True], [1, 0]], "distances": MATRIX}, "'True' among durations"),
    ],
)
def test_an_answer_that_makes_no_table_is_a_server_error(answer: Any, match: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=json.dumps(answer)))
    with pytest.raises(ServerError, match=match):
        OsrmTravel("http://osrm.example", options=options(), transport=transport).table([A, B], "car")


def test_a_number_too_large_for_json_is_a_server_error() -> None:
    text = '{"code": "Ok", "durations": [[0, 1e999], [1, 0]], "distances": [[0, 1], [1, 0]]}'
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=text))
    with pytest.raises(ServerError, match="'inf' among durations"):
        OsrmTravel("http://osrm.example", options=options(), transport=transport).table([A, B], "car")


def test_osrms_slightly_negative_distances_are_nothing() -> None:
    answer = {"code": "Ok", "durations": [[0, 0], [0, 0]], "distances": [[0, -0.5], [0.4, 0]]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    table = OsrmTravel("http://osrm.example", options=options(), transport=transport).table([A, B], "car")
    assert table.distance_m.tolist() == [[0, 0], [0, 0]]


def test_no_places_make_no_call() -> None:
    server = FakeOsrm()
    assert server.travel().table([], "car").duration_s.shape == (0, 0)
    assert server.travel().legs([], [], "car").duration_s.shape == (0,)
    assert server.shapes == []


@pytest.fixture(scope="module")
def real_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with osrm(tmp_path_factory.mktemp("osrm"), options=OSRM_OPTIONS) as url:
            yield url
    except MissingServerError as error:
        pytest.skip(str(error))


@pytest.mark.slow
def test_a_real_server_gives_the_recorded_table(real_url: str) -> None:
    recorded = OsrmTravel("http://osrm.example", options=options(5), transport=replayed("osrm", "table"))
    expected = recorded.table(PLACES, "car")
    travel = OsrmTravel(real_url, options=ServerOptions(table_size=5))
    table = travel.table(PLACES, "car")
    assert np.array_equal(table.duration_s, expected.duration_s)
    assert np.array_equal(table.distance_m, expected.distance_m)
    # legs asked anew, of another server object, agree with the table
    legs = OsrmTravel(real_url, options=ServerOptions(table_size=2)).legs(PLACES[:-1], PLACES[1:], "car")
    assert legs.duration_s.tolist() == np.diagonal(expected.duration_s, offset=1).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "error"), [("too_big", SettingError), ("no_segment", PlaceError), ("invalid_url", None)]
)
def test_a_real_server_refuses_what_it_refused(real_url: str, case: str, error: type[GeoError] | None) -> None:
    call: Callable[[str, None], object] = OSRM_CASES[case]
    if error is None:
        assert getattr(call(real_url, None), "status") == 400  # noqa: B009 - the call returns any object
    else:
        with pytest.raises(error):
            call(real_url, None)


@pytest.mark.slow
def test_a_server_without_data_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingServerError, match=r"osrm with bin/osrm-extract is not installed"), osrm(tmp_path):
        pass
