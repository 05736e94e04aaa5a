"""All policies meet the same day, each in its own way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.replay.days import Played, play
from benchmarks.replay.spec import POLICIES, PolicyName, ReplaySpec
from dispatch.domain.event_log import events_text
from dispatch.domain.events import Arrived, ContactSucceeded, OrderAccepted, TechnicianOff

SPEC = ReplaySpec(
    size="village", seed=3, days=1, night_iterations=300, live_iterations=20, settle=timedelta(minutes=20)
)


@pytest.fixture(scope="module")
def played() -> dict[PolicyName, Played]:
    return {policy: play(SPEC, policy) for policy in POLICIES}


def test_all_policies_meet_the_same_orders_and_the_same_illness(played: dict[PolicyName, Played]) -> None:
    def given(policy: PolicyName) -> list[object]:
        events = played[policy].events
        accepted = [(event.at, event.order) for event in events if isinstance(event, OrderAccepted)]
        return [accepted, [(event.at, event.technician) for event in events if isinstance(event, TechnicianOff)]]

    assert given("nearest")[0]
    assert all(given(policy) == given("nearest") for policy in POLICIES)


def test_every_policy_sends_people_to_customers(played: dict[PolicyName, Played]) -> None:
    assert all(sum(isinstance(event, Arrived) for event in played[policy].events) > 30 for policy in POLICIES)


def test_only_who_has_a_plan_can_agree_on_a_time(played: dict[PolicyName, Played]) -> None:
    agreed = {
        policy: sum(isinstance(event, ContactSucceeded) for event in played[policy].events) for policy in POLICIES
    }
    assert agreed.pop("nearest") == 0
    assert all(agreed.values())


def test_only_who_has_a_plan_can_disturb_by_changing_it(played: dict[PolicyName, Played]) -> None:
    disturbed = {policy: sum(case.is_disturbed for case in played[policy].ledger.cases.values()) for policy in POLICIES}
    assert disturbed["nearest"] == 0
    assert disturbed["insertion"] <= disturbed["periodic"]


def test_agreed_times_are_whole_quarters_of_an_hour(played: dict[PolicyName, Played]) -> None:
    events = [event for event in played["ours"].events if isinstance(event, ContactSucceeded)]
    assert all(event.agreed_start.minute % 15 == 0 and event.agreed_start > event.at for event in events)


@pytest.mark.slow
def test_checking_a_sample_of_the_plans_changes_nothing_that_happens(played: dict[PolicyName, Played]) -> None:
    whole = play(replace(SPEC, checked_every=1), "ours")
    assert events_text(whole.events) == events_text(played["ours"].events)
    assert whole.checks.judged > 20 * (played["ours"].checks.judged - 1)
    assert whole.checks.refused == played["ours"].checks.refused == 0
