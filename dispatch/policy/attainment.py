"""How well promises are kept, counted over many orders: attainment by tier and promise, contact, arrival, acceptance.

Attainment is not coverage (R06): how many of the promises made were kept, against how many communities get one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, computed_field

from dispatch.domain.records.order_view import OrderView
from dispatch.policy.clocks import (
    BreachCause,
    is_appointment_kept,
    is_changed_too_often,
    is_kept,
    judge,
    moved_by_holds,
)
from dispatch.policy.contact_hours import first_contact_due
from dispatch.policy.promise import premium_install_due
from dispatch.policy.settings import InstallBeforeCutoff, Policy, PromiseSettings

READINGS: Final[tuple[InstallBeforeCutoff, ...]] = ("PLUS_24H", "SAME_DAY_2400")
"""Both readings of R17 are always reported."""


class Share(BaseModel):
    """How many of some promises were kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kept: int = Field(default=0, description="Kept.")
    broken: int = Field(default=0, description="Broken.")
    open: int = Field(default=0, description="Neither kept nor broken yet.")

    @computed_field(description="Kept ones of those decided; null = none is decided.")  # type: ignore[prop-decorator]
    @property
    def rate(self) -> float | None:
        """Kept ones of those decided; None = none is decided."""
        decided = self.kept + self.broken
        return self.kept / decided if decided else None


@dataclass(frozen=True, kw_only=True)
class Attainment:
    """How one promise was kept to one tier.

    Attributes
    ----------
    rule
        The earliest promise of the orders, as R17.
    gross, net
        With all time counted; without what the customer made the order wait (T7). The net one is the figure that
        counts.
    causes
        Why promises were broken by the net clock; they add up to `net.broken`.
    """

    tier: str
    rule: str
    gross: Share
    net: Share
    causes: Mapping[BreachCause, int]


@dataclass(frozen=True, kw_only=True)
class PremiumInstall:
    """How premium installs fare by one reading of "one day", whichever is in force (5.1)."""

    reading: InstallBeforeCutoff
    gross: Share
    net: Share


@dataclass(frozen=True, kw_only=True)
class PromiseFigures:
    """What became of the promises to the orders that were taken in on some days.

    Attributes
    ----------
    orders, without_promise
        Taken in; of these, promised nothing: out of scope, or a follow-up.
    arrival
        Arrived within an hour of the agreed time (R09).
    contact_attempted, contact_reached
        A first call, and a customer reached, within two hours of the technician's acceptance (R08): an attempt
        satisfies the promise, success is the second figure.
    accepted
        Accepted by the technician in time, of every time an order was dispatched.
    reopened
        Orders that were opened again.
    """

    orders: int
    without_promise: int
    attainment: tuple[Attainment, ...]
    premium_install: tuple[PremiumInstall, ...]
    arrival: Share
    contact_attempted: Share
    contact_reached: Share
    accepted: Share
    reopened: int


def promise_figures(orders: Iterable[OrderView], *, policy: Policy, now: datetime) -> PromiseFigures:
    """Return what became of the promises to some orders, in one pass."""
    count = _Count(
        {reading: policy.promise.model_copy(update={"premium_install_before_cutoff": reading}) for reading in READINGS}
    )
    for order in orders:
        count.orders += 1
        count.accepted[False] += order.given_back
        count.reopened += order.reopened > 0
        _count_promise(order, count, policy, now)
        _count_technician(order, count, policy, now)
    return PromiseFigures(
        orders=count.orders,
        without_promise=count.without_promise,
        attainment=tuple(
            Attainment(
                tier=tier,
                rule=rule,
                gross=_share(count.gross[tier, rule]),
                net=_share(count.net[tier, rule]),
                causes=dict(count.causes[tier, rule]),
            )
            for tier, rule in sorted(count.net)
        ),
        premium_install=tuple(
            PremiumInstall(reading=reading, gross=_share(count.gross_of[reading]), net=_share(count.net_of[reading]))
            for reading in sorted(count.net_of)
        ),
        arrival=_share(count.arrival),
        contact_attempted=_share(count.attempted),
        contact_reached=_share(count.reached),
        accepted=_share(count.accepted),
        reopened=count.reopened,
    )


Verdicts = Counter[bool | None]
"""How many were kept (True), broken (False), undecided (None)."""


@dataclass
class _Count:
    settings_of: Mapping[InstallBeforeCutoff, PromiseSettings]
    orders: int = 0
    without_promise: int = 0
    reopened: int = 0
    gross: dict[tuple[str, str], Verdicts] = field(default_factory=lambda: defaultdict(Counter))
    net: dict[tuple[str, str], Verdicts] = field(default_factory=lambda: defaultdict(Counter))
    causes: dict[tuple[str, str], Counter[BreachCause]] = field(default_factory=lambda: defaultdict(Counter))
    gross_of: dict[InstallBeforeCutoff, Verdicts] = field(default_factory=lambda: defaultdict(Counter))
    net_of: dict[InstallBeforeCutoff, Verdicts] = field(default_factory=lambda: defaultdict(Counter))
    arrival: Verdicts = field(default_factory=Counter)
    attempted: Verdicts = field(default_factory=Counter)
    reached: Verdicts = field(default_factory=Counter)
    accepted: Verdicts = field(default_factory=Counter)


def _share(verdicts: Verdicts) -> Share:
    return Share(kept=verdicts[True], broken=verdicts[False], open=verdicts[None])


def _count_promise(order: OrderView, count: _Count, policy: Policy, now: datetime) -> None:
    """Count an order under the earliest promise made to it; one given up breaks and keeps nothing."""
    if order.due is None or not order.rules:
        count.without_promise += 1
        return
    if order.state in ("withdrawn", "rejected"):
        return
    judged = judge(order, policy.life, now)
    key = (order.tier, order.rules[0])
    count.gross[key][judged.is_gross_on_time] += 1
    count.net[key][judged.is_net_on_time] += 1
    if judged.cause is not None:
        count.causes[key][judged.cause] += 1
    if order.tier == "premium" and order.order.kind == "install":
        _count_premium_install(order, count, policy, now)


def _count_premium_install(order: OrderView, count: _Count, policy: Policy, now: datetime) -> None:
    for reading, settings in count.settings_of.items():
        due = premium_install_due(order.accepted_at, _zone(order.time_zone), settings)
        count.gross_of[reading][is_kept(order, due, now)] += 1
        net = (
            False if is_changed_too_often(order, policy.life) else is_kept(order, moved_by_holds(order, due, now), now)
        )
        count.net_of[reading][net] += 1


def _count_technician(order: OrderView, count: _Count, policy: Policy, now: datetime) -> None:
    limits = policy.life.limits
    kept = is_appointment_kept(order, policy.life)
    if kept is not None:
        count.arrival[kept] += 1
    if order.dispatched_at is not None:
        due = order.dispatched_at + timedelta(minutes=limits.accept_min)
        count.accepted[_in_time(order.technician_accepted_at, due, now)] += 1
    if order.technician_accepted_at is not None:
        due = first_contact_due(
            order.technician_accepted_at,
            timedelta(minutes=limits.first_contact_min),
            policy.life.contact,
            _zone(order.time_zone),
        )
        count.attempted[_in_time(order.first_contact_at, due, now)] += 1
        count.reached[_in_time(order.contacted_at, due, now)] += 1


def _in_time(moment: datetime | None, due: datetime, now: datetime) -> bool | None:
    if moment is not None:
        return moment <= due
    return False if now > due else None


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
