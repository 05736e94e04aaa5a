"""When a dispatch centre plans by itself, for which days and how: its own rules before the operator's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from dispatch.domain.records.centre import Centre
from dispatch.domain.request import Horizon
from dispatch.domain.values import with_fixed_offset
from dispatch.policy.planning_settings import PlanningSettings


@dataclass(frozen=True, kw_only=True)
class Night:
    """How a centre plans by itself.

    Attributes
    ----------
    publishes
        Whether the plan is put in force by itself.
    days
        Local days that are planned, the dispatch day included.
    """

    cron: str
    search_s: float
    publishes: bool
    days: int


def night_of(centre: Centre, settings: PlanningSettings) -> Night:
    """Return how a centre plans by itself; what it does not say itself, the policy does."""
    own = centre.nightly
    return Night(
        cron=settings.nightly_cron if own.cron is None else own.cron,
        search_s=settings.nightly_search_s if own.search_s is None else own.search_s,
        publishes=settings.nightly_publishes if own.publishes is None else own.publishes,
        days=settings.nightly_days if own.days is None else own.days,
    )


def next_night(centre: Centre, settings: PlanningSettings, *, after: datetime) -> datetime:
    """Return the first moment after `after` at which a centre plans by itself.

    Reckoned on the centre's wall clock. A time that the clock skips in spring comes at the end of the gap, one that
    comes twice in autumn counts once, as by Debian's cron.
    """
    local = after.astimezone(ZoneInfo(centre.time_zone))
    return next(CronSim(night_of(centre, settings).cron, local)).astimezone(UTC)


def last_night(centre: Centre, settings: PlanningSettings, *, until: datetime) -> datetime:
    """Return the last moment up to `until` at which a centre was to plan by itself."""
    local = (until + timedelta(seconds=1)).astimezone(ZoneInfo(centre.time_zone))
    return next(CronSim(night_of(centre, settings).cron, local, reverse=True)).astimezone(UTC)


def dispatch_day_at(now: datetime, zone: ZoneInfo, settings: PlanningSettings) -> date:
    """Return the day that a plan begun now is for: this one before `same_day_until_h`, else the next."""
    local = now.astimezone(zone)
    return local.date() + timedelta(days=int(local.hour >= settings.same_day_until_h))


def horizon_of(day: date, days: int, zone: ZoneInfo) -> Horizon:
    """Return the whole local days from `day` on; a day on which the clock changes has 23 or 25 hours."""
    first, last = (datetime.combine(one, time(), tzinfo=zone) for one in (day, day + timedelta(days=days)))
    return Horizon(start=with_fixed_offset(first), end=with_fixed_offset(last))
