"""Who works when: patterns of shifts with their breaks and overtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from numpy.random import Generator

from dispatch.domain.request import Break, Shift

OVERTIME_SHARE: Final = 0.75
"""Technicians who accept overtime."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A shift of the roster; every time is the distance from midnight.

    Attributes
    ----------
    pause_from, pause_until
        The break lies between these.
    overtime
        How long a shift may become, for those who accept it.
    is_late
        True for the shift that covers the evening.
    """

    start: timedelta
    end: timedelta
    pause_from: timedelta
    pause_until: timedelta
    pause: timedelta
    overtime: timedelta
    is_late: bool = False


def _clock(hour: int, minute: int = 0) -> timedelta:
    return timedelta(hours=hour, minutes=minute)


EARLY: Final = Pattern(
    start=_clock(8), end=_clock(17), pause_from=_clock(11, 30), pause_until=_clock(13, 30), pause=_clock(1),
    overtime=_clock(1),
)  # fmt: skip
DAY: Final = Pattern(
    start=_clock(8, 30), end=_clock(18), pause_from=_clock(11, 30), pause_until=_clock(13, 30), pause=_clock(1),
    overtime=_clock(1),
)  # fmt: skip
LATE: Final = Pattern(
    start=_clock(12), end=_clock(21), pause_from=_clock(16, 30), pause_until=_clock(19), pause=_clock(0, 45),
    overtime=_clock(0, 30), is_late=True,
)  # fmt: skip
PATTERN_CYCLE: Final = (DAY, LATE, EARLY, DAY, DAY)
"""The posts of each role take these in turn."""


def draw_shifts(
    technician: str,
    pattern: Pattern,
    midnights: Sequence[datetime],
    *,
    end_at: Literal["last_stop"] | None,
    max_visits: int | None,
    rng: Generator,
) -> tuple[Shift, ...]:
    """Make one shift for each planned day, all of one pattern.

    Parameters
    ----------
    technician
        Id, the first part of the shifts' ids.
    midnights
        Start of each planned day, and the end of the last.
    """
    overtime = pattern.overtime if rng.random() < OVERTIME_SHARE else None
    return tuple(
        Shift(
            id=f"{technician}-d{day + 1}",
            start=midnight + pattern.start,
            end=midnight + pattern.end,
            overtime_until=None if overtime is None else midnight + pattern.end + overtime,
            max_visits=max_visits,
            end_at=end_at,
            breaks=(
                Break(
                    earliest=midnight + pattern.pause_from,
                    latest=midnight + pattern.pause_until,
                    duration=pattern.pause,
                ),
            ),
        )
        for day, midnight in enumerate(midnights[:-1])
    )
