from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from geo.errors import GeoError, PlaceError, ProfileError, ServerError, SettingError
from geo.point import Point
from geo.provider import UNREACHABLE
from geo.server import Answer, ServerOptions
from geo.valhalla import ValhallaTravel
from tests.geo.recorded_answers import (
    AT_SEA,
    FAR_AWAY,
    PLACES,
    VALHALLA_CASES,
    VALHALLA_LIMITS,
    answering,
    calls_of,
    options,
    replayed,
)
from tests.geo.routing_servers import MissingServerError, valhalla

A, B, C = Point(60.1, 24.1), Point(60.2, 24.2), Point(60.3, 24.3)


class FakeValhalla:
    """Answers 1 s and 1 km for every pair, unless places of two regions meet: then it refuses the call.

    Regions: south of 60 degrees and the rest; north of 80 there is no map.
    """

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def travel(self, **settings: float) -> ValhallaTravel:
        made = ServerOptions(**{"pause_s": 0, **settings})  # type: ignore[arg-type]
        return ValhallaTravel("http://valhalla.example", options=made, transport=httpx.MockTransport(self._answer))

    @property
    def shapes(self) -> list[tuple[int, int]]:
        return [(len(body["sources"]), len(body["targets"])) for body in self.bodies]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.bodies.append(body)
        lats = [place["lat"] for place in body["sources"] + body["targets"]]
        if len({lat < 60 for lat in lats}) > 1 or max(lats) > 80:
            refusal = {"error_code": 170, "error": "Locations are in unconnected regions.", "status_code": 400}
            return httpx.Response(400, json=refusal)
        ones = [[1] * len(body["targets"])] * len(body["sources"])
        return httpx.Response(200, json={"sources_to_targets": {"durations": ones, "distances": ones}})


def test_recorded_answers_are_read_in_seconds_and_metres() -> None:
    travel = ValhallaTravel("http://valhalla.example", options=options(), transport=replayed("valhalla", "car"))
    table = travel.table(PLACES, "car")
    # 184 s and 1.692 km, 260 s and 1.761 km, ...
    assert table.duration_s[0].tolist() == [0, 184, 260, 121, 150, 169]
    assert table.distance_m[0].tolist() == [0, 1692, 1761, 1182, 1470, 1598]


@pytest.mark.parametrize("profile", ["ebike", "walk"])
def test_recorded_tables_of_few_origins_are_put_together(profile: str) -> None:
    travel = ValhallaTravel("http://valhalla.example", options=options(), transport=replayed("valhalla", profile))
    table = travel.table(PLACES, profile)
    # six origins, at most five in a call
    assert calls_of("valhalla", profile) == 2
    assert (table.duration_s[~np.eye(6, dtype=bool)] > 0).all()
    assert (np.diagonal(table.duration_s) == 0).all()


def test_the_verbose_form_is_read_as_well() -> None:
    travel = ValhallaTravel("http://valhalla.example", options=options(), transport=answering("valhalla", "verbose"))
    table = travel.table(PLACES[:2], "car")
    assert table.duration_s.tolist() == [[0, 184], [169, 0]]
    assert table.distance_m.tolist() == [[0, 1692], [1518, 0]]


@pytest.mark.parametrize(
    ("case", "profile", "error", "match"),
    [
        (
            "limited_pairs",
            "walk",
            SettingError,
            "Exceeded max locations: 16.000000\nMaybe raise max_matrix_location_pairs",
        ),
        ("limited_distance", "ebike", SettingError, "max distance limit: 500 meters\nMaybe raise max_matrix_distance"),
        ("no_costing", "car", SettingError, "refuses a table: No costing method found: 'rickshaw'"),
        ("wrong_path", "car", SettingError, "Try any of: .*\nMaybe the url lacks a part"),
    ],
)
def test_recorded_refusals_keep_the_servers_words(case: str, profile: str, error: type[GeoError], match: str) -> None:
    travel = ValhallaTravel("http://valhalla.example", options=options(), transport=answering("valhalla", case))
    with pytest.raises(error, match=match):
        travel.table(PLACES, profile)


@pytest.mark.parametrize(
    ("case", "profile", "places"),
    [("off_map", "walk", (*PLACES[:2], FAR_AWAY)), ("limited_search", "car", (PLACES[0], AT_SEA))],
)
def test_a_place_off_the_map_is_found_and_named(case: str, profile: str, places: tuple[Point, ...]) -> None:
    travel = ValhallaTravel("http://valhalla.example", options=options(), transport=replayed("valhalla", case))
    with pytest.raises(
        PlaceError, match=rf"no road near Point\(lat={places[-1].lat}, lon={places[-1].lon}\) to travel"
    ):
        travel.table(places, profile)


@pytest.mark.parametrize("profile", ["car", "walk"])
def test_places_that_are_not_connected_are_unreachable_and_the_others_are_not(profile: str) -> None:
    island = Point(59.0, 24.0)
    table = FakeValhalla().travel().table([A, island, B, C], profile)
    assert table.duration_s[1].tolist() == [UNREACHABLE, 0, UNREACHABLE, UNREACHABLE]
    assert table.distance_m[:, 1].tolist() == [UNREACHABLE, 0, UNREACHABLE, UNREACHABLE]
    assert table.duration_s[np.ix_([0, 2, 3], [0, 2, 3])].tolist() == [[0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_one_place_off_the_map_among_many_is_found_in_few_calls() -> None:
    server = FakeValhalla()
    points = [Point(60 + k / 1000, 24) for k in range(49)]
    with pytest.raises(PlaceError, match=r"Point\(lat=81"):
        server.travel().table([*points, Point(81, 24)], "car")
    # 2,500 pairs are halved 12 times; a half without the place is a call as well, and the pair has two places
    assert len(server.bodies) <= 1 + 2 * 12 + 2


@pytest.mark.parametrize(("profile", "costing"), [("car", "auto"), ("ebike", "bicycle"), ("walk", "pedestrian")])
def test_a_profile_has_its_costing(profile: str, costing: str) -> None:
    server = FakeValhalla()
    server.travel().table([A, B], profile)
    (body,) = server.bodies
    assert (body["costing"], list(body["costing_options"])) == (costing, [costing])
    assert body["units"] == "kilometers"
    assert body["sources"] == [{"lat": 60.1, "lon": 24.1}, {"lat": 60.2, "lon": 24.2}]


def test_an_ebike_rides_at_its_own_speed() -> None:
    server = FakeValhalla()
    server.travel().table([A, B], "ebike")
    assert server.bodies[0]["costing_options"]["bicycle"]["cycling_speed"] == 20


def test_a_profile_that_is_none_of_valhallas_is_refused() -> None:
    with pytest.raises(ProfileError, match="profile is 'boat', known are: car, ebike, walk"):
        FakeValhalla().travel().table([A, B], "boat")


def test_calls_keep_to_the_servers_default_limit_of_2500_pairs() -> None:
    points = [Point(60 + k / 1000, 24) for k in range(101)]
    by_car, on_foot = FakeValhalla(), FakeValhalla()
    by_car.travel().table(points, "car")
    on_foot.travel().table(points, "walk")
    # 101 places: 3 x 2 blocks of 34 x 66, 100 places in a call; 21 blocks of at most 5 origins
    assert len(by_car.shapes) == 6
    assert len(on_foot.shapes) == 21
    assert max(rows * columns for rows, columns in by_car.shapes + on_foot.shapes) <= 2500
    assert max(rows for rows, _ in on_foot.shapes) == 5


def test_on_foot_there_are_never_fewer_destinations_than_origins() -> None:
    server = FakeValhalla()
    legs = server.travel().legs([A, B, C], [Point(60.4, 24)] * 3, "walk")
    assert server.shapes == [(3, 3)]
    assert legs.duration_s.tolist() == [1, 1, 1]


def test_null_is_unreachable() -> None:
    answer = {"sources_to_targets": {"durations": [[0, None], [7, 0]], "distances": [[0, None], [0.0704, 0]]}}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    table = ValhallaTravel("http://valhalla.example", options=options(), transport=transport).table([A, B], "car")
    assert table.duration_s.tolist() == [[0, UNREACHABLE], [7, 0]]
    assert table.distance_m.tolist() == [[0, UNREACHABLE], [70, 0]]


@pytest.mark.parametrize(
    "answer",
    [[], {}, {"sources_to_targets": 7}, {"sources_to_targets": [[{"time": 1}]]}, {"sources_to_targets": [[1]]}],
)
def test_an_answer_that_makes_no_table_is_a_server_error(answer: object) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text=json.dumps(answer)))
    with pytest.raises(ServerError, match="answers with"):
        ValhallaTravel("http://valhalla.example", options=options(), transport=transport).table([A, B], "car")


@pytest.fixture(scope="module")
def real_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with valhalla(tmp_path_factory.mktemp("v")) as url:
            yield url
    except MissingServerError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def limited_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with valhalla(tmp_path_factory.mktemp("w"), limits=VALHALLA_LIMITS, search_cutoff_m=300) as url:
            yield url
    except MissingServerError as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["car", "ebike", "walk"])
def test_a_real_server_gives_the_recorded_table(real_url: str, profile: str) -> None:
    recorded = ValhallaTravel("http://valhalla.example", options=options(), transport=replayed("valhalla", profile))
    expected = recorded.table(PLACES, profile)
    table = ValhallaTravel(real_url, options=ServerOptions()).table(PLACES, profile)
    assert np.array_equal(table.duration_s, expected.duration_s)
    assert np.array_equal(table.distance_m, expected.distance_m)


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["car", "ebike", "walk"])
def test_legs_of_a_real_server_agree_with_the_table_however_they_are_asked(real_url: str, profile: str) -> None:
    random = np.random.default_rng(1)
    lat, lon = random.uniform(60.1645, 60.1788, 60), random.uniform(24.9357, 24.9530, 60)
    points = [Point(float(a), float(b)) for a, b in zip(lat, lon, strict=True)]
    table = ValhallaTravel(real_url, options=ServerOptions()).table(points, profile)
    for table_size in (2, 6, 100):
        other = ValhallaTravel(real_url, options=ServerOptions(table_size=table_size))
        legs = other.legs(points[:-1], points[1:], profile)
        assert legs.duration_s.tolist() == np.diagonal(table.duration_s, offset=1).tolist()
        assert legs.distance_m.tolist() == np.diagonal(table.distance_m, offset=1).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "error"),
    [("limited_pairs", SettingError), ("limited_distance", SettingError), ("limited_search", PlaceError)],
)
def test_a_real_server_with_tight_limits_refuses(limited_url: str, case: str, error: type[GeoError]) -> None:
    call: Callable[[str, None], object] = VALHALLA_CASES[case]
    with pytest.raises(error):
        call(limited_url, None)


@pytest.mark.slow
def test_a_real_server_refuses_what_it_refused(real_url: str) -> None:
    with pytest.raises(PlaceError, match="no road near"):
        VALHALLA_CASES["off_map"](real_url, None)
    answer = VALHALLA_CASES["no_costing"](real_url, None)
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body["error_code"]) == (400, 125)
