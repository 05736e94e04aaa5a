"""What a request knows about its own entries."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from dispatch.domain.request import Request
from tests.dispatch.domain.documents import (
    HOME,
    PLACE,
    at,
    community_document,
    order_document,
    request_of,
    request_with,
    shift_document,
    technician_document,
)


def test_order_without_location_lies_at_its_community() -> None:
    request = request_of(order_document(), order_document(id="o-2", location=HOME))
    here, there = (request.location_of(order) for order in request.orders)
    assert (here.lat, here.lon) == (PLACE["lat"], PLACE["lon"])
    assert (there.lat, there.lon) == (HOME["lat"], HOME["lon"])


def test_tier_is_the_orders_own_or_else_the_communitys() -> None:
    request = request_of(
        order_document(), order_document(id="o-2", tier="fast24"), communities=[community_document(tier="premium")]
    )
    assert [request.tier_of(order) for order in request.orders] == ["premium", "fast24"]


def test_tier_counts_on_the_local_day_of_acceptance() -> None:
    """17:00 UTC on 6 March is 01:00 on 7 March in Shanghai, the first day of the tier; it ends with 8 March."""
    community = community_document(tier="premium", tier_from="2026-03-07", tier_until="2026-03-08")
    moments = ["2026-03-06T15:59:59Z", "2026-03-06T17:00:00Z", "2026-03-08T15:59:59Z", "2026-03-08T16:00:00Z"]
    orders = [order_document(id=f"o-{number}", accepted_at=moment) for number, moment in enumerate(moments)]
    request = request_of(*orders, communities=[community])
    assert [request.tier_of(order) for order in request.orders] == ["standard", "premium", "premium", "standard"]


def test_shift_starts_and_ends_at_home_unless_it_says_otherwise() -> None:
    shifts = [shift_document(), shift_document(id="d2", start=at(11, "08:00"), end=at(11, "18:00"), start_at=PLACE)]
    shifts[1]["end_at"] = "last_stop"
    technician = request_with(technicians=[technician_document(shifts=shifts)]).technicians[0]
    usual, other = technician.shifts
    assert technician.start_of(usual) == technician.end_of(usual) == technician.home
    assert technician.start_of(other).lat == PLACE["lat"]
    assert technician.end_of(other) == "last_stop"


def test_route_may_last_until_overtime_ends() -> None:
    usual = shift_document()
    longer = shift_document(id="d2", start=at(11, "08:00"), end=at(11, "18:00"), overtime_until=at(11, "20:00"))
    shifts = request_with(technicians=[technician_document(shifts=[usual, longer])]).technicians[0].shifts
    assert [shift.latest_end.hour for shift in shifts] == [18, 20]


def test_service_factor_is_held_in_thousandths() -> None:
    assert request_with(technicians=[technician_document(service_factor=1.1)]).technicians[0].service_permille == 1100


def test_copy_with_changes_forgets_cached_lookups() -> None:
    request = request_of(order_document())
    assert set(request.orders_by_id) == {"o-1"}
    emptied = request.model_copy(update={"orders": ()})
    assert emptied.orders_by_id == {}
    assert set(request.orders_by_id) == {"o-1"}


def test_request_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        request_with().time_zone = "UTC"  # type: ignore[misc]


def test_null_and_absent_are_equal() -> None:
    nulls = request_with(orders=[order_document(tier=None, windows=None, skills=None, due=None)], policy=None)
    assert nulls == request_with(policy={})
    assert isinstance(nulls, Request)
