"""Building blocks of the documents: moments, durations, ids, and the frozen base of all models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from dispatch.domain.problems import shown

FIRST_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MOMENT: Final = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
"""Moments outside are slips of the pen; inside, no arithmetic of the planner can overflow."""
MAX_DURATION: Final = timedelta(days=366)

_CONTROL: Final = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))
"""Characters that would break lines of output, or steer the terminal that shows them."""

_INSTANT = re.compile(
    r"(?P<moment>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<offset>[Zz]|[+-]\d\d:\d\d)?", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


def refusal(message: str, remedy: str) -> PydanticCustomError:
    """Return the error a validator raises; message and remedy reach the user as they are."""
    return PydanticCustomError("refused", "{message}", {"message": message, "remedy": remedy})


def read_instant(value: object) -> datetime:
    """Return an aware datetime of whole seconds and fixed offset, from RFC 3339 text or an aware datetime.

    Raises
    ------
    PydanticCustomError
        If the value is naive, has a fraction of a second, lies outside 1970..2999 (UTC) or is no moment at all.
    """
    if isinstance(value, str):
        moment = _instant_from_text(value)
    elif isinstance(value, datetime):
        moment = value
    else:
        raise refusal(f"{shown(value)} is no moment", 'write it as text, like "2026-03-09T20:00:00+08:00"')
    if moment.utcoffset() is None:
        raise refusal(f"{value!s} has no offset from UTC", 'append one, like "+08:00" or "Z"')
    if moment.microsecond:
        raise refusal(f"{value!s} has a fraction of a second", "round it to whole seconds")
    if not FIRST_MOMENT <= moment <= LAST_MOMENT:
        years = f"{FIRST_MOMENT.year} to {LAST_MOMENT.year} (UTC)"
        raise refusal(f"{value!s} lies outside the years {years}", "leave it out if it means never")
    return with_fixed_offset(moment)


def with_fixed_offset(moment: datetime) -> datetime:
    """Return the same aware moment with its offset instead of its zone.

    Python compares and subtracts two datetimes of one `ZoneInfo` by their wall clocks, an hour off across a clock
    change; between fixed offsets it counts real time.
    """
    offset = moment.utcoffset()
    if offset is None or isinstance(moment.tzinfo, timezone):
        return moment
    return moment.replace(tzinfo=timezone(offset), fold=0)


@lru_cache(maxsize=1 << 14)
def _instant_from_text(text: str) -> datetime:
    """Return the moment of a text; documents name the same moments again and again."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise refusal(f"{shown(text)} is no moment", 'write it like "2026-03-09T20:00:00+08:00"')
    if found["fraction"] and found["fraction"].strip(".0"):
        raise refusal(f"{text} has a fraction of a second", "round it to whole seconds")
    offset = found["offset"] or ""
    if offset[1:] > "23:59":
        raise refusal(f"{text} is a day or more off UTC", 'correct the offset, like "+08:00"')
    try:
        return datetime.fromisoformat(found["moment"].upper() + offset.upper())
    except ValueError as error:
        remedy = "correct it; leap seconds are not known here" if ":60" in text else "correct it"
        raise refusal(f"{text} does not exist ({error})", remedy) from None


def read_day(value: object) -> date:
    """Return a local day, from text such as `2026-03-10` or from a date.

    Raises
    ------
    PydanticCustomError
        If the value is a moment, a number or no day at all, or lies outside 1970..2999.
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise refusal(f"{shown(value)} is no day", 'write it like "2026-03-10"')
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise refusal(f"{value} does not exist ({error})", "correct it") from None
    if not FIRST_MOMENT.date() < day < LAST_MOMENT.date():  # in every zone all of it lies between them
        raise refusal(f"{value} lies outside the years 1970 to 2999", "correct it")
    return day


def read_duration(value: object) -> timedelta:
    """Return a positive timedelta of whole seconds, from ISO 8601 text such as `PT75M` or from a timedelta.

    Raises
    ------
    PydanticCustomError
        If the value is zero, negative, longer than `MAX_DURATION`, has fractions, or is no duration at all.
    """
    if isinstance(value, timedelta):
        duration = value
    elif isinstance(value, str):
        duration = _duration_from_text(value)
    else:
        raise refusal(f"{shown(value)} is no duration", 'write it as ISO 8601 text, like "PT75M"')
    if duration <= timedelta(0):
        raise refusal(f"{value!s} is not longer than zero", 'give a positive duration, like "PT45M"')
    if duration > MAX_DURATION:
        raise refusal(f"{value!s} is longer than {MAX_DURATION.days} days", "give the time one visit takes")
    if duration.microseconds:
        raise refusal(f"{value!s} has a fraction of a second", "round it to whole seconds")
    return duration


def _duration_from_text(text: str) -> timedelta:
    if text.startswith("-"):
        raise refusal(f"{shown(text)} is negative", 'give a positive duration, like "PT45M"')
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith(("P", "T")):
        raise refusal(
            f"{shown(text)} is no duration of whole seconds",
            'write weeks, days, hours, minutes, seconds in ISO 8601, like "PT75M" or "PT1H15M"',
        )
    return timedelta(**{unit: int(number) for unit, number in found.groupdict().items() if number})


def duration_text(duration: timedelta) -> str:
    """Return a duration of whole seconds as ISO 8601, in hours, minutes and seconds: `PT1H15M`."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if number]
    return "PT" + ("".join(parts) or "0S")


def in_utc(moment: datetime) -> str:
    """Return a moment in UTC as RFC 3339: the same text for the same moment, whatever its offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Instant = Annotated[AwareDatetime, BeforeValidator(read_instant)]
"""A moment: RFC 3339 with offset, whole seconds."""

Day = Annotated[date, BeforeValidator(read_day)]
"""A local day: `2026-03-10`."""

Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(duration_text, when_used="json"),
    WithJsonSchema({"type": "string", "format": "duration", "examples": ["PT75M"]}),
]
"""A positive length of time: ISO 8601, whole seconds."""


def _is_one_line(text: str) -> str:
    if not _CONTROL.isdisjoint(text):
        raise refusal(f"{shown(text)} holds a line break or another control character", "leave it out of the id")
    return text


Identifier = Annotated[str, Strict(), Field(min_length=1, max_length=200), AfterValidator(_is_one_line)]
"""An id: any text of one line, unique in its list."""


def _is_sha256(text: str) -> str:
    if not _SHA256.fullmatch(text):
        raise refusal(
            f"{shown(text)} is no SHA-256", "give the file's, 64 hexadecimal digits, as `sha256sum` prints it"
        )
    return text


Sha256 = Annotated[
    str, Strict(), AfterValidator(_is_sha256), WithJsonSchema({"type": "string", "pattern": "^[0-9A-Fa-f]{64}$"})
]
"""The SHA-256 of a file in hex, of either case."""


def has_three_decimals(factor: float) -> float:
    """Return a factor that is a whole number of thousandths; a validator.

    Raises
    ------
    PydanticCustomError
        If it is not.
    """
    if abs(factor * 1000 - round(factor * 1000)) > 1e-6:
        raise refusal(f"{factor} has more than 3 decimals", f"round it to {round(factor, 3)}")
    return factor


TravelFactor = Annotated[float, Strict(), Field(ge=0.1, le=10), AfterValidator(has_three_decimals)]
"""Multiplies seconds of travel."""

Count = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
"""A small whole number from 0 on: parts, tools, levels."""

Seconds = Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]
Metres = Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]


class Document(BaseModel):
    """Base of all models: frozen, unknown fields refused, null means the default."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,  # what is no document may be personal all the same, and errors end up in logs
    )

    @model_validator(mode="before")
    @classmethod
    def _read_null_as_default(cls, data: Any) -> Any:
        if isinstance(data, dict) and None in data.values():
            optional = _optional_keys(cls)
            return {key: value for key, value in data.items() if value is not None or key not in optional}
        return data

    def __copy__(self) -> Self:
        """Return a copy without cached lookups, so that `model_copy(update=...)` never keeps an outdated one."""
        copied = super().__copy__()
        for name in set(copied.__dict__) - set(type(self).model_fields):
            del copied.__dict__[name]
        return copied


@cache
def _optional_keys(model: type[BaseModel]) -> frozenset[str]:
    fields: Mapping[str, Any] = model.model_fields
    return frozenset(field.alias or name for name, field in fields.items() if not field.is_required())
