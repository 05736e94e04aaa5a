"""Convenience items: which visits bring them, and how long those are planned (R21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.request import Order, Tier
from dispatch.policy.convenience import with_convenience
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import order_document

POLICY = load_policy()


@pytest.mark.parametrize(
    ("kind", "tier", "is_late", "minutes"),
    [
        ("install", "premium", False, 85),  # 75 + one item of 10 minutes
        ("install", "premium", True, 75),  # the first thing dropped when the route is late
        ("install", "fast24", False, 75),
        ("install", "standard", False, 75),
        ("follow_up", "premium", False, 75),
    ],
)
def test_r21_premium_visits_are_planned_longer(kind: str, tier: Tier, is_late: bool, minutes: int) -> None:
    order = Order.model_validate(order_document(kind=kind))
    planned = with_convenience(order, tier, POLICY.quality.convenience, is_late=is_late)
    assert planned.duration == timedelta(minutes=minutes)


def test_r21_number_and_length_of_items_are_policy() -> None:
    order = Order.model_validate(order_document())
    policy = POLICY.overridden({"quality": {"convenience": {"planned_items": 2, "item_s": 300}}})
    assert with_convenience(order, "premium", policy.quality.convenience).duration == timedelta(minutes=75 + 2 * 5)
    none = POLICY.overridden({"quality": {"convenience": {"planned_items": 0}}})
    assert with_convenience(order, "premium", none.quality.convenience) is order
