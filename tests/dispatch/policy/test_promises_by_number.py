"""Each promise of time by its number, just before, at and just after its edges; Monday is 9 March 2026."""

from __future__ import annotations

import pytest

from dispatch.policy.prices import missed_price
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import at
from tests.dispatch.policy.test_promise import MON, THU, TUE, WED, dues, moment, request_for


def due_by(rule: str, accepted_at: str, kind: str, tier: str) -> str | None:
    """Return when an order falls due by one rule; None = the rule does not apply."""
    found = [promise.due for promise in dues(accepted_at, kind, tier).promises if promise.rule == rule]
    return found[0].isoformat() if found else None


@pytest.mark.parametrize("tier", ["standard", "fast24", "premium"])
def test_r01_an_install_is_due_72_hours_after_acceptance_in_every_tier(tier: str) -> None:
    assert due_by("R01", at(MON, "16:00"), "install", tier) == at(THU, "16:00")


@pytest.mark.parametrize("tier", ["standard", "fast24", "premium"])
def test_r02_a_move_is_due_72_hours_after_acceptance_and_premium_makes_no_difference(tier: str) -> None:
    assert dues(at(MON, "16:00"), "move", tier).due == moment(at(THU, "16:00"))


@pytest.mark.parametrize("tier", ["standard", "fast24", "premium"])
def test_r03_a_repair_is_due_24_hours_after_the_report(tier: str) -> None:
    assert due_by("R03", at(MON, "16:00"), "repair", tier) == at(TUE, "16:00")


def test_r05_24_hours_are_for_installs_of_fast24_communities_only() -> None:
    assert due_by("R05", at(MON, "16:00"), "install", "fast24") == at(TUE, "16:00")
    assert due_by("R05", at(MON, "16:00"), "install", "standard") is None
    assert due_by("R05", at(MON, "16:00"), "repair", "fast24") is None


def test_r17_before_17_a_premium_install_has_a_day_and_aims_at_the_same_day() -> None:
    found = dues("2026-03-09T16:59:59+08:00", "install", "premium")
    assert (found.due, found.soft_due) == (moment("2026-03-10T16:59:59+08:00"), moment(at(TUE, "00:00")))


def test_r18_before_17_a_premium_repair_is_due_the_same_day() -> None:
    found = dues("2026-03-09T16:59:59+08:00", "repair", "premium")
    assert (found.due, found.soft_due) == (moment(at(TUE, "00:00")), moment(at(MON, "20:30")))


def test_r19_from_17_on_a_premium_install_is_due_at_17_the_next_day() -> None:
    assert dues(at(MON, "17:00"), "install", "premium").due == moment(at(TUE, "17:00"))
    assert dues(at(MON, "23:59"), "install", "premium").due == moment(at(TUE, "17:00"))
    assert due_by("R19", at(TUE, "00:00"), "install", "premium") is None


def test_r20_from_17_on_a_premium_repair_is_due_at_15_the_next_day() -> None:
    assert dues(at(MON, "17:00"), "repair", "premium").due == moment(at(TUE, "15:00"))
    assert dues(at(MON, "23:30"), "repair", "premium").due == moment(at(TUE, "15:00"))


def test_t1_wall_clock_rules_are_read_in_the_zone_of_the_request() -> None:
    # 16:30 in Shanghai is 08:30 UTC, before the cut-off in both; 09:30 UTC is 17:30 there and 09:30 here.
    assert due_by("R20", "2026-03-09T09:30:00Z", "repair", "premium") == at(TUE, "15:00")
    in_london = dues("2026-03-09T09:30:00Z", "repair", "premium", zone="Europe/London")
    assert in_london.promises[0].rule == "R18"


def test_t2_hours_are_natural_hours_over_nights_and_weekends() -> None:
    saturday = "2026-03-14T23:00:00+08:00"
    assert dues(saturday, "repair", "standard").due == moment("2026-03-15T23:00:00+08:00")


def test_t3_the_clock_starts_with_acceptance_however_late_planning_looks_at_it() -> None:
    # The request is planned in December: the due time is that of March all the same.
    assert dues(at(MON, "10:00"), "repair", "standard").due == moment(at(TUE, "10:00"))


@pytest.mark.parametrize(
    ("accepted", "rule"), [("16:59:59", "R18"), ("17:00:00", "R20")], ids=["a second before", "exactly then"]
)
def test_t5_exactly_17_is_after_the_cut_off(accepted: str, rule: str) -> None:
    assert dues(f"2026-03-09T{accepted}+08:00", "repair", "premium").promises[0].rule == rule


def test_t6_the_earliest_of_all_promises_counts() -> None:
    # Tue 00:10: by R18 due Tue 24:00, by R03 Wed 00:10. Mon 23:30: by R20 Tue 15:00, by R03 Tue 23:30.
    assert dues(at(TUE, "00:10"), "repair", "premium").due == moment(at(WED, "00:00"))
    assert dues(at(MON, "23:30"), "repair", "premium").due == moment(at(TUE, "15:00"))


def test_r39_each_tier_has_a_price_of_its_own_that_outweighs_five_of_the_lower_one() -> None:
    policy = load_policy()
    prices = []
    for tier in ("standard", "fast24", "premium"):
        request = request_for(at(MON, "16:00"), "install", tier)
        prices.append(missed_price(request.orders[0], tier, policy))
    assert prices == [100_000, 500_000, 2_500_000]
