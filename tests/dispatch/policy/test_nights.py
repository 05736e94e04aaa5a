"""When a dispatch centre plans by itself: its own zone, clocks that change, days that are planned."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.records.centre import Centre, NightlyRules
from dispatch.policy.nights import dispatch_day_at, horizon_of, last_night, next_night, night_of
from dispatch.policy.settings import load_policy

SETTINGS = load_policy().planning
MADE = datetime(2026, 3, 9, 12, tzinfo=UTC)


def a_centre(zone: str = "Asia/Shanghai", cron: str | None = None) -> Centre:
    return Centre(id="c", created_at=MADE, changed_at=MADE, name="C", time_zone=zone, nightly=NightlyRules(cron=cron))


def utc(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_centre_plans_at_the_hour_of_its_own_zone() -> None:
    # 20:30 in Shanghai = 12:30 UTC
    assert next_night(a_centre(), SETTINGS, after=utc(9, 12)) == utc(9, 12, 30)
    assert next_night(a_centre(), SETTINGS, after=utc(9, 12, 30)) == utc(10, 12, 30)
    assert next_night(a_centre("Europe/Berlin", "0 5 * * *"), SETTINGS, after=utc(9, 12)) == utc(10, 4)


def test_what_a_centre_does_not_say_itself_the_policy_does() -> None:
    night = night_of(a_centre(cron="0 4 * * *"), SETTINGS)
    assert (night.cron, night.search_s, night.publishes, night.days) == ("0 4 * * *", 600.0, True, 3)


def test_a_time_that_spring_skips_comes_once_and_one_that_autumn_repeats_comes_once() -> None:
    berlin = a_centre("Europe/Berlin", "30 2 * * *")
    # 2026-03-29: 02:00 to 03:00 does not exist; 03:00 summer time = 01:00 UTC
    nights = [utc(28, 1, 30)]
    for _ in range(2):
        nights.append(next_night(berlin, SETTINGS, after=nights[-1]))
    assert nights == [utc(28, 1, 30), utc(29, 1, 0), utc(30, 0, 30)]
    # 2026-10-25: 02:30 comes twice, at 00:30 and at 01:30 UTC
    first = next_night(berlin, SETTINGS, after=utc(24, 12, month=10))
    second = next_night(berlin, SETTINGS, after=first)
    assert first in {utc(25, 0, 30, month=10), utc(25, 1, 30, month=10)}
    assert second == utc(26, 1, 30, month=10)


def test_the_last_night_is_the_youngest_of_those_missed() -> None:
    assert last_night(a_centre(), SETTINGS, until=utc(12, 3)) == utc(11, 12, 30)
    assert last_night(a_centre(), SETTINGS, until=utc(11, 12, 30)) == utc(11, 12, 30)


@pytest.mark.parametrize(("local_hour", "day"), [(20, 10), (6, 10), (5, 9), (0, 9)])
def test_a_plan_begun_in_the_small_hours_is_for_that_day(local_hour: int, day: int) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert dispatch_day_at(datetime(2026, 3, 9, local_hour, tzinfo=zone), zone, SETTINGS) == date(2026, 3, day)


def test_days_are_local_days_even_when_the_clock_changes() -> None:
    horizon = horizon_of(date(2026, 3, 29), 1, ZoneInfo("Europe/Berlin"))
    assert horizon.end - horizon.start == timedelta(hours=23)
