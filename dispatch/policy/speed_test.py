"""Whether a measured speed is what was sold, and the order that mends it if not (R14, R15)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.request import Order, OrderKind
from dispatch.policy.quality_settings import SpeedTestSettings


def passes(
    measured_kbps: Sequence[int], *, contracted_kbps: int, is_wired: bool, settings: SpeedTestSettings
) -> bool | None:
    """Tell whether the mean of a series reaches the promised share of the contracted speed.

    mean(measured) / contracted >= least_permille / 1000, in whole numbers: exactly the share passes (R14).

    Returns
    -------
    bool or None
        None = the series proves nothing: it was made by radio, or has fewer than `least_tests` tests.
    """
    if not is_wired or len(measured_kbps) < settings.least_tests:
        return None
    return sum(measured_kbps) * 1_000 >= settings.least_permille * contracted_kbps * len(measured_kbps)


def last_judged(tests: Iterable[SpeedTest]) -> SpeedTest | None:
    """Return the latest series that proves something: a line that was mended is tested again. None = there is none."""
    judged = [test for test in tests if test.passed is not None]
    return max(judged, key=lambda test: (test.tested_at, test.id), default=None)


def needs_test(kind: OrderKind, settings: SpeedTestSettings) -> bool:
    """Tell whether an order of a kind is not closed without a test record (T4)."""
    return kind in settings.kinds


def remedy_order(order: Order, *, remedy_id: str, failed_at: datetime, settings: SpeedTestSettings) -> Order:
    """Return the network optimization that follows a failed test (R15): urgent, its clock from the failure on.

    Its due time is that of every `speed_remedy` order: `promise.speed_remedy_h` after acceptance.
    """
    return Order(
        id=remedy_id,
        kind="speed_remedy",
        community=order.community,
        location=order.location,
        tier=order.tier,
        accepted_at=failed_at.replace(microsecond=0),
        duration=timedelta(seconds=settings.remedy_duration_s),
        skills=order.skills,
        priority=max(order.priority, settings.remedy_priority),
    )
