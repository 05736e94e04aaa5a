"""The city that the benchmarks of the service run in."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from benchmarks.service.running_city import MORNING_H, city_of_today


@pytest.mark.parametrize("hour", [0, 1, 9, 18, 19, 23])
def test_it_is_morning_in_the_city_whatever_the_hour(hour: int) -> None:
    now = datetime(2026, 3, 10, hour, 30, tzinfo=UTC)
    city = city_of_today("village", seed=7, now=now)
    there = now.astimezone(ZoneInfo(city.time_zone))
    assert there.hour == MORNING_H
    assert city.horizon.start.date() == there.date()
    assert city.horizon.end - city.horizon.start == timedelta(days=2)


def test_nothing_was_accepted_in_the_future() -> None:
    now = datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert all(order.accepted_at <= now for order in city_of_today("village", seed=7, now=now).orders)
