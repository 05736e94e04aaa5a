"""What really happens: distributions that no planner sees.

A planner knows durations from the catalogue and travel from the map. Nature's means differ by up to a fifth for each
kind of work, its tails are heavier than lognormal, and on a bad day everything is slow at once. Every draw is a
function of the seed, what it is about and whom it concerns, so that all policies meet the same day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from math import ceil, exp
from typing import Final
from zlib import crc32

from numpy.random import Generator

from benchmarks.cities.streams import Streams
from dispatch.domain.request import Order, OrderKind

KINDS: Final[tuple[OrderKind, ...]] = ("install", "move", "repair", "speed_remedy", "follow_up")

SERVICE_MEAN_LIMITS: Final = (0.85, 1.20)
"""True mean duration of a kind over the planned one, uniform by kind."""
SERVICE_SIGMA: Final = 0.25
"""Standard deviation of the logarithm of an ordinary visit's duration."""
LONG_SHARE: Final = 0.04
LONG_FACTOR_LIMITS: Final = (1.5, 3.0)
"""Visits where something is wrong behind the wall: the heavy tail."""
PERSON_DAY_SIGMA: Final = 0.07
"""How much a technician's pace varies from day to day."""
TRAVEL_BY_HOUR: Final = (
    *(0.85, 0.85, 0.85, 0.85, 0.85, 0.90, 1.00, 1.20, 1.25, 1.05, 0.95, 1.00),
    *(1.05, 0.95, 0.95, 1.00, 1.10, 1.25, 1.20, 1.05, 0.95, 0.90, 0.85, 0.85),
)
TRAVEL_SIGMA: Final = 0.18
BAD_DAY_SHARE: Final = 0.2
BAD_DAY_TRAVEL: Final = 1.25
BAD_DAY_SERVICE: Final = 1.06

NO_ACCESS_SHARE: Final = 0.025
"""Customers who are not there; twice as many of those who were not called before."""
NO_ACCESS_WAIT: Final = timedelta(minutes=10)
CANNOT_SHARE: Final = 0.015
"""Of installs and moves: no port, no duct, no permission."""
SLOW_LINE_SHARE: Final = 0.03
"""Of installs, moves and repairs: the speed test fails (R14)."""
REACHED_SHARE: Final = 0.88
"""Calls that are answered."""


@dataclass(frozen=True)
class Nature:
    """The hidden truth of one replay.

    Attributes
    ----------
    seed
        Of everything that is drawn.
    """

    seed: int

    @cached_property
    def _streams(self) -> Streams:
        return Streams(self.seed)

    def draw(self, aspect: str, *names: object) -> Generator:
        """Return the generator of an aspect for what the names say, whatever was drawn before."""
        return self._streams.of(f"replay.{aspect}", crc32("|".join(map(str, names)).encode()))

    def is_bad(self, day: int) -> bool:
        """Tell whether everything is slow on a day."""
        return bool(self.draw("bad_day", day).random() < BAD_DAY_SHARE)

    @cached_property
    def _service_mean(self) -> dict[OrderKind, float]:
        return {kind: self.draw("service_mean", kind).uniform(*SERVICE_MEAN_LIMITS) for kind in KINDS}

    def service_s(self, order: Order, technician: str, planned_s: int, *, day: int) -> int:
        """Return how long a visit really lasts.

        Parameters
        ----------
        planned_s
            As planned for this technician.
        """
        rng = self.draw("service", order.id)
        factor = self._service_mean[order.kind] * exp(SERVICE_SIGMA * rng.standard_normal() - SERVICE_SIGMA**2 / 2)
        if rng.random() < LONG_SHARE:
            factor *= rng.uniform(*LONG_FACTOR_LIMITS)
        factor *= exp(PERSON_DAY_SIGMA * self.draw("person_day", technician, day).standard_normal())
        factor *= BAD_DAY_SERVICE if self.is_bad(day) else 1.0
        return max(60, ceil(planned_s * factor))

    def travel_s(self, order: Order, planned_s: int, *, leave: datetime, day: int) -> int:
        """Return how long the way to an order really takes."""
        noise = TRAVEL_SIGMA * self.draw("travel", order.id, day).standard_normal() - TRAVEL_SIGMA**2 / 2
        factor = TRAVEL_BY_HOUR[leave.hour] * exp(noise) * (BAD_DAY_TRAVEL if self.is_bad(day) else 1.0)
        return max(1, ceil(planned_s * factor))

    def lets_in(self, order: Order, attempt: int, *, was_called: bool) -> bool:
        """Tell whether somebody opens the door at the visit number `attempt`."""
        share = NO_ACCESS_SHARE if was_called else 2 * NO_ACCESS_SHARE
        return bool(self.draw("access", order.id, attempt).random() >= share)

    def can_be_done(self, order: Order) -> bool:
        """Tell whether the work is possible at all."""
        is_building = order.kind in {"install", "move"}
        return not (is_building and self.draw("cannot", order.id).random() < CANNOT_SHARE)

    def is_fast_enough(self, order: Order) -> bool:
        """Tell whether the speed test at the end passes (R14)."""
        is_tested = order.kind in {"install", "move", "repair"}
        return not (is_tested and self.draw("speed", order.id).random() < SLOW_LINE_SHARE)

    def is_reached(self, order: str, attempt: int) -> bool:
        """Tell whether the call number `attempt` is answered."""
        return bool(self.draw("contact", order, attempt).random() < REACHED_SHARE)

    def guess(self, remaining_s: float, order: str, number: int) -> int:
        """Return what a technician on site says the rest will take: to five minutes, and wrong by a fifth or so."""
        told_s = remaining_s * self.draw("guess", order, number).uniform(0.8, 1.25)
        return 300 * max(1, round(told_s / 300))
