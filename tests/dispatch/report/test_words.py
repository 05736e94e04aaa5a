"""How moments, durations and numbers are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.report.texts import Language, Texts
from dispatch.report.words import Words

TEN_IN_SHANGHAI = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def words(language: Language) -> Words:
    return Words(Texts(language), ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("language", "moment", "day"),
    [("en", "10 Mar 10:00", "Tue 10 Mar 2026"), ("zh", "3月10日 10:00", "2026年3月10日 周二")],
)
def test_moments_are_local_and_in_the_language(language: Language, moment: str, day: str) -> None:
    assert words(language).moment(TEN_IN_SHANGHAI) == moment
    assert words(language).day(date(2026, 3, 10)) == day


def test_a_time_on_another_day_says_so() -> None:
    assert words("en").clock(TEN_IN_SHANGHAI, date(2026, 3, 10)) == "10:00"
    assert words("en").clock(TEN_IN_SHANGHAI, date(2026, 3, 9)) == "+1 10:00"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(0, "0 min", "0分钟"), (61, "2 min", "2分钟"), (3600, "1 h", "1小时"), (5220, "1 h 27 min", "1小时27分钟")],
)
def test_a_begun_minute_counts(seconds: int, english: str, chinese: str) -> None:
    assert (words("en").duration(seconds), words("zh").duration(seconds)) == (english, chinese)


def test_figures_that_do_not_exist_are_a_dash() -> None:
    assert (words("en").share(None), words("en").moment(None)) == ("–", "–")
    assert words("en").share(0.9364, decimals=1) == "93.6%"
    assert (words("en").kilometres(682_184), words("en").kilometres(9_940)) == ("682 km", "9.9 km")
