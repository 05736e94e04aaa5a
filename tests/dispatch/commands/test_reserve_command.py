"""`dispatch reserve`: earlier days as policy settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dispatch.domain.event_log import events_text
from dispatch.domain.events import OrderAccepted
from dispatch.domain.request import Order
from dispatch.policy.settings import load_policy
from tests.dispatch.commands.conftest import Outcome
from tests.dispatch.planner.small import at, order

Run = Callable[..., Outcome]


def test_what_is_printed_is_a_policy(run: Run, tmp_path: Path) -> None:
    urgent = Order.model_validate(order(1, accepted_at=at("09:10"), community="c 1.a", skills={"fiber": 2}))
    log, policy = tmp_path / "day.jsonl", tmp_path / "reserve.toml"
    log.write_text(events_text([OrderAccepted(id="e-1", at=urgent.accepted_at, order=urgent)]), encoding="utf-8")
    outcome = run("reserve", log)
    assert outcome.code == 0
    policy.write_text(outcome.out, encoding="utf-8")
    learned = load_policy(policy).reserve
    assert (learned.share, learned.duration_s, learned.skills) == (1.0, 1_800, {"fiber": 2})
    assert learned.communities == {"c 1.a": 1.0}
    assert learned.expected.morning[9] == 1.0


def test_an_unknown_time_zone_is_refused(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "day.jsonl"
    log.write_text("", encoding="utf-8")
    outcome = run("reserve", log, "--time-zone", "Mars/Base")
    assert outcome.code == 2
    assert "'Mars/Base' is no time zone" in outcome.err
