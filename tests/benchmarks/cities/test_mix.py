"""The district of seed 7 looks as docs/cities.md says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from benchmarks.cities.relations import can_do
from benchmarks.cities.spec import CitySpec
from benchmarks.cities.works import DURATION_LIMITS_S, WORKS
from dispatch.domain.request import Request
from dispatch.policy.promise import due_times
from dispatch.policy.settings import load_policy

City = Callable[[CitySpec], Request]


@pytest.fixture
def district(city: City) -> Request:
    return city(CitySpec(size="district"))


def test_the_shares_of_works_sum_to_one() -> None:
    assert sum(work.share for work in WORKS) == pytest.approx(1)


def test_kinds_come_in_the_shares_of_the_catalogue(district: Request) -> None:
    # 300 orders are 15 blocks of 20, each within one order of its shares.
    kinds = Counter(order.kind for order in district.orders)
    wanted: Counter[str] = Counter()
    for work in WORKS:
        wanted[work.kind] += work.share  # type: ignore[assignment]
    assert {kind: kinds[kind] / 300 for kind in kinds} == pytest.approx(wanted, abs=0.03)


def test_faults_are_reported_most_in_the_evening(district: Request) -> None:
    hours = Counter(order.accepted_at.hour for order in district.orders if order.kind == "repair")
    assert hours[18] + hours[19] > 0.4 * sum(hours.values())


def test_everything_was_accepted_before_now(district: Request) -> None:
    assert all(order.accepted_at < district.now for order in district.orders)


def test_few_orders_are_overdue_but_some_are(district: Request) -> None:
    policy = load_policy()
    dues = [due_times(order, district, policy).due for order in district.orders]
    assert 0 < sum(due is not None and due < district.now for due in dues) < 0.03 * len(dues)


def test_two_thirds_of_the_orders_are_due_on_the_first_day(district: Request) -> None:
    policy = load_policy()
    first_midnight = district.horizon.start + timedelta(days=1)
    dues = [due_times(order, district, policy).due for order in district.orders]
    assert 0.55 < sum(due is not None and due <= first_midnight for due in dues) / len(dues) < 0.75


def test_half_days_and_agreed_times_are_booked(district: Request) -> None:
    visits = [order for order in district.orders if order.kind != "follow_up"]
    assert 0.3 < sum(bool(order.windows) for order in visits) / len(visits) < 0.6
    agreed = [order.agreed_start for order in visits if order.agreed_start is not None]
    assert 0.04 < len(agreed) / len(visits) < 0.16
    assert all(moment.minute % 15 == 0 for moment in agreed)


def test_durations_are_multiples_of_five_minutes_within_limits(district: Request) -> None:
    seconds = [int(order.duration.total_seconds()) for order in district.orders]
    assert all(s % 300 == 0 for s in seconds)
    # The longest work and two convenience items of ten minutes
    assert min(seconds) >= DURATION_LIMITS_S[0]
    assert max(seconds) <= DURATION_LIMITS_S[1] + 1200


def test_every_tier_is_there_even_in_a_village(city: City) -> None:
    assert {c.tier for c in city(CitySpec(size="village")).communities} == {"standard", "fast24", "premium"}


def test_skills_of_splicing_are_rare_and_everything_can_be_done(district: Request) -> None:
    splicing = sum("splice" in technician.skills for technician in district.technicians)
    assert 0.15 < splicing / len(district.technicians) < 0.35
    for order in district.orders:
        community = district.community_of(order)
        assert any(can_do(technician, order, community) for technician in district.technicians)


def test_most_ride_e_bikes_and_many_share_an_office(district: Request) -> None:
    profiles = Counter(technician.profile for technician in district.technicians)
    assert profiles["ebike"] > 0.7 * len(district.technicians)
    bases = Counter(technician.home for technician in district.technicians)
    assert sum(count for count in bases.values() if count > 1) > 0.4 * len(district.technicians)


def test_somebody_works_late_and_everybody_has_a_break(district: Request) -> None:
    shifts = [shift for technician in district.technicians for shift in technician.shifts]
    assert 0.1 < sum(shift.end.hour == 21 for shift in shifts) / len(shifts) < 0.35
    assert all(len(shift.breaks) == 1 for shift in shifts)


def test_service_factors_have_at_most_three_decimals_within_limits(district: Request) -> None:
    factors = [technician.service_factor for technician in district.technicians]
    assert all(factor == round(factor, 3) and 0.85 <= factor <= 1.3 for factor in factors)
