"""Urgent orders that are still expected: learned from logs, and as placeholders."""

from __future__ import annotations

import tomllib
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.events import OrderAccepted
from dispatch.domain.request import Order, Request
from dispatch.errors import BadPolicyError
from dispatch.policy.reserve import half_day_of, learned_reserve, placeholders, urgent_half_day
from dispatch.policy.settings import effective_policy, load_policy
from tests.dispatch.planner.small import at, order, request

POLICY = load_policy()


def hourly(**of_hour: float) -> list[float]:
    return [of_hour.get(f"h{hour}", 0.0) for hour in range(24)]


def accepted(number: int, when: str, **changes: Any) -> OrderAccepted:
    document = order(number, accepted_at=when, **changes)
    return OrderAccepted(id=f"e-{number}", at=document["accepted_at"], order=Order.model_validate(document))


def wanting(now: str = at("20:00", day=9), **settings: Any) -> Request:
    settings = {"share": 1.0, "expected": {"morning": hourly(h7=2.0, h9=1.0), "afternoon": hourly(h10=1.0)}, **settings}
    horizon = {"start": at("00:00"), "end": at("00:00", day=11)}
    return request(order(1), now=now, horizon=horizon, policy={"reserve": settings})


def half_days(wanted: Request) -> list[str]:
    return [half_day_of(one) for one in placeholders(wanted, effective_policy(wanted))]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"accepted_at": at("09:00")}, "morning"),
        ({"accepted_at": at("03:00")}, "morning"),
        ({"accepted_at": at("12:00")}, "afternoon"),
        ({"accepted_at": at("12:01")}, None),
        ({"accepted_at": at("14:00"), "due": at("11:00", day=11)}, "afternoon"),
        ({"accepted_at": at("09:00"), "kind": "install"}, None),
        ({"accepted_at": at("09:00"), "windows": [{"start": at("18:30"), "end": at("21:00")}]}, "evening"),
        ({"accepted_at": at("09:00"), "windows": [{"start": at("08:30", day=11), "end": at("12:00", day=11)}]}, None),
        ({"accepted_at": at("09:00"), "kind": "install", "agreed_start": at("14:00")}, "afternoon"),
    ],
    ids=["morning", "night", "noon", "later", "due", "install", "booked-today", "booked-tomorrow", "agreed"],
)
def test_urgent_is_what_cannot_wait_for_the_next_plan(changes: dict[str, Any], expected: str | None) -> None:
    assert urgent_half_day(Order.model_validate(order(1, **changes)), POLICY) == expected


def test_local_days_count() -> None:
    # 23:00 in London is 7:00 of the next day in Shanghai.
    late = Order.model_validate(order(1, accepted_at=at("23:00")))
    assert urgent_half_day(late, POLICY, zone=UTC) is None
    assert urgent_half_day(late, POLICY, zone=ZoneInfo("Asia/Shanghai")) == "morning"


def test_counts_of_two_logs_of_three_days() -> None:
    first = [
        accepted(1, at("09:10"), skills={"fiber": 1}),
        accepted(2, at("09:50"), skills={"fiber": 1}, duration="PT60M"),
        accepted(3, at("15:00")),
    ]
    second = [accepted(4, at("12:00", day=11), community="c-2"), accepted(5, at("16:00", day=12))]
    learned = learned_reserve([first, second], POLICY)
    assert learned["expected"]["morning"] == hourly(h9=0.667)
    assert learned["expected"]["afternoon"] == hourly(h12=0.333)
    assert learned["communities"] == {"c-1": 0.667, "c-2": 0.333}
    assert learned["skills"] == {"fiber": 1}
    assert learned["duration_s"] == 40 * 60


def test_nothing_urgent_means_nothing_expected() -> None:
    learned = learned_reserve([[accepted(1, at("15:00"))]], POLICY)
    assert learned == {"expected": {name: [0.0] * 24 for name in ("morning", "afternoon", "evening")}}
    assert POLICY.overridden({"reserve": {"share": 1.0, **learned}}).reserve.share == 1


def test_the_night_before_all_is_still_expected() -> None:
    assert half_days(wanting()) == ["2026-03-10 morning"] * 3 + ["2026-03-10 afternoon"]


def test_the_reserve_melts_as_the_day_goes_on() -> None:
    # At 9:30 half an order is still expected in the morning, which rounds to one, and one in the afternoon.
    assert half_days(wanting(at("09:30"))) == ["2026-03-10 morning", "2026-03-10 afternoon"]
    assert half_days(wanting(at("09:36"))) == ["2026-03-10 afternoon"]
    assert half_days(wanting(at("11:00"))) == []


def test_a_window_that_has_begun_begins_now() -> None:
    wanted = wanting(at("09:00"))
    window = placeholders(wanted, effective_policy(wanted))[0].windows[0]
    assert (window.start, window.end) == (wanted.now, wanted.now.replace(hour=12))


def test_off_by_default_and_by_share() -> None:
    assert half_days(wanting(share=0.0)) == []
    assert half_days(request(order(1))) == []
    assert half_days(wanting(share=0.5)) == ["2026-03-10 morning"] * 2 + ["2026-03-10 afternoon"]


def test_places_by_their_shares() -> None:
    places = [{"id": f"c-{number}", "location": {"index": number}} for number in (1, 2, 3)]
    shares = {"c-1": 0.4, "c-3": 1.2, "gone": 5.0}
    settings = {"share": 2.0, "communities": shares, "expected": {"morning": hourly(h7=2.0)}}
    wanted = request(order(1), communities=places, policy={"reserve": settings})
    found = placeholders(wanted, effective_policy(wanted))[:4]
    assert [one.community for one in found] == ["c-1", "c-3", "c-3", "c-3"]


def test_without_shares_places_are_those_of_the_open_orders() -> None:
    wanted = wanting()
    assert {one.community for one in placeholders(wanted, effective_policy(wanted))} == {"c-1"}


def test_a_day_has_24_hours() -> None:
    with pytest.raises(BadPolicyError, match="morning has 3 numbers"):
        POLICY.overridden(tomllib.loads("reserve.expected.morning = [1.0, 2.0, 3.0]"))
