"""When messages go out, by which channels and how often they are tried, as settings; and the rules over them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, Strict

from dispatch.domain.records.message import Channel, Template
from dispatch.domain.values import Document
from dispatch.policy.time_of_day import TimeOfDay

Attempts = Annotated[int, Strict(), Field(ge=1, le=100)]
Pause = Annotated[int, Strict(), Field(ge=1, le=7 * 86_400)]


class MessageSettings(Document):
    """How messages are sent; the meaning of each field stands in `defaults.toml`."""

    channels: tuple[Channel, ...]
    quiet_from: TimeOfDay
    quiet_until: TimeOfDay
    at_any_hour: tuple[Template, ...]
    switched_off: tuple[Template, ...]
    expires_s: dict[Template, Pause]
    attempts: Attempts
    first_pause_s: Pause
    longest_pause_s: Pause
    lease_s: Pause


def earliest_sending(moment: datetime, template: Template, *, settings: MessageSettings, zone: ZoneInfo) -> datetime:
    """Return when a message may go out at the earliest: `moment`, or the morning if that is in the quiet hours."""
    if template in settings.at_any_hour or settings.quiet_from == settings.quiet_until:
        return moment
    local = moment.astimezone(zone)
    clock, quiet_from, quiet_until = local.time(), settings.quiet_from, settings.quiet_until
    if quiet_from < quiet_until:
        is_quiet = quiet_from <= clock < quiet_until
    else:
        is_quiet = clock >= quiet_from or clock < quiet_until
    if not is_quiet:
        return moment
    morning = local.date() if clock < quiet_until else local.date() + timedelta(days=1)
    return datetime.combine(morning, quiet_until, tzinfo=zone).astimezone(moment.tzinfo)


def pause_after(attempts: int, *, settings: MessageSettings) -> timedelta:
    """Return how long to wait after so many failed attempts: it doubles from one to the next, up to a limit."""
    return timedelta(seconds=min(settings.longest_pause_s, settings.first_pause_s * 2 ** min(attempts - 1, 30)))
