"""What of the skill matrix is lost soon (R27)."""

from __future__ import annotations

from datetime import date, timedelta

from dispatch.domain.records.skill import TechnicianSkill, expiring
from dispatch.policy.settings import Policy
from dispatch.ports import Store


def skills_lost_soon(today: date, *, store: Store, policy: Policy) -> tuple[TechnicianSkill, ...]:
    """Return the skills whose end is to be announced on a local day, soonest first."""
    until = today + timedelta(days=policy.quality.skills.warn_days)
    with store.read() as transaction:
        return expiring(transaction.records(TechnicianSkill).all(), today=today, until=until)
