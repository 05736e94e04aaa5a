"""Moments, durations and numbers as a report writes them: local time, the language's units."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.report.texts import Texts

NOTHING: Final = "–"
"""Stands where there is no figure."""


class Words:
    """Writes moments and figures for people.

    Parameters
    ----------
    texts
        The language.
    zone
        Moments are written in it.
    """

    def __init__(self, texts: Texts, zone: ZoneInfo) -> None:
        self._texts, self._zone = texts, zone

    def clock(self, moment: datetime, day: date | None = None) -> str:
        """Return `08:30`; with `day` and on another one `+1 08:30`, counted in days from it."""
        local = moment.astimezone(self._zone)
        later = 0 if day is None else (local.date() - day).days
        return f"{later:+d} {local:%H:%M}" if later else f"{local:%H:%M}"

    def moment(self, moment: datetime | None) -> str:
        """Return day and time without the year: `10 Mar 08:30`."""
        if moment is None:
            return NOTHING
        local = moment.astimezone(self._zone)
        return self._texts("moment", day=self._month_day(local.date()), time=f"{local:%H:%M}")

    def day(self, day: date) -> str:
        """Return a day with its weekday and year."""
        weekday = self._texts.words("weekdays")[day.weekday()]
        return self._texts("day", weekday=weekday, day=self._month_day(day), year=day.year)

    def short_day(self, day: date) -> str:
        """Return a day with its weekday, without the year."""
        return self._texts("short_day", weekday=self._texts.words("weekdays")[day.weekday()], day=self._month_day(day))

    def duration(self, seconds: int) -> str:
        """Return minutes, from an hour on with hours: `1 h 27 min`; a begun minute counts as one."""
        minutes = -(-seconds // 60)
        if minutes < 60:
            return self._texts("minutes", m=minutes)
        if minutes % 60 == 0:
            return self._texts("hours", h=f"{minutes // 60:,}")
        return self._texts("hours_minutes", h=f"{minutes // 60:,}", m=f"{minutes % 60:02}")

    def hours(self, seconds: int) -> str:
        """Return hours with one decimal."""
        return self._texts("hours", h=f"{seconds / 3600:,.1f}")

    def kilometres(self, metres: int) -> str:
        """Return kilometres: one decimal below 100."""
        km = metres / 1000
        return self._texts("kilometres", km=f"{km:,.0f}" if km >= 100 else f"{km:,.1f}")

    def share(self, share: float | None, *, decimals: int = 0) -> str:
        """Return per cent; None = no figure."""
        return NOTHING if share is None else f"{share * 100:.{decimals}f}%"

    def number(self, number: int) -> str:
        """Return a whole number with its thousands apart."""
        return f"{number:,}"

    def _month_day(self, day: date) -> str:
        return self._texts("month_day", month=self._texts.words("months")[day.month - 1], day=day.day)
