"""The skill matrix: what is held on a day, and what is lost soon (R27)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from dispatch.domain.records.skill import TechnicianSkill, expiring, skills_on

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


def entry(technician: str, skill: str, level: int = 1, begins: str | None = None, ends: str | None = None):
    return TechnicianSkill(
        id=f"{technician}-{skill}-{level}-{begins}-{ends}",
        created_at=NOON,
        changed_at=NOON,
        technician=technician,
        skill=skill,
        level=level,
        valid_from=begins,
        expires_on=ends,
    )


def test_r27_a_skill_counts_from_its_first_to_its_last_day() -> None:
    skills = [entry("t-1", "fibre_splice", 2, "2026-03-02", "2026-03-09"), entry("t-1", "wiring")]
    held = [skills_on(date(2026, 3, day), skills)["t-1"] for day in (1, 2, 9, 10)]
    both, one = {"fibre_splice": 2, "wiring": 1}, {"wiring": 1}
    assert held == [one, both, both, one]


def test_r27_the_highest_level_counts_and_who_holds_nothing_is_left_out() -> None:
    skills = [
        entry("t-1", "cpe_test", 3, ends="2026-03-09"),
        entry("t-1", "cpe_test", 1),
        entry("t-2", "cpe_test", ends="2026-03-01"),
    ]
    assert skills_on(date(2026, 3, 9), skills) == {"t-1": {"cpe_test": 3}}
    assert skills_on(date(2026, 3, 10), skills) == {"t-1": {"cpe_test": 1}}


def test_r27_what_expires_is_announced_soonest_first() -> None:
    late, soon = entry("t-1", "wiring", ends="2026-03-20"), entry("t-2", "wiring", ends="2026-03-05")
    past, far = entry("t-3", "wiring", ends="2026-02-28"), entry("t-4", "wiring", ends="2026-04-20")
    found = expiring([late, soon, past, far], today=date(2026, 3, 1), until=date(2026, 3, 31))
    assert found == (soon, late)


def test_r27_a_renewed_skill_is_not_announced() -> None:
    old = entry("t-1", "wiring", 2, ends="2026-03-20")
    renewed = entry("t-1", "wiring", 2, "2026-03-21", "2027-03-20")
    lower = entry("t-1", "wiring", 1)
    with_gap = entry("t-1", "wiring", 2, "2026-03-22")

    def announced(*skills: TechnicianSkill) -> tuple[TechnicianSkill, ...]:
        return expiring(skills, today=date(2026, 3, 1), until=date(2026, 3, 31))

    assert announced(old, renewed) == ()
    assert announced(old, lower) == (old,)
    assert announced(old, with_gap) == (old,)


def test_an_end_before_the_beginning_is_refused() -> None:
    with pytest.raises(ValidationError, match="lies before valid_from"):
        entry("t-1", "wiring", 1, "2026-03-02", "2026-03-01")
