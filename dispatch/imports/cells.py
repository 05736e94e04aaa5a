"""What the cells of a spreadsheet mean: texts, numbers, moments, days, choices, in Chinese or English.

A text that begins like a formula stays that text: nothing is ever evaluated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatch.domain.problems import shown
from dispatch.domain.values import duration_text
from dispatch.errors import DispatchError
from dispatch.exports.csv_tables import FORMULA_SIGNS
from dispatch.imports.limits import Cell

Reader = Callable[[Cell, ZoneInfo], Any]
"""Makes of a cell what JSON would hold, in the time zone of the dispatch centre; raises `BadCellError`."""

EXCEL_DAY_0: Final = datetime(1899, 12, 30)  # noqa: DTZ001 # spreadsheets know no zones
FIRST_SERIAL: Final = 25_569
"""1970-01-01 as Excel counts days; smaller numbers are no dates that planning knows."""
LAST_SERIAL: Final = 401_769
"""2999-12-31."""

_DATE: Final = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
_TIME: Final = (
    r"(?P<half>上午|下午|am|pm)?\s*(?P<hour>\d{1,2})\s*[:时点時點]\s*(?:(?P<minute>\d{1,2})\s*分?)?"
    r"(?::(?P<second>\d{1,2})(?:\.0*)?)?\s*(?P<later_half>am|pm)?"
)
_MOMENT: Final = re.compile(rf"{_DATE}(?:\s*t?\s*{_TIME})?\s*(?P<offset>z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE)
_ISO_DURATION: Final = re.compile(r"P[0-9A-Z]+", re.ASCII)
_LIST_SEPARATOR: Final = re.compile(r"[;；,，、\n|]")
_LEVEL: Final = re.compile(r"(?P<name>.+?)\s*[:：=*×]\s*(?P<level>\d{1,7})", re.ASCII)
_YES: Final = frozenset({"yes", "y", "true", "1", "是", "有", "√", "对", "對"})
_NO: Final = frozenset({"no", "n", "false", "0", "否", "无", "無", "×", "不"})


class BadCellError(DispatchError):
    """A cell does not hold what its column is for."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def text(cell: Cell, _: ZoneInfo) -> str:
    """Return a cell as text: numbers as they were typed, the apostrophe that kept a formula from being one removed."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    found = str(cell).strip()
    return found[1:] if found.startswith("'") and found[1:].startswith(FORMULA_SIGNS) else found


def whole_number(cell: Cell, _: ZoneInfo) -> int:
    """Return a cell as a whole number."""
    found = _number(cell)
    if found is None or not found.is_integer():
        raise BadCellError(f"{_said(cell)} is no whole number", "write digits only")
    return int(found)


def number(cell: Cell, _: ZoneInfo) -> float:
    """Return a cell as a number."""
    found = _number(cell)
    if found is None:
        raise BadCellError(f"{_said(cell)} is no number", "write digits, with a point before decimals")
    return found


def flag(cell: Cell, zone: ZoneInfo) -> bool:
    """Return a cell as yes or no."""
    word = _plain(text(cell, zone))
    if word not in _YES | _NO:
        raise BadCellError(f"{_said(cell)} is neither yes nor no", "write yes or no, 是 or 否")
    return word in _YES


def choice(value_of: Mapping[str, str]) -> Reader:
    """Return a reader of one of several words; keys are every way to write them."""
    known = {_plain(word): value for word, value in value_of.items()} | {value: value for value in value_of.values()}

    def read(cell: Cell, zone: ZoneInfo) -> str:
        value = known.get(_plain(text(cell, zone)))
        if value is None:
            raise BadCellError(f"{_said(cell)} is not known here", f"write one of {', '.join(value_of)}")
        return value

    return read


def choices(value_of: Mapping[str, str]) -> Reader:
    """Return a reader of several words out of those, separated by commas or semicolons."""
    one = choice(value_of)
    return lambda cell, zone: [one(name, zone) for name in names(cell, zone)]


def moment(cell: Cell, zone: ZoneInfo) -> str:
    """Return a cell as a moment with offset; without one it is local time of the dispatch centre."""
    if isinstance(cell, datetime):
        return _with_offset(cell, zone)
    if isinstance(cell, date):
        return _with_offset(datetime.combine(cell, time()), zone)
    serial = _serial(cell)
    if serial is not None:
        return _with_offset(EXCEL_DAY_0 + timedelta(seconds=round(serial * 86_400)), zone)
    found = _MOMENT.fullmatch(str(cell).strip()) if isinstance(cell, str) else None
    if found is None:
        raise _no_moment(cell)
    try:
        local = datetime.combine(_day_of(found), _clock_of(found) if found["hour"] else time())
    except ValueError as error:
        raise BadCellError(f"{_said(cell)} does not exist ({error})", "correct it") from None
    if found["offset"]:
        return f"{local.isoformat()}{found['offset'].upper()}"
    return _with_offset(local, zone)


def day(cell: Cell, zone: ZoneInfo) -> str:
    """Return a cell as a local day; a time of day beside it is refused unless it is midnight."""
    instant = datetime.fromisoformat(moment(cell, zone))
    if instant.time() != time():
        raise BadCellError(f"{_said(cell)} has a time of day", "write the day only, like 2026-03-10")
    return instant.date().isoformat()


def minutes(cell: Cell, _: ZoneInfo) -> str:
    """Return a cell that counts minutes, or is a duration such as `PT75M`, as ISO 8601 text."""
    if isinstance(cell, str) and _ISO_DURATION.fullmatch(cell.strip()):
        return cell.strip()
    if isinstance(cell, time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, timedelta):
        return duration_text(cell)
    found = _number(cell)
    if found is None or not 0 < found <= 527_040:
        raise BadCellError(f"{_said(cell)} is no number of minutes", "write minutes, like 75")
    return duration_text(timedelta(seconds=round(found * 60)))


def names(cell: Cell, zone: ZoneInfo) -> list[str]:
    """Return a cell as a list of names, separated by commas or semicolons."""
    return [part.strip() for part in _LIST_SEPARATOR.split(text(cell, zone)) if part.strip()]


def levels(cell: Cell, zone: ZoneInfo) -> dict[str, int]:
    """Return a cell as levels by name, as in `fiber:2; wiring`; a name alone counts 1."""
    found: dict[str, int] = {}
    for part in names(cell, zone):
        split = _LEVEL.fullmatch(part)
        found[split["name"] if split else part] = int(split["level"]) if split else 1
    return found


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()


def _said(cell: Cell) -> str:
    if isinstance(cell, str) and cell.strip().startswith("="):
        return f"{shown(cell)} is a formula, which is not calculated here, and"
    return shown(cell if isinstance(cell, str | int | float | bool) else str(cell))


def _number(cell: Cell) -> float | None:
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return float(cell)
    if not isinstance(cell, str):
        return None
    plain = unicodedata.normalize("NFKC", cell).strip()
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", plain, re.ASCII):
        return None
    return float(plain)


def _serial(cell: Cell) -> float | None:
    """Return a cell as Excel's count of days, if it can be one."""
    found = _number(cell)
    return found if found is not None and FIRST_SERIAL <= found < LAST_SERIAL + 1 else None


def _day_of(found: re.Match[str]) -> date:
    return date(int(found["year"]), int(found["month"]), int(found["day"]))


def _clock_of(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    half = (found["half"] or found["later_half"] or "").casefold()
    if half in {"下午", "pm"} and hour < 12:
        hour += 12
    if half in {"上午", "am"} and hour == 12:
        hour = 0
    return time(hour, int(found["minute"] or 0), int(found["second"] or 0))


def _with_offset(local: datetime, zone: ZoneInfo) -> str:
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    return aware.replace(microsecond=0).isoformat()


def _no_moment(cell: Cell) -> BadCellError:
    return BadCellError(f"{_said(cell)} is no date and time", "write it like 2026-03-10 09:00")
