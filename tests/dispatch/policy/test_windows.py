"""When service may start."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dispatch.domain.files import parse_request
from dispatch.domain.values import in_utc
from dispatch.policy.settings import load_policy
from dispatch.policy.windows import hard_hold, start_windows
from tests.dispatch.domain.documents import at, order_document, request_document, request_of, technician_document
from tests.dispatch.planner.small import planned

NOW, HORIZON_END = at(9, "20:00"), at(13, "00:00")


def span(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


def windows_of(*, appointment: dict[str, Any] | None = None, **order: Any) -> list[tuple[str, str]]:
    request = request_of(order_document(**order))
    policy = load_policy().overridden({"appointment": appointment or {}})
    found = start_windows(request.orders[0], request, policy)
    return [(window.start.isoformat(), window.end.isoformat()) for window in found]


MORNING = span(at(10, "08:30"), at(10, "12:00"))
NEXT_MORNING = span(at(11, "08:30"), at(11, "12:00"))


def test_order_without_booking_may_start_from_now_to_the_horizons_end() -> None:
    assert windows_of() == [(NOW, HORIZON_END)]


def test_bookings_are_sorted() -> None:
    assert windows_of(windows=[NEXT_MORNING, MORNING]) == [
        (at(10, "08:30"), at(10, "12:00")),
        (at(11, "08:30"), at(11, "12:00")),
    ]


def test_bookings_that_touch_or_overlap_become_one() -> None:
    noon = span(at(10, "12:00"), at(10, "13:00"))
    inside = span(at(10, "09:00"), at(10, "10:00"))
    assert windows_of(windows=[MORNING, inside, noon]) == [(at(10, "08:30"), at(10, "13:00"))]


def test_nothing_starts_before_now_earliest_start_or_the_end_of_a_hold() -> None:
    early = span(at(9, "08:00"), at(10, "12:00"))
    assert windows_of(windows=[early]) == [(NOW, at(10, "12:00"))]
    assert windows_of(windows=[early], earliest_start=at(10, "09:00")) == [(at(10, "09:00"), at(10, "12:00"))]
    assert windows_of(windows=[early], earliest_start=at(10, "09:00"), hold_until=at(10, "10:00")) == [
        (at(10, "10:00"), at(10, "12:00"))
    ]


def test_booking_ends_with_the_horizon() -> None:
    assert windows_of(windows=[span(at(12, "20:00"), at(13, "08:00"))]) == [(at(12, "20:00"), HORIZON_END)]


def test_booking_of_which_one_moment_is_left_is_a_window() -> None:
    assert windows_of(windows=[MORNING], earliest_start=at(10, "12:00")) == [(at(10, "12:00"), at(10, "12:00"))]


def test_booking_outside_what_is_planned_leaves_no_window() -> None:
    assert windows_of(windows=[span(at(1, "08:30"), at(1, "12:00"))]) == []
    assert windows_of(windows=[span(at(14, "08:30"), at(14, "12:00"))]) == []


def test_agreed_time_replaces_bookings() -> None:
    assert windows_of(windows=[NEXT_MORNING], agreed_start=at(10, "10:00")) == [(at(10, "09:30"), at(10, "11:00"))]


def test_agreed_time_that_may_be_broken_at_a_price_opens_to_the_horizons_end() -> None:
    found = windows_of(agreed_start=at(10, "10:00"), appointment={"agreed_window": "priced"})
    assert found == [(at(10, "09:30"), HORIZON_END)]


def test_agreed_time_that_is_over_can_only_be_broken() -> None:
    assert windows_of(agreed_start=at(9, "18:00")) == []
    priced = {"agreed_window": "priced"}
    assert windows_of(agreed_start=at(9, "18:00"), appointment=priced) == [(NOW, HORIZON_END)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize(
    ("agreed", "start", "end"),
    [
        ("1970-01-01T00:10:00Z", "1970-01-01T00:00:00Z", "1970-01-01T01:10:00Z"),
        ("2999-12-31T23:40:00Z", "2999-12-31T23:10:00Z", "2999-12-31T23:59:59Z"),
    ],
)
def test_agreed_time_at_the_limits_of_what_a_document_can_say_is_planned(
    agreed: str, start: str, end: str, zone: str
) -> None:
    # Half an hour before and an hour after it, cut at the first and the last moment; in local time the year may differ.
    day = {"start": f"{agreed[:10]}T00:00:00Z", "end": f"{agreed[:10]}T23:59:59Z"}
    document = request_document(
        now=day["start"],
        horizon=day,
        time_zone=zone,
        technicians=[technician_document(shifts=[{"id": "d1", **day}])],
        orders=[order_document(accepted_at=day["start"], agreed_start=agreed, duration="PT1M")],
    )
    request = parse_request(json.dumps(document))
    (window,) = start_windows(request.orders[0], request, load_policy())
    assert (in_utc(window.start), in_utc(window.end)) == (start, end)
    plan = planned(request)
    assert [visit.order for visit in plan.routes[0].visits] == ["o-1"]


def test_order_on_hold_has_no_window() -> None:
    assert windows_of(resource_ready=False) == []
    assert windows_of(hold_until=HORIZON_END) == []


def test_hold_is_hard_if_it_lasts_to_the_horizons_end() -> None:
    request = request_of(
        order_document(id="ready"),
        order_document(id="held", hold_until=HORIZON_END),
        order_document(id="held for a while", hold_until=at(12, "23:59")),
        order_document(id="not ready", resource_ready=False),
    )
    assert [order.id for order in request.orders if hard_hold(order, request)] == ["held", "not ready"]
