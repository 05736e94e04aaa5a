from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.cities.load import available_s, service_s, travel_s, workload_of
from benchmarks.cities.plane import origin_of
from benchmarks.cities.spec import CitySpec, Size
from dispatch.domain.request import Break, Location, Request, Shift, Technician
from dispatch.policy.settings import load_policy

City = Callable[[CitySpec], Request]

LOADS = (0.7, 0.9, 1.1, 1.3)
EIGHT = datetime(2026, 3, 10, 8, tzinfo=UTC)
CENTRE = Location(lat=34.26, lon=117.18)
ORIGIN = origin_of([CENTRE])


def technician(*, factor: float = 1.0, days: int = 1) -> Technician:
    """Work 8 to 17 with an hour off, based at the centre."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    shifts = tuple(
        Shift(
            id=f"d{k}",
            start=EIGHT + k * day,
            end=EIGHT + k * day + 9 * hour,
            overtime_until=EIGHT + k * day + 10 * hour,
            breaks=(Break(earliest=EIGHT + k * day + 3 * hour, latest=EIGHT + k * day + 5 * hour, duration=hour),),
        )
        for k in range(days)
    )
    return Technician(id="t", home=CENTRE, service_factor=factor, shifts=shifts)


def test_available_time_leaves_out_breaks_overtime_and_later_days() -> None:
    crew = [technician(), technician(days=3)]
    assert available_s(crew, day_end=EIGHT + timedelta(hours=16)) == 2 * 8 * 3600


def test_service_counts_at_the_mean_speed() -> None:
    # (1.2 + 1.0) / 2 x (3600 + 1800) = 5940
    assert service_s([3600, 1800], [technician(factor=1.2), technician()]) == pytest.approx(5940)


def test_travel_is_access_and_the_way_to_the_nearest() -> None:
    # Two orders 0.01 degrees of latitude (1,111.95 m) apart, the technician's base at the first. Legs: each order to
    # the other, and home from the nearest, 0 m. E-bike: 2 x 1,111.95 m x 1.3 / 5 m/s = 578.2 s; access: 2 x 180 s.
    other = Location(lat=34.27, lon=117.18)
    assert travel_s([CENTRE, other], [technician()], load_policy(), origin=ORIGIN) == pytest.approx(
        578.2 + 360, abs=0.1
    )


def test_one_order_or_none_has_no_way_to_a_neighbour() -> None:
    assert travel_s([CENTRE], [technician()], load_policy(), origin=ORIGIN) == 180
    assert travel_s([], [technician()], load_policy(), origin=ORIGIN) == 0


@pytest.mark.parametrize(
    ("size", "seed"),
    [
        *(("village", seed) for seed in (1, 2, 7)),
        *(pytest.param("district", seed, marks=pytest.mark.slow) for seed in (1, 2, 7)),
    ],
)
def test_the_measured_load_follows_the_load_asked_for(city: City, size: Size, seed: int) -> None:
    measured = [workload_of(city(CitySpec(size=size, seed=seed, load=load))).load for load in LOADS]
    # The longest order makes 4 h of about 80 h (village) or 380 h; half of that is the most the count can be off.
    assert measured == pytest.approx(LOADS, abs=2 / 80 if size == "village" else 2 / 380)
    assert measured == sorted(measured)


@pytest.mark.slow
def test_the_measured_load_of_a_whole_city_is_exact_to_a_thousandth(city: City) -> None:
    assert workload_of(city(CitySpec(size="city"))).load == pytest.approx(0.9, abs=0.001)


@pytest.mark.parametrize("load", [0.1, 3.0])
def test_the_limits_of_load_are_reached(city: City, load: float) -> None:
    assert workload_of(city(CitySpec(size="village", load=load))).load == pytest.approx(load, abs=2 / 80)
