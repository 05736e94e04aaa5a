"""Promises and due times: every worked case of commitments.md 5.1, the boundaries, and clocks that change."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.request import Request
from dispatch.policy.promise import DueTimes, due_times
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at, community_document, order_document, request_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEYOND = "2026-12-31T00:00:00+08:00"
MON, TUE, WED, THU = 9, 10, 11, 12


def request_for(accepted_at: str, kind: str, tier: str, *, zone: str = "Asia/Shanghai", **order: Any) -> Request:
    return request_of(
        order_document(kind=kind, tier=tier, accepted_at=accepted_at, **order), now=BEYOND, time_zone=zone
    )


def dues(accepted_at: str, kind: str, tier: str, *, zone: str = "Asia/Shanghai", **settings: Any) -> DueTimes:
    request = request_for(accepted_at, kind, tier, zone=zone)
    return due_times(request.orders[0], request, load_policy().overridden({"promise": settings}))


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


WORKED = {
    "premium install Mon 09:00": (at(MON, "09:00"), "install", "premium", at(TUE, "09:00"), at(TUE, "00:00"), "R17"),
    "premium install Mon 16:59:59": (
        "2026-03-09T16:59:59+08:00",
        "install",
        "premium",
        "2026-03-10T16:59:59+08:00",
        at(TUE, "00:00"),
        "R17",
    ),
    "premium install Mon 17:00": (at(MON, "17:00"), "install", "premium", at(TUE, "17:00"), None, "R19"),
    "premium repair Mon 16:59:59": (
        "2026-03-09T16:59:59+08:00",
        "repair",
        "premium",
        at(TUE, "00:00"),
        at(MON, "20:30"),
        "R18",
    ),
    "premium repair Mon 17:00": (at(MON, "17:00"), "repair", "premium", at(TUE, "15:00"), None, "R20"),
    "premium repair Mon 23:30": (at(MON, "23:30"), "repair", "premium", at(TUE, "15:00"), None, "R20"),
    "premium repair Tue 00:10": (at(TUE, "00:10"), "repair", "premium", at(WED, "00:00"), at(TUE, "20:30"), "R18"),
    "premium move Mon 16:00": (at(MON, "16:00"), "move", "premium", at(THU, "16:00"), None, "R02"),
    "standard repair Mon 16:00": (at(MON, "16:00"), "repair", "standard", at(TUE, "16:00"), None, "R03"),
    "standard install Mon 16:00": (at(MON, "16:00"), "install", "standard", at(THU, "16:00"), None, "R01"),
    "standard move Mon 16:00": (at(MON, "16:00"), "move", "standard", at(THU, "16:00"), None, "R02"),
    "fast24 install Mon 16:00": (at(MON, "16:00"), "install", "fast24", at(TUE, "16:00"), None, "R05"),
    # beyond the table of 5.1
    "premium install Tue 00:00": (at(TUE, "00:00"), "install", "premium", at(WED, "00:00"), None, "R17"),
    "premium repair Tue 00:00": (at(TUE, "00:00"), "repair", "premium", at(WED, "00:00"), at(TUE, "20:30"), "R03"),
    "premium install Mon 23:59": (at(MON, "23:59"), "install", "premium", at(TUE, "17:00"), None, "R19"),
    "fast24 repair Mon 16:00": (at(MON, "16:00"), "repair", "fast24", at(TUE, "16:00"), None, "R03"),
    "fast24 move Mon 16:00": (at(MON, "16:00"), "move", "fast24", at(THU, "16:00"), None, "R02"),
    "remedy Mon 16:00": (at(MON, "16:00"), "speed_remedy", "standard", at(TUE, "16:00"), None, "R15"),
    "premium remedy Mon 18:00": (at(MON, "18:00"), "speed_remedy", "premium", at(TUE, "18:00"), None, "R15"),
    "same moment written in UTC": ("2026-03-09T09:00:00Z", "install", "premium", at(TUE, "17:00"), None, "R19"),
}


@pytest.mark.parametrize(("accepted", "kind", "tier", "due", "soft", "rule"), WORKED.values(), ids=WORKED.keys())
def test_worked_case(*, accepted: str, kind: str, tier: str, due: str, soft: str | None, rule: str) -> None:
    found = dues(accepted, kind, tier)
    assert (found.due, found.soft_due, found.promises[0].rule) == (moment(due), moment(soft), rule)


def test_all_promises_that_apply_are_listed_earliest_first() -> None:
    found = dues(at(MON, "23:30"), "repair", "premium")
    assert [promise.rule for promise in found.promises] == ["R20", "R03"]
    assert [promise.due for promise in found.promises] == [moment(at(TUE, "15:00")), moment(at(TUE, "23:30"))]


def test_reason_is_a_sentence_for_a_dispatcher() -> None:
    reasons = [promise.reason for promise in dues(at(MON, "23:30"), "repair", "premium").promises]
    assert reasons == [
        "premium repair reported after 17:00: by 15:00 next day",
        "repair within 24 hours of acceptance",
    ]


SWITCH = {
    "PLUS_24H": (at(TUE, "16:00"), at(TUE, "00:00")),
    "SAME_DAY_2400": (at(TUE, "00:00"), at(MON, "20:30")),
    "SAME_DAY_SHIFT_END": (at(MON, "20:30"), None),
}


@pytest.mark.parametrize(("reading", "expected"), SWITCH.items(), ids=SWITCH.keys())
def test_reading_of_one_day_install_is_a_policy_switch(reading: str, expected: tuple[str, str | None]) -> None:
    found = dues(at(MON, "16:00"), "install", "premium", premium_install_before_cutoff=reading)
    assert (found.due, found.soft_due) == (moment(expected[0]), moment(expected[1]))


@pytest.mark.parametrize("reading", SWITCH)
def test_reading_does_not_touch_installs_after_the_cut_off(reading: str) -> None:
    found = dues(at(MON, "17:00"), "install", "premium", premium_install_before_cutoff=reading)
    assert (found.due, found.soft_due) == (moment(at(TUE, "17:00")), None)


def test_hours_and_times_are_settings() -> None:
    assert dues(at(MON, "16:00"), "install", "standard", install_h=48).due == moment(at(WED, "16:00"))
    moved = dues(at(MON, "15:30"), "repair", "premium", premium_cut_off="15:00", premium_repair_next_day="11:00")
    assert moved.due == moment(at(TUE, "11:00"))


def test_follow_up_has_no_promise() -> None:
    assert dues(at(MON, "16:00"), "follow_up", "premium") == DueTimes(due=None, soft_due=None, promises=())


@pytest.mark.parametrize(
    ("community", "order"),
    [({"urban": False}, {}), ({"served": False}, {}), ({}, {"resource_ready": False})],
    ids=["not urban", "not served", "resource not ready"],
)
def test_nothing_is_promised_outside_the_scope_gate(community: dict[str, Any], order: dict[str, Any]) -> None:
    request = request_of(order_document(tier="premium", **order), communities=[community_document(**community)])
    assert due_times(request.orders[0], request, load_policy()) == DueTimes(due=None, soft_due=None, promises=())


def test_due_of_the_order_replaces_the_promises() -> None:
    """The customer asked for Friday: neither Tuesday 09:00 nor the same day counts any more."""
    request = request_for(at(MON, "09:00"), "install", "premium", due=at(13, "12:00"))
    found = due_times(request.orders[0], request, load_policy())
    assert (found.due, found.soft_due) == (moment(at(13, "12:00")), None)
    assert [promise.rule for promise in found.promises] == ["R17", "R01"]


def test_tier_is_the_communitys_on_the_day_of_acceptance() -> None:
    request = request_of(
        order_document(accepted_at=at(MON, "16:00")),
        communities=[community_document(tier="fast24", tier_from="2026-03-10")],
    )
    assert due_times(request.orders[0], request, load_policy()).due == moment(at(THU, "16:00"))


NEW_YORK = "America/New_York"
CLOCK_CHANGES = {
    # 2026-03-08, 02:00 becomes 03:00. 24 natural hours after Saturday 12:00 it is Sunday 13:00.
    "24 hours across the lost hour": (
        ("2026-03-07T12:00:00-05:00", "repair", "standard"),
        "2026-03-08T13:00:00-04:00",
        None,
    ),
    "72 hours across the lost hour": (
        ("2026-03-07T12:00:00-05:00", "install", "standard"),
        "2026-03-10T13:00:00-04:00",
        None,
    ),
    # the day of the change is 23 hours long
    "24:00 of the short day": (
        ("2026-03-08T01:30:00-05:00", "repair", "premium"),
        "2026-03-09T00:00:00-04:00",
        "2026-03-08T20:30:00-04:00",
    ),
    "15:00 after the lost hour": (
        ("2026-03-07T18:00:00-05:00", "repair", "premium"),
        "2026-03-08T15:00:00-04:00",
        None,
    ),
    # 24 hours would end at 17:30, later than an install accepted at 17:00 is due
    "one-day install is capped by the cut-off": (
        ("2026-03-07T16:30:00-05:00", "install", "premium"),
        "2026-03-08T17:00:00-04:00",
        "2026-03-08T00:00:00-05:00",
    ),
    # 2026-11-01, 02:00 becomes 01:00. 24 hours after Saturday 12:00 it is Sunday 11:00.
    "24 hours across the doubled hour": (
        ("2026-10-31T12:00:00-04:00", "repair", "standard"),
        "2026-11-01T11:00:00-05:00",
        None,
    ),
    # T6: by 24:00 of the day, but 24 hours are over at 23:10, as the day has 25 hours
    "24:00 of the long day": (
        ("2026-11-01T00:10:00-04:00", "repair", "premium"),
        "2026-11-01T23:10:00-05:00",
        "2026-11-01T20:30:00-05:00",
    ),
}


@pytest.mark.parametrize(("order", "due", "soft"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES.keys())
def test_clock_change(order: tuple[str, str, str], due: str, soft: str | None) -> None:
    found = dues(*order, zone=NEW_YORK)
    assert (found.due, found.soft_due) == (moment(due), moment(soft))


def test_day_ends_when_its_midnight_is_skipped() -> None:
    """In Beirut the clocks go from 24:00 of 2026-03-28 to 01:00: the day ends at that moment."""
    found = dues("2026-03-28T10:00:00+02:00", "repair", "premium", zone="Asia/Beirut")
    assert found.due == moment("2026-03-29T01:00:00+03:00")


def test_due_times_have_fixed_offsets() -> None:
    """Two moments of one ZoneInfo would be subtracted by their wall clocks."""
    found = dues("2026-03-07T12:00:00-05:00", "repair", "standard", zone=NEW_YORK)
    assert found.due is not None
    assert not isinstance(found.due.tzinfo, ZoneInfo)
