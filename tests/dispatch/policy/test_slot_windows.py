"""Windows and times that customers are offered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dispatch.domain.request import Order, Request
from dispatch.policy.settings import effective_policy
from dispatch.policy.slot_windows import slot_windows, time_windows
from tests.dispatch.planner.small import at, order, request


def labels(wanted: Request) -> list[str]:
    return [slot.label for slot in slot_windows(wanted, effective_policy(wanted))]


def times(wanted: Request, **changes: Any) -> list[str]:
    asked = Order.model_validate(order(1, **changes))
    return [slot.label for slot in time_windows(asked, wanted, effective_policy(wanted))]


def test_half_days_of_three_days_with_windows_of_two_hours() -> None:
    # The horizon begins on the 10th. 3.5 h of morning: 2 h and the rest of 1.5 h; 4.5 h of afternoon: 2 h and 2.5 h,
    # for half an hour is no window of its own; 2.5 h of evening stay whole.
    found = labels(request())
    assert found[:7] == [
        "2026-03-10 morning",
        "2026-03-10 08:30-10:30",
        "2026-03-10 10:30-12:00",
        "2026-03-10 afternoon",
        "2026-03-10 13:30-15:30",
        "2026-03-10 15:30-18:00",
        "2026-03-10 evening",
    ]
    assert len(found) == 3 * 7


def test_what_is_nearly_over_is_not_offered() -> None:
    # 75 minutes before noon: an hour of the morning is left, of the window until 10:30 nothing.
    found = labels(request(now=at("10:45", day=10)))
    assert found[:2] == ["2026-03-10 morning", "2026-03-10 10:30-12:00"]
    assert labels(request(now=at("11:05", day=10)))[0] == "2026-03-10 afternoon"


def test_days_and_length_are_policy() -> None:
    found = labels(request(policy={"slots": {"days": 1, "finer_h": 1}}))
    assert found[:6] == [
        "2026-03-10 morning",
        "2026-03-10 08:30-09:30",
        "2026-03-10 09:30-10:30",
        "2026-03-10 10:30-11:30",
        "2026-03-10 afternoon",
        "2026-03-10 13:30-14:30",
    ]
    assert all(label.startswith("2026-03-10") for label in found)


def test_local_time_counts() -> None:
    slot = slot_windows(wanted := request(time_zone="Asia/Shanghai"), effective_policy(wanted))[0]
    assert slot.window.start == datetime.fromisoformat("2026-03-10T08:30:00+08:00")


def test_times_lie_inside_the_booking_every_quarter_of_an_hour() -> None:
    booked = {"windows": [{"start": at("13:30"), "end": at("14:05")}]}
    assert times(request(), **booked) == ["2026-03-10 13:30", "2026-03-10 13:45", "2026-03-10 14:00"]


def test_times_begin_now_and_not_before_the_order_may_begin() -> None:
    booked = {"windows": [{"start": at("08:30"), "end": at("12:00")}]}
    assert times(request(now=at("09:50", day=10)), **booked)[0] == "2026-03-10 10:00"
    assert times(request(), earliest_start=at("11:01"), **booked)[0] == "2026-03-10 11:15"


def test_without_a_booking_times_lie_in_the_half_days() -> None:
    found = times(request(policy={"slots": {"days": 1, "step_min": 60}}))
    assert found == [
        f"2026-03-10 {clock}"
        for clock in ("09:00", "10:00", "11:00", "12:00", "14:00", "15:00", "16:00", "17:00", "18:00", "19:00", "20:00")
    ]


@pytest.mark.parametrize("buffer_s", [1_800, 7_200])
def test_a_visit_is_planned_so_that_delays_find_room(buffer_s: int) -> None:
    # Planned up to 30 minutes after the time told, kept up to an hour after it; a wider buffer ends at that hour.
    wanted = request(policy={"appointment": {"buffer_s": buffer_s}})
    slot = time_windows(Order.model_validate(order(1)), wanted, effective_policy(wanted))[0]
    assert slot.told is not None
    assert slot.window.start == slot.told - timedelta(minutes=30)
    assert slot.window.end == slot.told + timedelta(seconds=min(buffer_s, 3_600))
    assert slot.kept_until == slot.told + timedelta(minutes=60)
