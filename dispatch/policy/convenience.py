"""Which visits bring convenience items, and the time they take (R21)."""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain.request import Order, OrderKind, Tier
from dispatch.policy.quality_settings import ConvenienceSettings


def is_owed(kind: OrderKind, tier: Tier, settings: ConvenienceSettings) -> bool:
    """Tell whether a visit offers convenience items."""
    return tier in settings.tiers and kind in settings.kinds


def convenience_s(kind: OrderKind, tier: Tier, settings: ConvenienceSettings) -> int:
    """Return how many seconds longer a visit is planned for its convenience items."""
    return settings.planned_items * settings.item_s if is_owed(kind, tier, settings) else 0


def longer(order: Order, seconds: int) -> Order:
    """Return an order whose visit takes so many seconds longer; below zero: shorter."""
    return order.model_copy(update={"duration": order.duration + timedelta(seconds=seconds)}) if seconds else order
