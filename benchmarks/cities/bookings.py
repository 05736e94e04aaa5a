"""What was arranged with the customer: a half-day (R07), an exact time (R09), or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from numpy.random import Generator

from dispatch.domain.request import OrderKind, Window
from dispatch.policy.settings import HalfDays

HALF_DAY_SHARES: Final = {"morning": 0.39, "afternoon": 0.45, "evening": 0.16}
"""How often each half-day of the policy is chosen, where the promise leaves the choice."""
FOLLOW_UP_HOURS: Final = (time(9, 0), time(18, 0))

BOOKED_SHARE: Final[dict[OrderKind, float]] = {"install": 0.72, "move": 0.72, "repair": 0.25, "speed_remedy": 0.30}
"""Orders with a half-day; people with a fault are mostly glad if somebody comes at all."""
AGREED_SHARE: Final[dict[OrderKind, float]] = {"install": 0.10, "move": 0.10, "repair": 0.08, "speed_remedy": 0.15}
"""Orders with an exact time, on the quarter of an hour."""
BEYOND_PROMISE_SHARE: Final = 0.04
"""Customers who want a later day than the promise gives them."""
NEXT_DAY_RATIO: Final = 0.8
"""Each day further ahead is chosen that much less often than the day before it."""


@dataclass(frozen=True, kw_only=True)
class Booking:
    """The fields of an order that say when the customer expects somebody."""

    windows: tuple[Window, ...] = ()
    agreed_start: datetime | None = None


def draw_booking(
    kind: OrderKind, due: datetime | None, midnights: Sequence[datetime], half_days: HalfDays, rng: Generator
) -> Booking:
    """Draw what was arranged, within the promise for nearly everybody.

    Parameters
    ----------
    due
        When the promise ends; None without promise.
    midnights
        Start of each planned day, and the end of the last.
    half_days
        The slots that can be booked.
    """
    days = midnights[:-1]
    if kind == "follow_up":
        start, end = FOLLOW_UP_HOURS
        return Booking(windows=tuple(Window(start=_at(day, start), end=_at(day, end)) for day in days))
    drawn = rng.random()
    if drawn >= BOOKED_SHARE[kind] + AGREED_SHARE[kind]:
        return Booking()
    slot = _draw_slot(days, due, half_days, rng)
    if drawn < BOOKED_SHARE[kind]:
        return Booking(windows=(slot,))
    quarters = int((slot.end - slot.start) / timedelta(minutes=15))
    return Booking(agreed_start=slot.start + timedelta(minutes=15) * int(rng.integers(quarters + 1)))


def _draw_slot(days: Sequence[datetime], due: datetime | None, half_days: HalfDays, rng: Generator) -> Window:
    offers = [
        (Window(start=_at(day, half.start), end=_at(day, half.end)), HALF_DAY_SHARES[name] * NEXT_DAY_RATIO**k)
        for k, day in enumerate(days)
        for name, half in half_days
    ]
    is_patient = rng.random() < BEYOND_PROMISE_SHARE
    kept = [offer for offer in offers if due is None or is_patient or offer[0].end <= due]
    # Nothing is soon enough: the centre gives the first slot it has.
    kept = kept or offers[:1]
    total = sum(weight for _, weight in kept)
    return kept[int(rng.choice(len(kept), p=[weight / total for _, weight in kept]))][0]


def _at(midnight: datetime, clock: time) -> datetime:
    return datetime.combine(midnight.date(), clock, tzinfo=midnight.tzinfo)
