"""Moments, durations and the base of all documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from dispatch.domain.values import duration_text, in_utc, read_day, read_duration, read_instant, with_fixed_offset


@pytest.mark.parametrize("text", ["0001-01-01", "1970-01-01", "2999-12-31", "9999-12-31"])
def test_a_day_that_is_not_whole_within_the_years_of_moments_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="lies outside the years 1970 to 2999"):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT75M", timedelta(minutes=75)),
        ("PT1H15M", timedelta(minutes=75)),
        ("PT4500S", timedelta(minutes=75)),
        ("P1D", timedelta(days=1)),
        ("P1W", timedelta(days=7)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
    ],
)
def test_duration_is_read_in_weeks_to_seconds(text: str, duration: timedelta) -> None:
    assert read_duration(text) == duration


@given(st.integers(1, 366 * 86_400))
def test_duration_written_is_read_back(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert read_duration(duration_text(duration)) == duration


def test_moment_keeps_the_offset_it_was_written_in() -> None:
    assert read_instant("2026-03-09T20:00:00+08:00").isoformat() == "2026-03-09T20:00:00+08:00"
    assert read_instant("2026-03-09t20:00:00z") == datetime(2026, 3, 9, 20, tzinfo=UTC)


def test_same_moment_has_one_text_in_utc() -> None:
    assert in_utc(read_instant("2026-03-09T20:00:00+08:00")) == "2026-03-09T12:00:00Z"


def test_fixed_offsets_count_real_time_across_a_clock_change() -> None:
    """New York put its clocks forward on 2026-03-08 at 02:00: from 01:30 to 03:30 it is one hour."""
    new_york = ZoneInfo("America/New_York")
    before, after = (datetime(2026, 3, 8, hour, 30, tzinfo=new_york) for hour in (1, 3))
    assert after - before == timedelta(hours=2)  # what Python does within one zone
    assert with_fixed_offset(after) - with_fixed_offset(before) == timedelta(hours=1)
    assert with_fixed_offset(after).tzinfo == timezone(timedelta(hours=-4))


def test_second_of_two_equal_wall_clocks_stays_the_second() -> None:
    later = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1)
    assert with_fixed_offset(later).astimezone(UTC) == later.astimezone(UTC)
