"""What a replay is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from benchmarks.cities.spec import CitySpec, Size
from dispatch.errors import BadInputError, Problem

PolicyName: TypeAlias = Literal["nearest", "insertion", "periodic", "ours"]
POLICIES: Final[tuple[PolicyName, ...]] = get_args(PolicyName)

DAYS_LIMITS: Final = (1, 60)
BOOKABLE_DAYS: Final = 3
"""Customers book today, tomorrow or the day after."""


@dataclass(frozen=True, kw_only=True)
class ReplaySpec:
    """The parameters of one replayed stretch of days; the same parameters, the same days.

    Attributes
    ----------
    size, seed, load
        Of the city. Each day as many orders come in as make this load, on the average.
    days
        How many days, one after the other; what is not done on one day is open on the next.
    night_iterations, live_iterations
        Iterations of the nightly search and of every search during the day.
    period
        How often the policy "periodic" searches anew.
    settle
        Least time between two changes of the plan of "insertion" and "ours".
    policy_path
        The operator's policy; None = the packaged one. Nature takes no notice of it.
    checked_every
        Of so many plans one has its reasons proved and is checked; 1 = all. Events do not depend on it.
    """

    size: Size = "district"
    seed: int = 7
    load: float = 0.8
    days: int = 5
    night_iterations: int = 30_000
    live_iterations: int = 2_000
    period: timedelta = timedelta(minutes=30)
    settle: timedelta = timedelta(minutes=5)
    policy_path: Path | None = None
    checked_every: int = 20

    def __post_init__(self) -> None:
        problems = []
        if not DAYS_LIMITS[0] <= self.days <= DAYS_LIMITS[1]:
            problems.append(_problem("days", self.days, "choose {} to {}".format(*DAYS_LIMITS)))
        problems += [
            _problem(name, getattr(self, name), "choose 1 or more")
            for name in ("night_iterations", "live_iterations", "checked_every")
            if getattr(self, name) < 1
        ]
        problems += [
            _problem(name, getattr(self, name), "choose a minute or more")
            for name in ("period", "settle")
            if getattr(self, name) < timedelta(minutes=1)
        ]
        if problems:
            raise BadInputError(problems)

    @property
    def city(self) -> CitySpec:
        """The city on the evening before the first day."""
        return CitySpec(size=self.size, seed=self.seed, load=self.load)


def _problem(name: str, value: object, remedy: str) -> Problem:
    return Problem(path=name, message=f"{value!s} is not possible", remedy=remedy)
