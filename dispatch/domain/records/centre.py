"""The dispatch centre: who plans, for which technicians and communities. Several share one installation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, Strict

from dispatch.domain.problems import shown
from dispatch.domain.records.record import Record
from dispatch.domain.request import Depot, Travel, is_zone
from dispatch.domain.values import Document, Identifier, Instant, refusal

_SOME_MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)


def is_cron(text: str) -> str:
    """Return a text if it is a cron expression of five fields that comes true some day; for validators."""
    if len(text.split()) != 5:
        raise refusal(f"{shown(text)} has not five fields", 'write minute, hour, day, month, weekday: "30 20 * * *"')
    try:
        next(CronSim(text, _SOME_MOMENT))
    except (CronSimError, StopIteration) as error:
        raise refusal(f"{shown(text)} is no cron expression ({error})", 'write it like "30 20 * * *"') from None
    return text


class NightlyRules(Document):
    """When and how a centre plans by itself; null = as the operator's policy says."""

    cron: Annotated[str, AfterValidator(is_cron)] | None = Field(
        default=None, description="When, in the centre's time zone: minute, hour, day, month, weekday."
    )
    search_s: Annotated[float, Field(strict=True, gt=0, le=86_400)] | None = Field(
        default=None, description="Seconds of search."
    )
    publishes: Annotated[bool, Strict()] | None = Field(
        default=None, description="Whether its plan is put in force by itself, or waits as a draft."
    )
    days: Annotated[int, Strict(), Field(ge=1, le=14)] | None = Field(
        default=None, description="Local days that are planned, the dispatch day included."
    )


class Centre(Record):
    """A dispatch centre; its record belongs to itself."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(description="For people.")
    time_zone: Annotated[Identifier, AfterValidator(is_zone)] = Field(
        default="Asia/Shanghai", description="IANA name of the zone in which its promises and nights are counted."
    )
    nightly: NightlyRules = Field(default_factory=NightlyRules, description="When and how it plans by itself.")
    next_nightly_at: Instant | None = Field(
        default=None, description="When it plans by itself next; kept by the service; null = to be reckoned."
    )
    travel: Travel = Field(default_factory=Travel, description="Where its travel times come from: map or server.")
    depots: tuple[Depot, ...] = Field(default=(), description="Where parts and tools may be had.")
    policy: dict[str, Any] = Field(
        default_factory=dict, description="Its overrides of the operator's policy, as in a planning request."
    )
