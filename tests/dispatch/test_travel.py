from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch.domain.request import Location, Request
from dispatch.errors import TravelError
from dispatch.geocoding import geocoder_for
from dispatch.policy.settings import Policy, effective_policy, load_policy
from dispatch.travel import OrderTravel, places_of, slowed
from dispatch.travel_sources import TravelSources, user_cache_folder
from geo.datum import from_wgs84
from geo.errors import GeocodingError
from geo.given_matrix import GivenMatrix
from geo.point import Point
from geo.provider import UNREACHABLE
from geo.road_file import write_road_graph
from geo.straight_line import StraightLine
from tests.road_graphs import Road, east, road_graph

HOME = {"lat": 34.25, "lon": 117.2}
NORTH, SOUTH = {"lat": 34.3, "lon": 117.2}, {"lat": 34.2, "lon": 117.2}
NEAR_NORTH = {"lat": 34.301, "lon": 117.201}
POLICY = {"travel": {"access_s": 100, "same_community_s": 240, "speed_kmh": {"ebike": 18.0}, "detour": {"ebike": 1.0}}}


def order(number: int, community: str, **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"id": f"o-{number}", "kind": "install", "community": community, "duration": "PT1H"}
    return given | {"accepted_at": "2026-03-09T09:00:00+08:00"} | fields


def request(*orders: dict[str, Any], **fields: Any) -> Request:
    given: dict[str, Any] = {
        "now": "2026-03-09T20:00:00+08:00",
        "horizon": {"start": "2026-03-10T00:00:00+08:00", "end": "2026-03-13T00:00:00+08:00"},
        "policy": POLICY,
        "communities": [{"id": "north", "location": NORTH}, {"id": "south", "location": SOUTH}],
        "orders": list(orders),
    }
    return Request.model_validate(given | fields)


def matrix_request(durations_s: list[list[int | None]], *orders: dict[str, Any]) -> Request:
    """Orders of the communities of row 0 and row 1; distances are ten times the seconds."""
    distances_m = [[None if cell is None else 10 * cell for cell in row] for row in durations_s]
    return request(
        *orders,
        travel={"provider": "matrix", "profiles": {"ebike": {"durations_s": durations_s, "distances_m": distances_m}}},
        communities=[{"id": "north", "location": {"index": 0}}, {"id": "south", "location": {"index": 1}}],
    )


def travel_of(planned: Request, **options: Any) -> OrderTravel:
    return OrderTravel(planned, effective_policy(planned), **options)


def raw(start: dict[str, float], end: dict[str, float]) -> tuple[int, int]:
    legs = StraightLine({"ebike": 18}, {"ebike": 1}).legs([Point(**start)], [Point(**end)], "ebike")
    return int(legs.duration_s[0]), int(legs.distance_m[0])


def way(travel: OrderTravel, start: int, end: int) -> tuple[int, int]:
    """Return seconds and metres from one node to another: the orders from 0 on, and `AT_HOME` = -1."""
    table = travel.table([Location(**HOME)], "ebike")
    return int(table.travel_s[start, end]), int(table.distance_m[start, end])


AT_HOME = -1


def test_access_is_added_on_arriving_at_an_order() -> None:
    seconds, metres = raw(HOME, NORTH)
    assert way(travel_of(request(order(1, "north"))), AT_HOME, 0) == (seconds + 100, metres)


def test_no_access_is_added_on_arriving_anywhere_else() -> None:
    assert way(travel_of(request(order(1, "north"))), 0, AT_HOME) == raw(NORTH, HOME)


def test_a_move_inside_one_community_takes_the_fixed_time_in_all_over_the_providers_distance() -> None:
    travel = travel_of(request(order(1, "north"), order(2, "north", location=NEAR_NORTH)))
    _, metres = raw(NORTH, NEAR_NORTH)
    assert way(travel, 0, 1) == (240, metres)


def test_a_move_between_communities_takes_the_providers_time_and_access() -> None:
    seconds, metres = raw(NORTH, SOUTH)
    travel = travel_of(request(order(1, "north"), order(2, "south")))
    assert way(travel, 0, 1) == (seconds + 100, metres)


def test_an_order_without_location_stands_at_its_community_and_one_with_location_there() -> None:
    travel = travel_of(request(order(1, "north"), order(2, "north", location=NEAR_NORTH)))
    assert way(travel, 0, AT_HOME) == raw(NORTH, HOME)
    assert way(travel, 1, AT_HOME) == raw(NEAR_NORTH, HOME)


def test_a_given_matrix_knows_neither_access_nor_communities() -> None:
    travel = travel_of(matrix_request([[0, 50], [70, 0]], order(1, "north"), order(2, "north"), order(3, "south")))
    table = travel.table([Location(index=1)], "ebike")
    assert table.travel_s.tolist() == [[0, 0, 50, 50], [0, 0, 50, 50], [70, 70, 0, 0], [70, 70, 0, 0]]
    assert table.distance_m[2].tolist() == [700, 700, 0, 0]


def test_what_is_unreachable_stays_unreachable() -> None:
    travel = travel_of(matrix_request([[0, None], [70, 0]], order(1, "north"), order(2, "south")))
    table = travel.table([], "ebike")
    assert table.travel_s.tolist() == [[0, UNREACHABLE], [70, 0]]
    assert table.distance_m.tolist() == [[0, UNREACHABLE], [700, 0]]


def test_locations_of_chinese_map_services_are_converted() -> None:
    for datum in ("gcj02", "bd09"):
        shifted = from_wgs84([HOME["lat"]], [HOME["lon"]], datum)
        (place,) = places_of([Location(lat=float(shifted.lat[0]), lon=float(shifted.lon[0]), datum=datum)])
        assert isinstance(place, Point)
        assert (place.lat, place.lon) == pytest.approx((HOME["lat"], HOME["lon"]), abs=1e-8)


def test_a_location_with_index_and_coordinates_serves_both_kinds_of_provider() -> None:
    both = Location(index=7, **HOME)
    assert places_of([both]) == [Point(**HOME)]
    assert places_of([both], is_indexed=True) == [7]


def test_the_provider_is_the_one_the_request_names() -> None:
    assert isinstance(TravelSources().provider(request(), load_policy()), StraightLine)
    assert isinstance(TravelSources().provider(matrix_request([[0, 1], [1, 0]]), load_policy()), GivenMatrix)


def test_a_location_without_coordinates_is_refused_on_the_straight_line() -> None:
    with pytest.raises(TravelError, match="location of index 7 has no lat and lon"):
        travel_of(request(order(1, "north", location={"index": 7})))


def test_a_location_without_index_is_refused_by_a_given_matrix() -> None:
    with pytest.raises(TravelError, match=r"lat 34.25, lon 117.2 has no index"):
        travel_of(matrix_request([[0, 1], [1, 0]])).table([Location(**HOME)], "ebike")


def test_a_matrix_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(TravelError, match=r"durations_s\[1\] has 1 values, must have 2"):
        travel_of(matrix_request([[0, 1], [1]]))


def test_a_profile_the_provider_does_not_know_is_refused() -> None:
    with pytest.raises(TravelError, match="profile is 'ship'"):
        travel_of(request()).table([], "ship")


def test_places_far_from_the_roads_are_named_by_what_stands_there(tmp_path: Path) -> None:
    write_road_graph(road_graph([(34.3, 117.2), (34.301, 117.201)], [Road(start=0, end=1)]), tmp_path / "a.npz")
    planned = request(
        order(1, "north"),
        order(2, "south"),
        depots=[{"id": "d-1", "location": HOME}],
        travel={"provider": "road_graph", "path": "a.npz"},
    )
    sources = TravelSources(folder=tmp_path, cache_folder=tmp_path / "cache")
    with pytest.raises(TravelError) as refused:
        travel_of(planned, sources=sources).table([Location(**HOME)], "ebike")
    assert str(refused.value).splitlines()[-4:] == [
        "Maybe their coordinates are wrong, the roads do not cover the region, or max_snap_m is too small.",
        "max_snap_m is [travel.roads] snap_m of the policy",
        "places[1] is that of order o-2",
        "places[2] is that of depot d-1",
    ]


class FakeGeocoder:
    """Knows some addresses and notes what it was asked."""

    def __init__(self, points: dict[str, Point], error: Exception | None = None) -> None:
        self.points = points
        self.error = error
        self.asked: list[str] = []

    def locate(self, address: str) -> Point | None:
        self.asked.append(address)
        if self.error is not None:
            raise self.error
        return self.points.get(address)


def test_an_address_is_geocoded_only_for_an_order_without_location() -> None:
    geocoder = FakeGeocoder({"here": Point(**NEAR_NORTH), "there": Point(**HOME)})
    planned = request(order(1, "north", address="here"), order(2, "north", address="there", location=NORTH))
    travel = travel_of(planned, geocoder=geocoder)
    assert way(travel, 0, AT_HOME) == raw(NEAR_NORTH, HOME)
    assert way(travel, 1, AT_HOME) == raw(NORTH, HOME)
    assert geocoder.asked == ["here"]


def test_an_unknown_address_stands_at_the_community() -> None:
    travel = travel_of(request(order(1, "north", address="nowhere")), geocoder=FakeGeocoder({}))
    assert way(travel, 0, AT_HOME) == raw(NORTH, HOME)


def test_an_address_found_more_than_50_km_from_the_community_is_not_believed() -> None:
    # a degree of latitude is about 111 km: 0.44 degrees are 49 km, 0.46 are 51 km
    near, far = Point(34.3 + 0.44, 117.2), Point(34.3 + 0.46, 117.2)
    planned = request(order(1, "north", address="near"), order(2, "north", address="far"))
    travel = travel_of(planned, geocoder=FakeGeocoder({"near": near, "far": far}))
    assert way(travel, 0, AT_HOME) == raw({"lat": near.lat, "lon": near.lon}, HOME)
    assert way(travel, 1, AT_HOME) == raw(NORTH, HOME)


def test_a_geocoder_that_does_not_answer_is_an_error_and_no_guess() -> None:
    geocoder = FakeGeocoder({}, error=GeocodingError("nominatim gave no answer"))
    with pytest.raises(TravelError, match=r"order o-1: nominatim gave no answer\nMaybe turn policy.geocoding.enabled"):
        travel_of(request(order(1, "north", address="here")), geocoder=geocoder)


def test_a_given_matrix_asks_no_geocoder() -> None:
    geocoder = FakeGeocoder({"here": Point(**HOME)})
    travel_of(matrix_request([[0, 1], [1, 0]], order(1, "north", address="here")), geocoder=geocoder)
    assert geocoder.asked == []


def geocoding_policy(**settings: Any) -> Policy:
    return load_policy().overridden({"geocoding": {"enabled": True, **settings}})


def test_geocoding_is_off_by_default_and_on_by_the_policy() -> None:
    assert geocoder_for(load_policy()) is None
    assert geocoder_for(geocoding_policy()) is not None


def test_a_geocoder_geopy_does_not_know_is_refused_by_the_policys_name() -> None:
    with pytest.raises(TravelError, match=r"policy\.geocoding: geocoder is 'atlas'"):
        geocoder_for(geocoding_policy(provider="atlas"))


def test_caches_lie_in_the_users_cache_folder() -> None:
    assert user_cache_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/field-dispatch")
    assert user_cache_folder({}) == Path.home() / ".cache/field-dispatch"


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> None:
    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", home)


@pytest.mark.usefixtures("homeless")
def test_a_user_without_a_home_has_travel_without_caches(tmp_path: Path) -> None:
    assert user_cache_folder({}) is None
    line = TravelSources().provider(request(), load_policy())
    digest = write_road_graph(road_graph([east(0), east(1000)], [Road(start=0, end=1)]), tmp_path / "roads.npz")
    on_roads = request(travel={"provider": "road_graph", "path": "roads.npz", "sha256": digest})
    roads = TravelSources(folder=tmp_path).provider(on_roads, load_policy())
    for provider in (line, roads):
        assert provider.table([Point(*east(0)), Point(*east(1000))], "ebike").duration_s[0, 1] > 0


@pytest.mark.usefixtures("homeless")
def test_a_geocoder_needs_a_folder_for_its_answers() -> None:
    with pytest.raises(TravelError, match=r"policy\.geocoding: there is no folder .*\n.*set XDG_CACHE_HOME"):
        geocoder_for(geocoding_policy())


def test_a_factor_slows_travel_but_not_the_door() -> None:
    seconds, metres = raw(NORTH, HOME)
    usual = travel_of(request(order(1, "north"), order(2, "south")))
    slower = travel_of(request(order(1, "north"), order(2, "south"), travel={"factor": 1.257}))
    assert way(usual, 0, AT_HOME) == (seconds, metres)
    assert way(slower, 0, AT_HOME) == (-(-seconds * 1257 // 1000), metres)
    assert way(slower, 0, 1)[0] == -(-(way(usual, 0, 1)[0] - 100) * 1257 // 1000) + 100


def test_slowed_travel_beyond_every_day_is_none() -> None:
    slow = slowed(np.array([UNREACHABLE, 60, 2**30 - 1], np.int32), 1500)
    assert slow.tolist() == [UNREACHABLE, 90, UNREACHABLE]


@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_spokes_agree_with_the_table_that_has_the_order_in_it(factor: float) -> None:
    known = (order(1, "north"), order(2, "south"), order(3, "north", location=NEAR_NORTH))
    home = Location.model_validate(HOME)
    fields = {"travel": {"factor": factor}}
    for community in ("north", "south"):
        new = order(4, community, location=NORTH)
        before, after = request(*known, **fields), request(*known, new, **fields)
        table = travel_of(after).table([home], "ebike")
        travel = travel_of(before)
        spokes = travel.spokes(travel.node_of(after.orders[3]), travel.nodes([home]), "ebike")
        others = [0, 1, 2, 4]
        assert spokes.inward_s.tolist() == table.travel_s[others, 3].tolist()
        assert spokes.outward_s.tolist() == table.travel_s[3, others].tolist()
        assert spokes.inward_m.tolist() == table.distance_m[others, 3].tolist()
        assert spokes.outward_m.tolist() == table.distance_m[3, others].tolist()


def test_spokes_tell_where_there_is_no_way() -> None:
    wanted = matrix_request([[0, None], [560, 0]], order(1, "north"))
    travel = travel_of(wanted)
    spokes = travel.spokes(
        travel.node_of(request(order(2, "south")).orders[0].model_copy(update={"location": Location(index=1)})),
        travel.nodes([]),
        "ebike",
    )
    assert (spokes.inward_s.tolist(), spokes.outward_s.tolist()) == ([UNREACHABLE], [560])
    assert (spokes.inward_m.tolist(), spokes.outward_m.tolist()) == ([UNREACHABLE], [5600])
