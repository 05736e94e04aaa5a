"""Take a planning request out of what a dispatch centre keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.plan import Plan
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.field_event import FieldDay
from dispatch.domain.records.record import Below, From
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.running_day import EventPosition
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Request
from dispatch.errors import NotFoundError, Problem
from dispatch.policy.nights import horizon_of, night_of
from dispatch.policy.planning_request import OPEN_STATES, Roster, assembled_request
from dispatch.policy.settings import Policy
from dispatch.ports import Transaction
from dispatch.usecases.centre_policies import centre_policy


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Everything a centre has to plan, as of one moment.

    Attributes
    ----------
    in_force
        Version of the dispatch day's plan that was in force; None = none was.
    read
        How far field events are in it: what is recorded later is news to its plan.
    left_out
        Records with a fault, which nobody can plan.
    """

    request: Request
    day: date
    in_force: int | None
    read: EventPosition
    left_out: tuple[Problem, ...]


def centre_of(transaction: Transaction) -> Centre:
    """Return the record of the dispatch centre that a transaction is seen by; raises `NotFoundError` if it has none."""
    found = transaction.records(Centre).all(limit=1)
    if not found:
        raise NotFoundError("this dispatch centre has no record\nMaybe make it first: its name, time zone and travel")
    return found[0]


def snapshot(
    day: date, *, now: datetime, policy: Policy, transaction: Transaction, days: int | None = None
) -> Snapshot:
    """Return the planning request of a dispatch day.

    Parameters
    ----------
    policy
        The operator's; the centre's overrides go into the request.
    transaction
        Seen by the centre; one that reads is enough.
    days
        Local days that are planned; None = as many as the centre says.

    Raises
    ------
    NotFoundError
        If the centre has no record.
    BadPolicyError
        If its overrides of the policy cannot be used.
    """
    centre = centre_of(transaction)
    rules = centre_policy(centre, policy)
    days = night_of(centre, rules.planning).days if days is None else days
    zone = ZoneInfo(centre.time_zone)
    read = position_now(transaction, now.astimezone(zone).date())  # first: what comes meanwhile is read twice, not lost
    horizon = horizon_of(day, days, zone)
    roster = Roster(
        communities=transaction.records(CommunityRecord).all(),
        technicians=transaction.records(TechnicianRecord).all(where={"active": True}),
        shifts=transaction.records(ShiftRecord).all(
            where={"starts_at": Below(horizon.end), "ends_at": From(horizon.start)}, sort="starts_at"
        ),
        skills=transaction.records(TechnicianSkill).all(),
    )
    orders = transaction.records(WorkOrder).all(where={"state": tuple(sorted(OPEN_STATES))}, sort="received_at")
    published = transaction.plans.published(day)
    found = assembled_request(
        centre, roster, orders, day=day, days=days, now=now, in_force=_plan_that_reaches(day, transaction)
    )
    return Snapshot(
        request=found.request,
        day=day,
        in_force=None if published is None else published.version,
        read=read,
        left_out=found.left_out,
    )


def position_now(transaction: Transaction, today: date) -> EventPosition:
    """Return the position after the last field event that is recorded."""
    for day in (today + timedelta(days=1), today, today - timedelta(days=1)):  # clocks of processes differ a little
        found = transaction.records(FieldDay).find(day.isoformat())
        if found is not None:
            return EventPosition(day=day, sequence=found.events)
    return EventPosition(day=today)


def _plan_that_reaches(day: date, transaction: Transaction) -> Plan | None:
    """Return the plan in force that reaches a day: its own, or the look-ahead of an earlier one."""
    try:
        found = transaction.plans.schedule(day)
    except NotFoundError:
        return None
    return transaction.plans.document(found.plan_id)
