from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
