"""Coverage: communities under promise of the qualified urban ones; also by households (R06)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.request import Community
from dispatch.policy.coverage import coverage
from dispatch.policy.settings import load_policy
from tests.dispatch.domain.documents import community_document

SETTINGS = load_policy().quality.coverage
NOON = datetime(2026, 3, 9, 4, tzinfo=UTC)


def a_community(name: str, *, urban: bool = True, served: bool = True, **changes: Any) -> CommunityRecord:
    document = Community.model_validate(community_document(id=name, urban=urban, served=served))
    return CommunityRecord(id=name, created_at=NOON, changed_at=NOON, community=document, **changes)


def test_r06_communities_and_households_are_two_figures() -> None:
    found = coverage(
        [
            a_community("a", households=900),
            a_community("b", households=50),
            a_community("c", served=False, households=50),
            a_community("d", urban=False, served=False, households=7_000),
            a_community("e", qualified=False, served=False, households=7_000),
        ],
        SETTINGS,
    )
    assert found.share == pytest.approx(2 / 3)
    assert found.household_share == pytest.approx(0.95)
    assert found.households_unknown == 0


@pytest.mark.parametrize(("unserved", "is_reached"), [(1, True), (2, False)])
def test_r06_exactly_99_per_cent_is_reached(unserved: int, is_reached: bool) -> None:
    communities = [a_community(str(number), served=number >= unserved) for number in range(100)]
    assert coverage(communities, SETTINGS).is_reached is is_reached


def test_unknown_households_are_told_and_left_out() -> None:
    found = coverage([a_community("a"), a_community("b", households=10)], SETTINGS)
    assert (found.households_unknown, found.household_share) == (1, 1.0)


def test_without_communities_there_is_no_share() -> None:
    found = coverage([], SETTINGS)
    assert (found.share, found.household_share, found.is_reached) == (None, None, None)
