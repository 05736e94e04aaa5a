"""The skill matrix: who has which skill how long, and what is lost soon (R27)."""

from __future__ import annotations

from datetime import date, timedelta

from dispatch.domain.records.made import made
from dispatch.domain.records.skill import TechnicianSkill, expiring, skills_on
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Store


def add_skill(
    *,
    technician: str,
    skill: str,
    store: Store,
    clock: Clock,
    new_id: NewId,
    level: int = 1,
    valid_from: date | None = None,
    expires_on: date | None = None,
    proof: str | None = None,
) -> TechnicianSkill:
    """Add a skill to a technician; a renewal is an entry of its own.

    Raises
    ------
    BadInputError
        If a field is impossible.
    """
    now = clock.now()
    entry = made(
        TechnicianSkill,
        id=new_id(),
        created_at=now,
        changed_at=now,
        technician=technician,
        skill=skill,
        level=level,
        valid_from=valid_from,
        expires_on=expires_on,
        proof=proof,
    )
    with store.write() as transaction:
        transaction.records(TechnicianSkill).add(entry)
    return entry


def skill_matrix(day: date, *, store: Store) -> dict[str, dict[str, int]]:
    """Return the level of each skill that each technician holds on a local day."""
    with store.read() as transaction:
        return skills_on(day, transaction.records(TechnicianSkill).all())


def skills_lost_soon(today: date, *, store: Store, policy: Policy) -> tuple[TechnicianSkill, ...]:
    """Return the skills whose end is to be announced on a local day, soonest first."""
    until = today + timedelta(days=policy.quality.skills.warn_days)
    with store.read() as transaction:
        return expiring(transaction.records(TechnicianSkill).all(), today=today, until=until)
