"""The policy that replays recommend can be used."""

from __future__ import annotations

from pathlib import Path

from benchmarks import replay
from dispatch.policy.settings import load_policy


def test_changes_by_day_stay_below_a_standard_promise() -> None:
    policy = load_policy(Path(replay.__file__).with_name("robust.toml"))
    dearest = max(policy.disruption.technician.exact, policy.disruption.dropped.exact, policy.disruption.later)
    assert dearest < policy.prices.promise_missed.standard
    assert (policy.risk.in_search, policy.live.risk_in_search) == ("odds", "none")
