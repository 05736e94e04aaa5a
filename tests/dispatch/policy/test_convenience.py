"""Convenience items: which visits bring them, and how long those are planned (R21)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.request import Order, OrderKind, Tier
from dispatch.policy.convenience import convenience_s, longer
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import order_document

POLICY = load_policy()


@pytest.mark.parametrize(
    ("kind", "tier", "minutes"),
    [
        ("install", "premium", 10),  # one item of 10 minutes
        ("repair", "premium", 10),
        ("install", "fast24", 0),
        ("install", "standard", 0),
        ("follow_up", "premium", 0),
    ],
)
def test_r21_premium_visits_are_planned_longer(kind: OrderKind, tier: Tier, minutes: int) -> None:
    assert convenience_s(kind, tier, POLICY.quality.convenience) == minutes * 60


def test_r21_number_and_length_of_items_are_policy() -> None:
    policy = POLICY.overridden({"quality": {"convenience": {"planned_items": 2, "item_s": 300}}})
    assert convenience_s("install", "premium", policy.quality.convenience) == 2 * 300


def test_a_visit_gets_longer_and_shorter_again() -> None:
    order = Order.model_validate(order_document(duration="PT75M"))
    assert longer(order, 600).duration == timedelta(minutes=85)
    assert longer(longer(order, 600), -600) == order
