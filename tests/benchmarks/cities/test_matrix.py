from __future__ import annotations

from collections.abc import Callable

from benchmarks.cities.spec import CitySpec
from dispatch.domain.request import Location, Request
from dispatch.policy.settings import load_policy
from geo.point import Point
from geo.straight_line import StraightLine

City = Callable[[CitySpec], Request]


def test_the_matrix_is_the_straight_line_with_access_at_orders(city: City) -> None:
    request = city(CitySpec(size="village", travel="matrix"))
    policy = load_policy()
    provider = StraightLine(dict(policy.travel.speed_kmh.items()), dict(policy.travel.detour.items()))
    base = request.technicians[0].home
    order = next(order.location for order in request.orders if order.location is not None)
    there, back = (
        provider.legs([_point(base)], [_point(order)], "ebike"),
        provider.legs([_point(order)], [_point(base)], "ebike"),
    )
    assert request.travel.profiles is not None
    given = request.travel.profiles["ebike"]
    assert base.index is not None
    assert order.index is not None
    assert given.durations_s[base.index][order.index] == int(there.duration_s[0]) + policy.travel.access_s
    assert given.durations_s[order.index][base.index] == int(back.duration_s[0])
    assert given.distances_m[base.index][order.index] == int(there.distance_m[0])


def test_only_travel_and_indexes_differ_from_the_straight_line(city: City) -> None:
    plain, given = city(CitySpec(size="village")), city(CitySpec(size="village", travel="matrix"))
    assert [o.model_copy(update={"location": None}) for o in given.orders] == [
        o.model_copy(update={"location": None}) for o in plain.orders
    ]
    assert [(_point(t.home), t.shifts) for t in given.technicians] == [
        (_point(t.home), t.shifts) for t in plain.technicians
    ]


def test_the_way_from_a_place_to_itself_takes_no_time(city: City) -> None:
    profiles = city(CitySpec(size="village", travel="matrix")).travel.profiles
    assert profiles is not None
    assert {row[k] for matrix in profiles.values() for k, row in enumerate(matrix.durations_s)} == {0}


def _point(place: Location) -> Point:
    assert place.lat is not None
    assert place.lon is not None
    return Point(place.lat, place.lon)
