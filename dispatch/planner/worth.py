"""What one more technician-hour would be worth, by half-day and skill: from the dual prices of a bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal

from dispatch.domain.request import Request
from dispatch.planner.encode import Encoded
from solver.bounds import lower_bound
from solver.bounds_values import ExtraShift, savings
from solver.solution import Routes

HalfDay = Literal["morning", "afternoon"]
_LEAST_S: Final = 3_600
"""A shorter piece of a shift says nothing about an hour."""


@dataclass(frozen=True, kw_only=True)
class HourWorth:
    """One more technician-hour with a skill on a half-day.

    Attributes
    ----------
    technicians
        Who have the skill and work then; an hour of each is priced, from where they start.
    cost_per_hour
        What it would save at most at the margin, on the average of them, cost units: dual prices, which need not be the
        only ones. Only orders that ask for the skill count.
    """

    day: date
    half_day: HalfDay
    skill: str
    technicians: int
    cost_per_hour: int


def worth_of_hours(
    encoded: Encoded, request: Request, routes: Routes, *, limit_s: float, threads: int, clock: Callable[[], float]
) -> tuple[HourWorth, ...]:
    """Return what more hours are worth beside a plan's `routes`, by day, half-day (until noon, from noon) and skill.

    Parameters
    ----------
    limit_s
        Seconds on `clock` for the bound whose dual prices are asked; without a round of it every worth is 0.
    """
    bound = lower_bound(encoded.problem, limit_s=limit_s, clock=clock, threads=threads, incumbent=routes)
    skills = sorted({skill for order in request.orders for skill in order.skills})
    orders_of = {
        skill: frozenset(number for number, order in enumerate(request.orders) if skill in order.skills)
        for skill in skills
    }
    keys: list[tuple[date, HalfDay, str]] = []
    extras: list[ExtraShift] = []
    for shift, planned in enumerate(encoded.shifts):
        start_s = int(encoded.problem.shift_departure_s[shift])
        end_s = int(encoded.problem.shift_end_s[shift])
        day = planned.departure.astimezone(request.zone).date()
        noon_s = encoded.epoch.second_of(datetime.combine(day, time(12), tzinfo=request.zone))
        pieces: list[tuple[HalfDay, int, int]] = [
            ("morning", start_s, min(end_s, noon_s)),
            ("afternoon", max(start_s, noon_s), end_s),
        ]
        for half_day, from_s, until_s in pieces:
            for skill in skills:
                if skill in planned.technician.skills and until_s - from_s >= _LEAST_S:
                    keys.append((day, half_day, skill))
                    extras.append(ExtraShift(like=shift, departure_s=from_s, end_s=until_s, orders=orders_of[skill]))
    saved: dict[tuple[date, HalfDay, str], list[float]] = {}
    for key, extra, saving in zip(keys, extras, savings(encoded.problem, bound, extras), strict=True):
        saved.setdefault(key, []).append(saving * 3_600 / (extra.end_s - extra.departure_s))
    return tuple(
        HourWorth(
            day=day,
            half_day=half_day,
            skill=skill,
            technicians=len(values),
            cost_per_hour=round(sum(values) / len(values)),
        )
        for (day, half_day, skill), values in sorted(
            saved.items(), key=lambda item: (item[0][0], item[0][1] != "morning", item[0][2])
        )
    )
