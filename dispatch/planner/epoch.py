"""The moment that second 0 of the solver stands for: the one way between datetimes and solver seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Epoch:
    """Second 0 of a problem.

    Attributes
    ----------
    start
        Aware, UTC, a whole second.
    """

    start: datetime

    @classmethod
    def before(cls, instants: Iterable[datetime]) -> Self:
        """Return the epoch that starts at the earliest of `instants` (at least one)."""
        return cls(min(instants).astimezone(UTC).replace(microsecond=0))

    def second_of(self, instant: datetime) -> int:
        """Return the whole seconds from the epoch to `instant`; negative before it."""
        return (instant - self.start) // _SECOND

    def instant_of(self, second: int, zone: tzinfo) -> datetime:
        """Return the moment of `second` as local time of `zone`."""
        return (self.start + timedelta(seconds=second)).astimezone(zone)
