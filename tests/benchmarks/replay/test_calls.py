from __future__ import annotations

from datetime import datetime

import pytest

from benchmarks.replay.calls import contact_limit, in_call_hours, retry_at
from benchmarks.replay.nature import Nature


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}:00+08:00")


@pytest.mark.parametrize(
    ("taken", "limit"),
    [
        pytest.param("10T09:00", "10T11:00", id="by-day"),
        pytest.param("10T18:59", "10T20:59", id="just-before-nine"),
        pytest.param("10T19:00", "11T09:00", id="in-the-evening"),
        pytest.param("10T23:00", "11T09:00", id="at-night"),
        pytest.param("11T03:00", "11T09:00", id="before-dawn"),
    ],
)
def test_a_customer_is_to_be_called_within_two_hours_but_not_at_night(taken: str, limit: str) -> None:
    assert contact_limit(moment(taken)) == moment(limit)


@pytest.mark.parametrize(
    ("failed", "again"),
    [
        pytest.param("10T08:40", "10T09:00", id="morning"),
        pytest.param("10T09:00", "10T11:30", id="noon"),
        pytest.param("10T12:00", "10T18:00", id="evening"),
        pytest.param("10T18:30", "11T09:00", id="next-morning"),
    ],
)
def test_who_was_not_reached_is_called_again_in_the_morning_at_noon_and_in_the_evening(failed: str, again: str) -> None:
    assert retry_at(moment(failed)) == moment(again)


@pytest.mark.parametrize(
    ("wanted", "earliest", "latest"),
    [
        pytest.param("10T10:00", "10T10:00", "10T10:00", id="by-day"),
        pytest.param("10T22:00", "11T08:30", "11T09:00", id="at-night"),
        pytest.param("10T02:00", "10T08:30", "10T09:00", id="before-dawn"),
    ],
)
def test_nobody_is_called_at_night(wanted: str, earliest: str, latest: str) -> None:
    assert moment(earliest) <= in_call_hours(moment(wanted), Nature(1), "o-1") <= moment(latest)
