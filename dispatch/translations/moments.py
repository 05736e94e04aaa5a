"""Moments and lengths of time as people read them: local time, in the words of a language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton

from dispatch.translations.catalogue import LOCALE_OF, Language, translations

NOTHING: Final = "–"
"""Stands where there is no moment."""
DAYS_KEPT: Final = 2_000
"""So many days are kept as they are written: a page names the same few again and again."""


class Moments:
    """Writes moments for people.

    Parameters
    ----------
    language
        Of the words.
    zone
        Moments are written in its local time.
    """

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self._language = language
        self._texts = translations(language)
        self._zone = zone

    def clock(self, moment: datetime | None) -> str:
        """Return the time of day: `08:30`."""
        return NOTHING if moment is None else f"{moment.astimezone(self._zone):%H:%M}"

    def day(self, moment: datetime | date | None) -> str:
        """Return weekday, month and day: `Tue, Mar 10`."""
        if moment is None:
            return NOTHING
        return _day(moment.astimezone(self._zone).date() if isinstance(moment, datetime) else moment, self._language)

    def moment(self, moment: datetime | None) -> str:
        """Return day and time: `Tue, Mar 10 08:30`."""
        return NOTHING if moment is None else f"{self.day(moment)} {self.clock(moment)}"

    def span(self, start: datetime, end: datetime) -> str:
        """Return an interval; the day stands once if both ends are on it: `Tue, Mar 10 08:30–10:00`."""
        if start.astimezone(self._zone).date() == end.astimezone(self._zone).date():
            return f"{self.moment(start)}–{self.clock(end)}"
        return f"{self.moment(start)} – {self.moment(end)}"

    def duration(self, length: timedelta) -> str:
        """Return hours and minutes without a sign; a begun minute counts as one."""
        minutes = -(-int(abs(length).total_seconds()) // 60)
        if minutes < 60:
            return self._texts.gettext("%(m)d min") % {"m": minutes}
        if minutes < 24 * 60:
            return self._texts.gettext("%(h)d h %(m)02d min") % {"h": minutes // 60, "m": minutes % 60}
        return self._texts.gettext("%(d)d d %(h)d h") % {"d": minutes // 1440, "h": minutes % 1440 // 60}

    def left(self, until: datetime, *, now: datetime) -> str:
        """Return how long it is until a moment, or since when it is over."""
        length = self.duration(until - now)
        if until >= now:
            return self._texts.gettext("in %(length)s") % {"length": length}
        return self._texts.gettext("%(length)s over") % {"length": length}

    def machine(self, moment: datetime) -> str:
        """Return a moment as the attribute `datetime` of an element wants it."""
        return moment.astimezone(self._zone).isoformat()


@lru_cache(maxsize=DAYS_KEPT)
def _day(day: date, language: Language) -> str:
    return str(format_skeleton("MMMEd", day, locale=_locale(language)))


@cache
def _locale(language: Language) -> Locale:
    """Return a locale; read once, since that takes a while."""
    return Locale.parse(LOCALE_OF[language])


@cache
def moments_in(language: Language, zone: ZoneInfo) -> Moments:
    """Return what writes moments in a language and zone."""
    return Moments(language, zone)
