"""Time limits as people write them on a command line: `30s`, `2m`, `1h`, `PT1M30S`."""

from __future__ import annotations

import re
from typing import Final

import typer

_SHORT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)", re.ASCII)
_ISO: Final = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?", re.ASCII | re.IGNORECASE)
_LONGEST_S: Final = 86_400.0
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def parse_limit(text: str) -> float:
    """Return the seconds that `text` stands for.

    Raises
    ------
    typer.BadParameter
        If `text` is neither a number with a unit (`ms`, `s`, `m`, `h`) nor an ISO 8601 time, or is zero, or is longer
        than a day.
    """
    short, iso = _SHORT.fullmatch(text.strip()), _ISO.fullmatch(text.strip())
    limit_s = 0.0
    if short:
        limit_s = float(short[1]) * _UNIT_S[short[2]]
    elif iso:
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        limit_s = hours * 3600 + minutes * 60 + seconds
    if limit_s <= 0:
        raise typer.BadParameter(f"{text!r} is not a time limit. Maybe you mean 30s, 2m or PT30S.")
    if limit_s > _LONGEST_S:
        raise typer.BadParameter(f"{text!r} is longer than a day. Maybe you mean 30s, 2m or PT30S.")
    return limit_s
