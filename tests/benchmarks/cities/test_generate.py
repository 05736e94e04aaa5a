from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import get_args

import pytest

from benchmarks.cities.generate import generate_city
from benchmarks.cities.relations import can_do
from benchmarks.cities.spec import EXTENTS, CitySpec, Size
from dispatch.domain.files import parse_request, request_digest, to_json
from dispatch.domain.request import Request
from dispatch.policy.settings import load_policy
from dispatch.policy.warnings import request_warnings
from dispatch.policy.windows import start_windows

City = Callable[[CitySpec], Request]

SIZES = [pytest.param(size, marks=pytest.mark.slow) if size == "city" else size for size in get_args(Size)]
VILLAGE = CitySpec(size="village")
DISTRICT = CitySpec(size="district")


@pytest.mark.parametrize("size", SIZES)
def test_the_same_parameters_give_the_same_bytes(city: City, size: Size) -> None:
    spec = CitySpec(size=size)
    assert to_json(generate_city(spec)) == to_json(city(spec))


def test_the_village_of_seed_7_is_the_one_it_always_was(city: City) -> None:
    # If this changes on purpose, say so in the changelog: figures of older benchmarks no longer compare.
    assert request_digest(city(VILLAGE)) == "sha256:7edab49701ebc577415da7c33106ad522d0644829f01c577445a56b40919befc"


@pytest.mark.parametrize(
    ("spec", "digest"),
    [
        (VILLAGE, "f2ed63d9ea1d209baa1f4c83afbc520c47e2c8241e53cfe45cbc3246285d7fb9"),
        (replace(VILLAGE, travel="matrix"), "babf4a7542bc25106cc668d735aa22ba94da1c07283497b39c2cec861ea8d104"),
        (DISTRICT, "58fc96d7f8201815986640371f0a4894e2ee92b7aa3bd6c0360b5de78bbc1b62"),
        (
            CitySpec(size="district", seed=2, load=1.3, days=3),
            "0e05789e0ecb83375cdec76c2e7b5dc71bdc32eb95e4a01e266696ad712e24b1",
        ),
        pytest.param(
            CitySpec(size="city"),
            "b8a1d774134fc50abe9bd06248be7dbf707c8e7efc40aa9e9640ebde60dcd8e7",
            marks=pytest.mark.slow,
        ),
    ],
    ids=str,
)
def test_cities_have_the_bytes_that_they_always_had(city: City, spec: CitySpec, digest: str) -> None:
    assert sha256(to_json(city(spec)).encode()).hexdigest() == digest


def test_another_seed_gives_another_city(city: City) -> None:
    assert city(replace(VILLAGE, seed=8)).communities != city(VILLAGE).communities


@pytest.mark.parametrize("size", SIZES)
def test_the_reference_load_has_exactly_the_counts_of_the_size(city: City, size: Size) -> None:
    request = city(CitySpec(size=size))
    assert len(request.orders) == EXTENTS[size].orders
    assert len(request.technicians) == EXTENTS[size].technicians
    assert len(request.communities) == EXTENTS[size].communities
    assert len(request.depots) == EXTENTS[size].depots


@pytest.mark.parametrize(
    "spec",
    [
        VILLAGE,
        DISTRICT,
        pytest.param(CitySpec(size="city"), marks=pytest.mark.slow),
        CitySpec(size="village", travel="matrix"),
        CitySpec(size="district", days=3, load=1.3),
    ],
    ids=str,
)
def test_a_city_is_read_back_as_it_was_without_problem_or_warning(city: City, spec: CitySpec) -> None:
    request = city(spec)
    assert parse_request(to_json(request)) == request
    assert request_warnings(request, load_policy()) == ()


def test_load_changes_nothing_but_the_number_of_orders(city: City) -> None:
    light, heavy = city(replace(DISTRICT, load=0.7)), city(replace(DISTRICT, load=1.3))
    assert heavy.technicians == light.technicians
    assert heavy.communities == light.communities
    assert heavy.orders[: len(light.orders)] == light.orders


def test_a_city_in_another_zone_is_planned_in_its_evening(city: City) -> None:
    request = city(replace(VILLAGE, time_zone="Europe/Helsinki"))
    assert request.time_zone == "Europe/Helsinki"
    assert request.now.isoformat() == "2026-03-09T20:00:00+02:00"
    assert request.horizon.start.isoformat() == "2026-03-10T00:00:00+02:00"


def test_a_prefix_stands_before_every_id_and_changes_nothing_else(city: City) -> None:
    plain, marked = city(VILLAGE), city(replace(VILLAGE, prefix="b-"))
    assert [order.id for order in marked.orders] == [f"b-{order.id}" for order in plain.orders]
    assert {order.community for order in marked.orders} == {f"b-{order.community}" for order in plain.orders}
    assert [t.territories for t in marked.technicians] == [
        tuple(f"b-{name}" for name in t.territories) for t in plain.technicians
    ]
    assert [order.duration for order in marked.orders] == [order.duration for order in plain.orders]


def test_a_city_on_roads_must_know_their_file() -> None:
    with pytest.raises(ValueError, match="travel is None, must name the file"):
        generate_city(replace(VILLAGE, travel="road_graph"))


def test_days_add_shifts_and_change_no_work(city: City) -> None:
    one, three = city(DISTRICT), city(replace(DISTRICT, days=3))
    assert sum(len(t.shifts) for t in three.technicians) == 3 * 45
    assert [t.shifts[0] for t in three.technicians] == [t.shifts[0] for t in one.technicians]
    assert [(o.id, o.duration, o.accepted_at) for o in three.orders] == [
        (o.id, o.duration, o.accepted_at) for o in one.orders
    ]


@pytest.mark.parametrize("days", [1, 7])
def test_shifts_and_bookings_lie_in_the_horizon(city: City, days: int) -> None:
    request = city(CitySpec(size="village", days=days))
    horizon = request.horizon
    assert (horizon.end - horizon.start).days == days
    for technician in request.technicians:
        assert all(horizon.start <= shift.start and shift.latest_end <= horizon.end for shift in technician.shifts)
    for order in request.orders:
        assert all(horizon.start <= window.start and window.end <= horizon.end for window in order.windows)


@pytest.mark.parametrize("seed", range(10))
def test_somebody_at_work_can_do_each_order_of_a_slack_village(city: City, seed: int) -> None:
    request = city(CitySpec(size="village", seed=seed, load=0.7))
    policy = load_policy()
    ready = [order for order in request.orders if order.resource_ready]
    assert len(ready) > 0.9 * len(request.orders)
    for order in ready:
        windows = start_windows(order, request, policy)
        assert windows, order.id
        able = [
            technician
            for technician in request.technicians
            if can_do(technician, order, request.community_of(order))
            and technician.id not in order.excluded_technicians
            and order.required_technician in {None, technician.id}
            and any(
                window.start + order.duration <= shift.end and shift.start <= window.end
                for window in windows
                for shift in technician.shifts
            )
        ]
        assert able, order.id
