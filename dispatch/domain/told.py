"""What a customer was told about the visit: the more exact, the more a change disturbs."""

from __future__ import annotations

from typing import Final, Literal

from dispatch.domain.request import Order

Told = Literal["exact", "half_day", "nothing"]

TOLD_LEVELS: Final[tuple[Told, ...]] = ("exact", "half_day", "nothing")
"""Every level, the most exact one first."""


def told_of(order: Order) -> Told:
    """Return what the customer of an order was told: an exact time, a day or half-day, or nothing."""
    if order.agreed_start is not None:
        return "exact"
    return "half_day" if order.windows else "nothing"
