"""Prices of missed promises and unserved orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dispatch.policy.prices import missed_price, unassigned_price
from dispatch.policy.promise import due_times
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, order_document, request_of


def unassigned(agreed_window: str = "hard", **order: Any) -> int:
    request = request_of(order_document(**order))
    (only,) = request.orders
    policy = load_policy().overridden({"appointment": {"agreed_window": agreed_window}})
    return unassigned_price(only, request, policy, due_times(only, request, policy).due)


@pytest.mark.parametrize(
    ("kind", "tier", "price"),
    [
        ("install", "standard", 100_000),
        ("repair", "fast24", 500_000),
        ("install", "premium", 2_500_000),
        ("speed_remedy", "standard", 2_500_000),
        ("follow_up", "premium", 0),
    ],
)
def test_missed_promise_costs_by_tier(kind: str, tier: Any, price: int) -> None:
    (order,) = request_of(order_document(kind=kind)).orders
    assert missed_price(order, tier, load_policy()) == price


def test_order_due_inside_the_horizon_costs_its_promise_and_more() -> None:
    # accepted Mon 09:00, standard install: due Thu 09:00, inside; 100,000 + 150,000 + 2 x 50,000
    assert unassigned(priority=2) == 350_000


def test_order_due_at_the_horizons_end_is_due_inside() -> None:
    assert unassigned(due=at(13, "00:00")) == 250_000


def test_order_late_already_is_due_inside() -> None:
    assert unassigned(due=at(1, "00:00"), tier="premium") == 2_650_000


def test_order_due_later_costs_by_the_share_of_its_time_used_up() -> None:
    # accepted Mon 09:00, now Mon 20:00, due Fri 20:00: 11 of 107 hours; 10,000 + floor(20,000 x 11 / 107) = 12,056
    assert unassigned(due=at(13, "20:00"), priority=3) == 12_056


def test_order_without_promise_counts_a_week() -> None:
    # 11 of 168 hours: 10,000 + floor(20,000 x 11 / 168) = 11,309
    assert unassigned(resource_ready=False) == 11_309


def test_share_of_an_old_order_without_promise_ends_at_one() -> None:
    assert unassigned(resource_ready=False, accepted_at="2026-01-01T00:00:00Z") == 30_000


def test_order_as_old_as_time_itself_does_not_overflow() -> None:
    request = request_of(order_document(accepted_at="1970-01-01T00:00:00Z", due="2999-01-01T00:00:00Z"))
    policy = load_policy().overridden({"prices": {"unassigned": {"defer_share": 1_000_000_000}}})
    due = datetime.fromisoformat("2999-01-01T00:00:00Z")
    assert 10_000 < unassigned_price(request.orders[0], request, policy, due) < 1_000_010_000


def test_follow_up_has_the_price_of_a_filler_whatever_its_due_time() -> None:
    assert unassigned(kind="follow_up") == unassigned(kind="follow_up", due=at(10, "12:00"), priority=3) == 900


def test_leaving_an_agreed_order_out_breaks_its_agreement_where_that_has_a_price() -> None:
    # 250,000 as above; 12,500,000; from Tue 10:00 to the horizon's end Fri 00:00 are 62 h = 223,200 s, less 1,800
    agreed = at(10, "10:00")
    assert unassigned(agreed_start=agreed) == 250_000
    assert unassigned("priced", agreed_start=agreed) == 250_000 + 12_500_000 + 221_400


def test_an_agreed_filler_is_left_out_no_more_readily_than_other_orders() -> None:
    # 150,000 instead of 900; 12,500,000; nothing can start more than the buffer after the horizon's end
    assert unassigned("priced", kind="follow_up", agreed_start=at(13, "00:00")) == 12_650_000


def test_an_order_agreed_for_a_time_after_the_horizon_can_wait() -> None:
    assert unassigned("priced", agreed_start=at(13, "09:00")) == 250_000
