"""What a missed promise and an unserved order cost (docs/model.md, "Cost")."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.domain.request import Order, Request, Tier
from dispatch.policy.settings import Policy


def missed_price(order: Order, tier: Tier, policy: Policy) -> int:
    """Return what it costs, once, if the order's visit ends after its due time.

    A speed remedy costs the same in every tier. A follow-up is filler: missing even an explicit `due` is free, only
    its tardiness counts.
    """
    prices = policy.prices.promise_missed
    if order.kind == "follow_up":
        return 0
    if order.kind == "speed_remedy":
        return prices.speed_remedy
    return {"standard": prices.standard, "fast24": prices.fast24, "premium": prices.premium}[tier]


def unassigned_price(order: Order, request: Request, policy: Policy, due: datetime | None) -> int:
    """Return what it costs to leave an order out of all routes.

    An order due inside the horizon (or before) will break its promise; one due later, or never, is deferred at a
    price that grows with the share of its time already used up:
    `defer_base + floor(defer_share * clamp((now - accepted_at) / (due - accepted_at), 0, 1))`.

    Where an agreed time may break at a price, leaving the order out breaks it, too, and costs no less than the latest
    start inside the horizon: an overrun never throws an order out of the plan.

    Parameters
    ----------
    due
        As `due_times` says; None = no promise, then `no_promise_h` hours count as the order's time.
    """
    price = _price_of_waiting(order, request, policy, due)
    agreed, horizon_end = order.agreed_start, request.horizon.end
    if agreed is None or policy.appointment.agreed_window == "hard" or agreed > horizon_end:
        return price
    prices = policy.prices
    latest_s = max(0, _seconds(horizon_end - agreed) - policy.appointment.buffer_s)
    return max(price, prices.unassigned.base) + prices.agreed_broken + prices.agreed_buffer * latest_s


def _price_of_waiting(order: Order, request: Request, policy: Policy, due: datetime | None) -> int:
    prices = policy.prices.unassigned
    if order.kind == "follow_up":
        return prices.follow_up
    if due is not None and due <= max(request.horizon.end, request.now):
        return missed_price(order, request.tier_of(order), policy) + prices.base + prices.per_priority * order.priority
    given_s = prices.no_promise_h * 3_600 if due is None else _seconds(due - order.accepted_at)
    used_s = max(0, _seconds(request.now - order.accepted_at))
    if used_s >= given_s:
        return prices.defer_base + prices.defer_share
    return prices.defer_base + prices.defer_share * used_s // given_s


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)
