"""The promise engine: which service commitments apply to an order, and when they fall due (docs/commitments.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.request import Community, Order, Request, Tier
from dispatch.domain.values import LAST_MOMENT, with_fixed_offset
from dispatch.policy.settings import Policy, PromiseSettings


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One commitment that applies to an order.

    Attributes
    ----------
    rule
        Number of the commitment, as in docs/commitments.md.
    due
        The visit has to end at or before it.
    reason
        Why it applies and what it says, for a dispatcher.
    soft_due
        An earlier moment that is aimed at, at a lower price; None = none.
    """

    rule: str
    due: datetime
    reason: str
    soft_due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DueTimes:
    """When an order's visit has to end.

    Attributes
    ----------
    due
        The order's own due time, else the earliest of the promises (T6); None = nothing is promised.
    soft_due
        Earliest soft due time that lies before `due`; None = none.
    promises
        All promises that apply.
    """

    due: datetime | None
    soft_due: datetime | None
    promises: tuple[Promise, ...]


def promises(order: Order, community: Community, tier: Tier, policy: Policy, zone: ZoneInfo) -> tuple[Promise, ...]:
    """Return the promises that apply to an order, earliest first.

    Nothing is promised outside the scope gate (R04, T8): the community is urban and served, and the order's resource
    is ready. An order that waits for a resource cannot be planned anyway (`hold`); once it is ready, its clock counts
    from acceptance like any other. A follow-up has no promise.

    Parameters
    ----------
    tier
        Tier at acceptance (R16); `Request.tier_of` knows it.
    zone
        Wall-clock rules (cut-off, 24:00) are read in it; promises in hours are absolute time (T2).
    """
    if not (community.urban and community.served and order.resource_ready):
        return ()
    clock = _Clock(order.accepted_at, zone)
    settings = policy.promise
    match order.kind:
        case "install":
            found = list(_install(clock, tier, settings))
        case "move":
            found = [_in_hours("R02", clock, settings.move_h, "move")]
        case "repair":
            found = list(_repair(clock, tier, settings))
        case "speed_remedy":
            found = [_in_hours("R15", clock, settings.speed_remedy_h, "network optimization after a failed speed test")]
        case "follow_up":
            found = []
    return tuple(sorted(found, key=lambda promise: promise.due))


def due_times(order: Order, request: Request, policy: Policy) -> DueTimes:
    """Return when an order's visit has to end.

    An order's own `due` replaces the promises' due and soft due times: the customer asked for it (T7).
    """
    return due_times_in(order, request.community_of(order), request.tier_of(order), policy, request.zone)


def due_times_in(order: Order, community: Community, tier: Tier, policy: Policy, zone: ZoneInfo) -> DueTimes:
    """Return when the visit of an order has to end that is in no planning request yet; see `due_times`."""
    found = promises(order, community, tier, policy, zone)
    if order.due is not None:
        return DueTimes(due=order.due, soft_due=None, promises=found)
    due = min((promise.due for promise in found), default=None)
    if due is None:
        return DueTimes(due=None, soft_due=None, promises=())
    soft = min((promise.soft_due for promise in found if promise.soft_due is not None), default=None)
    return DueTimes(due=due, soft_due=soft if soft is not None and soft < due else None, promises=found)


def premium_install_due(accepted_at: datetime, zone: ZoneInfo, settings: PromiseSettings) -> datetime:
    """Return when a premium install falls due by the reading of "one day" that the settings have (section 5.1)."""
    return _premium_install(_Clock(accepted_at, zone), settings).due


@dataclass(frozen=True)
class _Clock:
    """The moment of acceptance, seen on the wall clock; every answer has a fixed offset and fits in a document."""

    accepted_at: datetime
    zone: ZoneInfo

    def after_hours(self, hours: int) -> datetime:
        """Return a moment so many natural hours after acceptance (T2)."""
        return self._shown(self.accepted_at.astimezone(UTC) + timedelta(hours=hours))

    def today(self, time_of_day: time) -> datetime:
        """Return a time of the day of acceptance; the first one where the clock shows it twice."""
        return self._on_day(0, time_of_day)

    def tomorrow(self, time_of_day: time) -> datetime:
        """Return a time of the calendar day after acceptance."""
        return self._on_day(1, time_of_day)

    def midnight(self) -> datetime:
        """Return 24:00 of the day of acceptance."""
        return self._on_day(1, time())

    def is_before(self, cut_off: time) -> bool:
        """Compare moments, not wall clocks: where an hour comes twice, "before" must not come back."""
        return self.accepted_at < self.today(cut_off)

    def _on_day(self, days_later: int, time_of_day: time) -> datetime:
        day = self.accepted_at.astimezone(self.zone).date() + timedelta(days=days_later)
        return self._shown(datetime.combine(day, time_of_day, tzinfo=self.zone).astimezone(UTC))

    def _shown(self, moment: datetime) -> datetime:
        return with_fixed_offset(min(moment, LAST_MOMENT).astimezone(self.zone))


def _in_hours(rule: str, clock: _Clock, hours: int, what: str) -> Promise:
    return Promise(rule=rule, due=clock.after_hours(hours), reason=f"{what} within {hours} hours of acceptance")


def _install(clock: _Clock, tier: Tier, settings: PromiseSettings) -> Iterator[Promise]:
    yield _in_hours("R01", clock, settings.install_h, "install")
    if tier == "fast24":
        yield _in_hours("R05", clock, settings.fast24_install_h, "install in a fast-24 community")
    elif tier == "premium":
        yield _premium_install(clock, settings)


def _premium_install(clock: _Clock, settings: PromiseSettings) -> Promise:
    """Return R17 or R19; section 5.1 of docs/commitments.md weighs the readings of R17."""
    cut_off = f"{settings.premium_cut_off:%H:%M}"
    next_day = clock.tomorrow(settings.premium_install_next_day)
    if not clock.is_before(settings.premium_cut_off):
        at = f"{settings.premium_install_next_day:%H:%M}"
        return Promise(rule="R19", due=next_day, reason=f"premium install accepted after {cut_off}: by {at} next day")
    before = f"premium install accepted before {cut_off}"
    shift_end = clock.today(settings.evening_shift_end)
    match settings.premium_install_before_cutoff:
        case "PLUS_24H":
            # Where the clock is put forward in between, 24 hours end after the next day's 17:00, and an earlier
            # order would be due later than one accepted at the cut-off (R19).
            due = min(clock.after_hours(settings.premium_install_h), next_day)
            reason = f"{before}: within {settings.premium_install_h} hours, the same day if possible"
            return Promise(rule="R17", due=due, soft_due=clock.midnight(), reason=reason)
        case "SAME_DAY_2400":
            reason = f"{before}: the same day, in the evening shift if possible"
            return Promise(rule="R17", due=clock.midnight(), soft_due=shift_end, reason=reason)
        case "SAME_DAY_SHIFT_END":
            reason = f"{before}: by the end of the evening shift"
            return Promise(rule="R17", due=shift_end, reason=reason)


def _repair(clock: _Clock, tier: Tier, settings: PromiseSettings) -> Iterator[Promise]:
    yield _in_hours("R03", clock, settings.repair_h, "repair")
    if tier != "premium":
        return
    cut_off = f"{settings.premium_cut_off:%H:%M}"
    if clock.is_before(settings.premium_cut_off):
        yield Promise(
            rule="R18",
            due=clock.midnight(),
            soft_due=clock.today(settings.evening_shift_end),
            reason=f"premium repair reported before {cut_off}: the same day, in the evening shift if possible",
        )
    else:
        yield Promise(
            rule="R20",
            due=clock.tomorrow(settings.premium_repair_next_day),
            reason=f"premium repair reported after {cut_off}: by {settings.premium_repair_next_day:%H:%M} next day",
        )
