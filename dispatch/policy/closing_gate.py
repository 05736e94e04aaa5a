"""What is still missing before a visit's order may be closed: checklist, speed test, convenience (R14, R21, R25)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from dispatch.domain.records.checklist import Checklist
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import STAGES, Stage
from dispatch.domain.request import OrderKind, Tier
from dispatch.errors import Problem
from dispatch.policy.convenience import is_owed
from dispatch.policy.quality_settings import ChecklistSettings, QualitySettings
from dispatch.policy.speed_test import last_judged, needs_test


def open_points(
    kind: OrderKind,
    tier: Tier,
    *,
    checklist: Checklist | None,
    tests: Iterable[SpeedTest],
    conveniences: Sequence[Convenience],
    settings: QualitySettings,
) -> tuple[Problem, ...]:
    """Return what keeps an order from being closed; () = nothing.

    Each point names where it is missing (`checklist.leaving`, `speed_test`, `convenience`) and what to do. A failed
    speed test keeps nothing open: the order is completed with a remedy pending (R15).
    """
    points = list(_unticked(checklist, settings.checklist))
    if needs_test(kind, settings.speed_test) and last_judged(tests) is None:
        points.append(
            Problem(
                path="speed_test",
                message=f"no speed test of at least {settings.speed_test.least_tests} wired measurements",
                remedy="measure by cable and record the values",
            )
        )
    offered, least = len({convenience.item for convenience in conveniences}), settings.convenience.least_items
    if is_owed(kind, tier, settings.convenience) and offered < least:
        points.append(
            Problem(
                path="convenience",
                message=f"{offered} convenience items were offered, at least {least} are due",
                remedy="offer one and record whether it was done or declined",
            )
        )
    return tuple(points)


def stage_times(checklist: Checklist | None, settings: ChecklistSettings) -> Mapping[Stage, datetime]:
    """Return when each stage that is whole was whole: the time stamps of a visit (R25)."""
    if checklist is None:
        return {}
    at_of_stage = {stage: checklist.stage_at(stage, settings.items_of(stage)) for stage in STAGES}
    return {stage: at for stage, at in at_of_stage.items() if at is not None}


def _unticked(checklist: Checklist | None, settings: ChecklistSettings) -> Iterator[Problem]:
    ticked = frozenset() if checklist is None else checklist.items
    for stage in STAGES:
        left = [item for item in settings.items_of(stage) if item not in ticked]
        if left:
            yield Problem(
                path=f"checklist.{stage}",
                message=f"not ticked: {', '.join(left)}",
                remedy="tick what was done; a stage is passed with all its items",
            )
