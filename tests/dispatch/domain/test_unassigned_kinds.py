"""The kinds in which unassigned orders are counted are the same wherever they are told."""

from __future__ import annotations

from typing import get_args

import pytest

from dispatch.commands import summary
from dispatch.domain.plan import ReasonCode, Unassigned
from dispatch.domain.unassigned_kinds import UNASSIGNED_KINDS, counts_of_kinds, kind_of_unassigned


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ([], None),
        (["skill", "territory"], "nobody_can_serve"),
        (["skill", "capacity"], "crowded_out"),
        (["skill", "deferred"], "deferred"),
        (["hold"], "on_hold"),
        (["horizon"], "after_horizon"),
    ],
)
def test_the_kind_of_an_order_follows_from_its_reasons(codes: list[str], kind: str | None) -> None:
    assert kind_of_unassigned(codes) == kind


def test_every_reason_has_a_kind_that_is_counted_and_told() -> None:
    assert {kind_of_unassigned([code]) for code in get_args(ReasonCode)} == set(UNASSIGNED_KINDS)
    assert set(summary._KINDS) == set(UNASSIGNED_KINDS)


def test_an_order_without_reasons_is_not_counted() -> None:
    assert counts_of_kinds([Unassigned(order="o-1")]) == dict.fromkeys(UNASSIGNED_KINDS, 0)
