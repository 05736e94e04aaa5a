"""A local time of day in a policy file: `"17:00"`."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from dispatch.domain.values import refusal


def _read_time_of_day(value: object) -> time:
    if isinstance(value, time):
        moment = value
    else:
        try:
            moment = time.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise refusal(f"{value!r} is no time of day", 'write it like "17:00"') from None
    if moment.tzinfo is not None or moment.microsecond:
        raise refusal(f"{value!s} is no local time of whole seconds", 'write it like "17:00"')
    return moment


TimeOfDay = Annotated[time, BeforeValidator(_read_time_of_day), PlainSerializer(lambda moment: f"{moment:%H:%M:%S}")]
