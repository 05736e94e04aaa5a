"""The skill matrix of a centre (R27)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dispatch.domain.records.skill import TechnicianSkill
from dispatch.errors import BadInputError
from dispatch.policy.settings import load_policy
from dispatch.usecases.quality.skills import add_skill, skill_matrix, skills_lost_soon
from tests.fakes import FakeClock, FakeStore, counting_ids

NEW_ID = counting_ids("skill")


def add(store: FakeStore, technician: str, **changes: Any) -> TechnicianSkill:
    given = {"skill": "fibre_splice", "store": store, "clock": FakeClock(), "new_id": NEW_ID, **changes}
    return add_skill(technician=technician, **given)


def test_r27_the_matrix_of_a_day_holds_what_counts_on_it() -> None:
    store = FakeStore().of("xuzhou")
    add(store, "t-1", level=2, expires_on=date(2026, 3, 9))
    add(store, "t-2", skill="pc_help")
    assert skill_matrix(date(2026, 3, 9), store=store) == {"t-1": {"fibre_splice": 2}, "t-2": {"pc_help": 1}}
    assert skill_matrix(date(2026, 3, 10), store=store) == {"t-2": {"pc_help": 1}}


def test_r27_the_end_of_a_skill_is_announced_30_days_before() -> None:
    store = FakeStore().of("xuzhou")
    entry = add(store, "t-1", expires_on=date(2026, 3, 31))
    policy = load_policy()
    assert skills_lost_soon(date(2026, 2, 28), store=store, policy=policy) == ()  # 31 days
    assert skills_lost_soon(date(2026, 3, 1), store=store, policy=policy) == (entry,)


def test_an_impossible_level_is_refused_by_name() -> None:
    with pytest.raises(BadInputError, match="level: 0"):
        add(FakeStore().of("xuzhou"), "t-1", level=0)
