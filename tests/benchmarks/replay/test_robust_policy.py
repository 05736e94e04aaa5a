"""The policy that replays recommend can be used."""

from __future__ import annotations

from pathlib import Path

from benchmarks import replay
from dispatch.policy.settings import load_policy
from dispatch.policy.weights import weights_warnings


def test_who_was_told_something_is_moved_for_hardly_less_than_a_fast_promise() -> None:
    policy = load_policy(Path(replay.__file__).with_name("robust.toml"))
    change, missed = policy.disruption.technician, policy.prices.promise_missed
    assert missed.standard < change.half_day < change.exact <= missed.fast24
    assert policy.disruption.dropped.half_day > change.half_day
    assert policy.disruption.dropped.exact > change.exact
    assert weights_warnings(policy) == ()
    assert (policy.risk.in_search, policy.live.risk_in_search) == ("odds", "odds")
