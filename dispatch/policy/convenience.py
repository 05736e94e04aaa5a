"""Which visits bring convenience items, and the time they take (R21)."""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain.request import Order, OrderKind, Tier
from dispatch.policy.quality_settings import ConvenienceSettings


def is_owed(kind: OrderKind, tier: Tier, settings: ConvenienceSettings) -> bool:
    """Tell whether a visit offers convenience items."""
    return tier in settings.tiers and kind in settings.kinds


def with_convenience(order: Order, tier: Tier, settings: ConvenienceSettings, *, is_late: bool = False) -> Order:
    """Return an order as it is planned: longer by its convenience items.

    Parameters
    ----------
    tier
        Tier at acceptance.
    is_late
        On the running day the items are the first thing dropped from a route that is late: then the order is returned
        as it is.
    """
    if is_late or not is_owed(order.kind, tier, settings):
        return order
    extra = timedelta(seconds=settings.planned_items * settings.item_s)
    return order if not extra else order.model_copy(update={"duration": order.duration + extra})
