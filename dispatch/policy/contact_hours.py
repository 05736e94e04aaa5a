"""When customers may be called: contact hours, limits that roll into them, windows for the next attempt (R08, R10)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.request import Window
from dispatch.domain.values import with_fixed_offset
from dispatch.policy.life_settings import ContactSettings


def is_contact_time(moment: datetime, settings: ContactSettings, zone: ZoneInfo) -> bool:
    """Tell whether a customer may be called at a moment; both ends of the contact hours count."""
    return settings.earliest <= moment.astimezone(zone).time() <= settings.latest


def rolled_into_contact_hours(moment: datetime, settings: ContactSettings, zone: ZoneInfo) -> datetime:
    """Return a limit for a call: itself if it lies in the contact hours, else the next `roll_to` after it (R08)."""
    if is_contact_time(moment, settings, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() if local.time() < settings.earliest else local.date() + timedelta(days=1)
    return _moment(day, settings.roll_to, zone)


def first_contact_due(accepted_at: datetime, limit: timedelta, settings: ContactSettings, zone: ZoneInfo) -> datetime:
    """Return by when a customer is to be called first, after the technician has accepted the order (R08)."""
    return rolled_into_contact_hours(accepted_at + limit, settings, zone)


def next_attempt(failed_at: datetime, settings: ContactSettings, zone: ZoneInfo) -> Window:
    """Return the window of the next attempt: the first that begins after a failed one, across midnight if need be."""
    day = failed_at.astimezone(zone).date()
    while True:
        for window in settings.windows:
            start = _moment(day, window.start, zone)
            if start > failed_at:
                return Window(start=start, end=_moment(day, window.end, zone))
        day += timedelta(days=1)


def _moment(day: date, time_of_day: time, zone: ZoneInfo) -> datetime:
    return with_fixed_offset(datetime.combine(day, time_of_day, tzinfo=zone))
