"""How far ahead an order may reach: what is told to customers and planned has to be a moment that somebody can keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from dispatch.domain.request import Order
from dispatch.errors import Problem
from dispatch.policy.life_settings import LifeSettings


def too_far(path: str, moment: datetime, *, at: datetime, settings: LifeSettings) -> Iterator[Problem]:
    """Yield that a moment lies further ahead of `at` than the policy allows, if it does."""
    if moment > at + timedelta(days=settings.furthest_days):
        message = f"{moment.isoformat()} is more than {settings.furthest_days} days away"
        yield Problem(path=path, message=message, remedy="choose an earlier one")


def moments_too_far(order: Order, *, at: datetime, settings: LifeSettings) -> Iterator[Problem]:
    """Yield the moments of an order's document that lie too far ahead, with their paths in it."""
    named = [(f"windows[{number}].end", window.end) for number, window in enumerate(order.windows)]
    named += [
        (path, moment) for path in ("agreed_start", "hold_until", "due") if (moment := getattr(order, path)) is not None
    ]
    for path, moment in named:
        yield from too_far(path, moment, at=at, settings=settings)
