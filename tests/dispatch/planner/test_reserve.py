"""Plans with room for urgent orders: every way takes ten minutes, a repair half an hour, the shift begins at 8:00."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.check import check
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.policy.settings import load_policy
from tests.dispatch.planner.small import PLACES, at, order, planned, request, shift, starts, technician

POLICY = load_policy()
MORNING = [0.0] * 9 + [1.0] + [0.0] * 14
LATER = {"kind": "install", "accepted_at": at("12:00", day=9), "due": at("00:00", day=20)}
"""Due long after the horizon: leaving it out costs 10,000 and little more."""


def wanting(*orders: dict[str, Any], expected: float = 1.0, end: str = "09:50", **settings: Any) -> Request:
    """Return a request for one day; by default its shift has room for two visits."""
    reserve = {"share": expected, "duration_s": 1_800, "expected": {"morning": MORNING}, **settings}
    return request(
        *orders,
        horizon={"start": at("00:00"), "end": at("00:00", day=11)},
        technicians=[technician(shifts=[shift(end=at(end))])],
        policy={"reserve": reserve},
    )


def kept(plan: Plan) -> tuple[int, int]:
    figures = plan.kpis["reserve"]
    return figures["wanted"], figures["kept"]


def test_room_is_free_and_the_plan_passes() -> None:
    wanted = wanting(order(1), end="12:00")
    plan = planned(wanted)
    assert starts(plan) == {"o-1": "08:10"}
    assert kept(plan) == (1, 1)
    assert plan.kpis["reserve"]["by_half_day"] == {"2026-03-10 morning": {"wanted": 1, "kept": 1}}
    assert check(wanted, plan, policy=POLICY).ok
    assert plan.cost.total == planned(wanting(order(1), end="12:00", share=0.0)).cost.total


def test_off_the_plan_says_nothing_of_it() -> None:
    assert "reserve" not in planned(wanting(order(1), share=0.0)).kpis


@pytest.mark.parametrize(("worth", "served"), [(5_000, 2), (40_000, 1)], ids=["cheap", "dear"])
def test_an_order_that_can_wait_gives_way_only_to_a_dear_reserve(worth: int, served: int) -> None:
    wanted = wanting(order(1), order(2, **LATER), worth=worth)
    plan = planned(wanted)
    assert len(starts(plan)) == served
    assert kept(plan) == (1, 2 - served)
    assert check(wanted, plan, policy=POLICY).ok


def test_an_order_left_out_for_the_reserve_says_so() -> None:
    left_out = planned(wanting(order(1), order(2, **LATER), worth=40_000)).unassigned
    assert [one.order for one in left_out] == ["o-2"]
    assert "displaces order urgent repair expected 2026-03-10 morning 1" in left_out[0].reasons[0].detail


def test_what_is_due_never_gives_way() -> None:
    plan = planned(wanting(order(1), order(2), worth=200_000))
    assert set(starts(plan)) == {"o-1", "o-2"}
    assert kept(plan) == (1, 0)


def test_a_route_that_needs_the_placeholder_on_its_way_is_searched_anew() -> None:
    # From home to o-2 and back there is a way only by way of o-1's place, where the urgent order would be.
    seconds = [[0 if i == j else 600 for j in range(PLACES)] for i in range(PLACES)]
    durations: list[list[int | None]] = [list(row) for row in seconds]
    durations[0][2] = None
    matrix = {"durations_s": durations, "distances_m": seconds}
    wanted = wanting(order(2), end="12:00")
    changes = {"travel": {"provider": "matrix", "profiles": {"car": matrix}}}
    wanted = Request.model_validate({**wanted.model_dump(mode="json", by_alias=True), **changes})
    plan = planned(wanted)
    assert [one.order for one in plan.unassigned] == ["o-2"]
    assert "reserve" not in plan.kpis
    assert check(wanted, plan, policy=POLICY).ok


def test_the_same_settings_give_the_same_plan() -> None:
    first, again = (planned(wanting(order(1), order(2, **LATER), worth=40_000)) for _ in range(2))
    assert (starts(first), first.run.digest) == (starts(again), again.run.digest)
    assert first.run.digest != planned(wanting(order(1), order(2, **LATER), worth=39_999)).run.digest
