"""What of the skill matrix is lost soon (R27)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dispatch.domain.records.skill import TechnicianSkill
from dispatch.policy.settings import load_policy
from dispatch.usecases.quality.skills import skills_lost_soon
from tests.fakes import FakeStore

NOW = datetime(2026, 2, 1, tzinfo=UTC)


def test_r27_the_end_of_a_skill_is_announced_30_days_before() -> None:
    store, policy = FakeStore().of("xuzhou"), load_policy()
    made = {"created_at": NOW, "changed_at": NOW, "technician": "t-1", "skill": "fibre_splice"}
    entry = TechnicianSkill(id="k-1", level=1, expires_on=date(2026, 3, 31), **made)
    with store.write() as transaction:
        transaction.records(TechnicianSkill).add(entry)
    assert skills_lost_soon(date(2026, 2, 28), store=store, policy=policy) == ()  # 31 days
    assert skills_lost_soon(date(2026, 3, 1), store=store, policy=policy) == (entry,)
