"""What keeps an order from being closed: unticked stages, no speed test, no convenience item offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from dispatch.domain.records.checklist import Checklist, Tick
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.work_order import STAGES
from dispatch.policy.closing_gate import open_points, stage_times
from dispatch.policy.quality_settings import ChecklistSettings
from dispatch.policy.settings import load_policy
from tests.dispatch.policy.test_speed_test import a_test

SETTINGS = load_policy().quality
NINE = datetime(2026, 3, 10, 1, tzinfo=UTC)


def a_checklist(*, without: tuple[str, ...] = ()) -> Checklist:
    """Return a list on which everything else is ticked, a minute after the other."""
    items = [(stage, item) for stage in STAGES for item in SETTINGS.checklist.items_of(stage) if item not in without]
    ticks = tuple(
        Tick(stage=stage, item=item, at=NINE + timedelta(minutes=number), by="technician:t-1")
        for number, (stage, item) in enumerate(items)
    )
    return Checklist(id="o-1", order="o-1", created_at=NINE, changed_at=NINE, ticks=ticks)


def an_offer(item: Literal["gateway_setup", "screen_cleaning"] = "gateway_setup") -> Convenience:
    return Convenience(
        id=f"o-1-{item}",
        created_at=NINE,
        changed_at=NINE,
        order="o-1",
        item=item,
        result="declined",
        recorded_by="technician:t-1",
    )


def test_r25_closing_is_blocked_until_every_stage_is_ticked() -> None:
    points = open_points("repair", "standard", checklist=None, tests=(), conveniences=(), settings=SETTINGS)
    assert [point.path for point in points] == [f"checklist.{stage}" for stage in STAGES]
    done = open_points("repair", "standard", checklist=a_checklist(), tests=(), conveniences=(), settings=SETTINGS)
    assert done == ()


@pytest.mark.parametrize("item", ["uniform_worn", "badge_shown", "service_card_left"])
def test_r24_uniform_badge_and_service_card_are_items_that_block_closing(item: str) -> None:
    (point,) = open_points(
        "repair", "standard", checklist=a_checklist(without=(item,)), tests=(), conveniences=(), settings=SETTINGS
    )
    assert item in point.message


def test_r14_an_install_without_a_speed_test_stays_open_and_a_failed_test_closes_it() -> None:
    def points(*tests: bool | None) -> list[str]:
        found = open_points(
            "install",
            "standard",
            checklist=a_checklist(),
            tests=[a_test(str(number), passed=passed) for number, passed in enumerate(tests)],
            conveniences=(),
            settings=SETTINGS,
        )
        return [point.path for point in found]

    assert points() == ["speed_test"]
    assert points(None) == ["speed_test"]
    assert points(True) == []
    assert points(False) == []  # completed with a remedy pending (R15)


def test_r21_a_premium_visit_has_to_offer_an_item_and_a_declined_one_counts() -> None:
    gate = {"checklist": a_checklist(), "tests": (), "settings": SETTINGS}
    (point,) = open_points("repair", "premium", conveniences=(), **gate)
    assert point.path == "convenience"
    assert open_points("repair", "premium", conveniences=(an_offer(),), **gate) == ()
    assert open_points("follow_up", "premium", conveniences=(), **gate) == ()


def test_r25_stages_give_the_time_stamps_of_the_visit() -> None:
    times = stage_times(a_checklist(without=("cleaned_up",)), SETTINGS.checklist)
    # two items a stage, one a minute: a stage is whole with its second item, at minutes 1, 3, 5, 7; leaving is not
    assert times == {stage: NINE + timedelta(minutes=2 * number + 1) for number, stage in enumerate(STAGES[:4])}
    assert stage_times(None, SETTINGS.checklist) == {}


def test_an_item_that_is_ticked_twice_keeps_its_first_moment() -> None:
    again = Tick(stage="entry", item="knocked", at=NINE + timedelta(hours=5), by="technician:t-2")
    checklist = a_checklist()
    assert checklist.with_ticks([again], now=NINE).ticks == checklist.ticks


def test_a_stage_without_items_and_an_item_of_two_stages_are_refused() -> None:
    settings = SETTINGS.checklist.model_dump()
    with pytest.raises(ValueError, match="leaving has no item"):
        ChecklistSettings.model_validate({**settings, "leaving": []})
    with pytest.raises(ValueError, match="'knocked' stands in the checklist twice"):
        ChecklistSettings.model_validate({**settings, "leaving": ["knocked"]})
