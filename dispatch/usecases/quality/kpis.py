"""The figures of some days: promises, visits, speeds; and coverage, which is another figure (R06)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from dispatch.domain.records.order_view import OrderView
from dispatch.domain.records.record import Between
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, Problem
from dispatch.policy.attainment import PromiseFigures, Share, promise_figures
from dispatch.policy.coverage import Coverage, coverage
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, Store, Transaction


@dataclass(frozen=True, kw_only=True)
class SpeedFigures:
    """How fast the lines are that were tested on some days, by the last series of each order that proves something.

    Attributes
    ----------
    mean_share
        Mean over the orders of measured by contracted speed; None = none was tested.
    """

    passed: Share
    mean_share: float | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of some local days, both included.

    Attributes
    ----------
    community
        Only its orders; None = those of all.
    promises
        Of the orders taken in on these days.
    visits, technician_days
        Orders served by a technician on these days; days on which each technician served one.
    speed
        Of the lines tested on these days.
    """

    first_day: date
    last_day: date
    community: str | None
    promises: PromiseFigures
    visits: int
    technician_days: int
    speed: SpeedFigures

    @property
    def orders_per_technician_day(self) -> float | None:
        """Visits by technician and day; None = there was none."""
        return self.visits / self.technician_days if self.technician_days else None


def figures(
    first_day: date,
    last_day: date,
    *,
    store: Store,
    clock: Clock,
    policy: Policy,
    zone: ZoneInfo,
    community: str | None = None,
) -> Figures:
    """Return the figures of some local days of a dispatch centre.

    Every order is read once, as a smaller model of its document.

    Raises
    ------
    BadInputError
        If the last day lies before the first.
    """
    if last_day < first_day:
        problem = Problem(path="last_day", message=f"{last_day} lies before first_day {first_day}", remedy="swap them")
        raise BadInputError([problem])
    days = Between(_midnight(first_day, zone), _midnight(last_day + timedelta(days=1), zone))
    of_community = {} if community is None else {"community": community}
    with store.read() as transaction:
        orders = transaction.records(WorkOrder)
        promises = promise_figures(
            orders.views(OrderView, where={"received_at": days, **of_community}),
            policy=policy,
            now=clock.now(),
        )
        day_counts = Counter(
            (served.technician, served.restored_at.astimezone(zone).date())
            for served in orders.views(_ServedView, where={"restored_at": days, **of_community})
            if served.technician is not None
        )
        speed = _speed(transaction, days, community)
    return Figures(
        first_day=first_day,
        last_day=last_day,
        community=community,
        promises=promises,
        visits=day_counts.total(),
        technician_days=len(day_counts),
        speed=speed,
    )


def coverage_now(*, store: Store, policy: Policy) -> Coverage:
    """Return the coverage of a dispatch centre's communities as they are now (R06)."""
    with store.read() as transaction:
        return coverage(transaction.records(CommunityRecord).all(), policy.quality.coverage)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _ServedView(_View):
    technician: str | None = None
    restored_at: datetime


class _IdView(_View):
    id: str


class _TestView(_View):
    order: str
    tested_at: datetime
    measured_kbps: tuple[int, ...]
    contracted_kbps: int
    passed: bool


def _speed(transaction: Transaction, days: Between, community: str | None) -> SpeedFigures:
    tests = transaction.records(SpeedTest).views(_TestView, where={"tested_at": days, "passed": (True, False)})
    last: dict[str, _TestView] = {}
    for test in tests:
        if test.order not in last or last[test.order].tested_at <= test.tested_at:
            last[test.order] = test
    if community is not None and last:
        views = transaction.records(WorkOrder).views(_IdView, where={"community": community})
        inside = {view.id for view in views}
        last = {order: test for order, test in last.items() if order in inside}
    passed = Counter(test.passed for test in last.values())
    shares = [fmean(test.measured_kbps) / test.contracted_kbps for test in last.values()]
    return SpeedFigures(
        passed=Share(kept=passed[True], broken=passed[False]),
        mean_share=fmean(shares) if shares else None,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
