"""Settings of what a service plans by itself: nights, the running day, offers; their meaning is in `defaults.toml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, Strict

from dispatch.domain.events import EVENT_KINDS
from dispatch.domain.problems import shown
from dispatch.domain.records.centre import is_cron
from dispatch.domain.values import Document, refusal

Pause = Annotated[float, Field(strict=True, ge=0, le=86_400)]
Search = Annotated[float, Field(strict=True, gt=0, le=86_400)]


def _is_event_kind(name: str) -> str:
    if name not in EVENT_KINDS:
        raise refusal(f"{shown(name)} is no kind of event", f"write one of {', '.join(EVENT_KINDS)}")
    return name


class PlanningSettings(Document):
    """When a service plans by itself, and for how long."""

    nightly_cron: Annotated[str, AfterValidator(is_cron)]
    nightly_search_s: Search
    nightly_publishes: Annotated[bool, Strict()]
    nightly_days: Annotated[int, Strict(), Field(ge=1, le=14)]
    plan_ahead_days: Annotated[int, Strict(), Field(ge=1, le=366)]
    same_day_until_h: Annotated[int, Strict(), Field(ge=0, le=24)]
    dispatch_before_min: Annotated[int, Strict(), Field(ge=0, le=1_440)]
    urgent_search_s: Search
    gather_s: Pause
    attempts: Annotated[int, Strict(), Field(ge=1, le=10)]
    replan_after: tuple[Annotated[str, AfterValidator(_is_event_kind)], ...]
    urgent_priority: Annotated[int, Strict(), Field(ge=0, le=4)]
    urgent_due_h: Annotated[int, Strict(), Field(ge=0, le=744)]
    overrun_s: Annotated[int, Strict(), Field(ge=0, le=86_400)]
    moved_s: Annotated[int, Strict(), Field(ge=0, le=86_400)]
    moved_chance: Annotated[float, Field(strict=True, ge=0, le=1)]
    book_age_s: Pause
    keep_days: Annotated[int, Strict(), Field(ge=1, le=3_650)]
    proposals_at_a_time: Annotated[int, Strict(), Field(ge=1, le=10_000)]
