"""Plan the next day of every dispatch centre at its own hour, once over any number of processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import Below
from dispatch.domain.records.running_day import EventPosition
from dispatch.errors import BadInputError, DispatchError, Problem, StoreError
from dispatch.policy.nights import dispatch_day_at, last_night, next_night, night_of
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.centre_policies import CentrePolicies, centre_policy
from dispatch.usecases.planning.begin import PreparedPlan, begin, prepared_plan
from dispatch.usecases.planning.snapshot import centre_of, snapshot


@dataclass(frozen=True, kw_only=True)
class Office:
    """What planning by itself needs from outside.

    Attributes
    ----------
    store
        Of no centre: it sees all of them.
    policy
        The operator's.
    code_version
        Version of the program that plans.
    """

    store: Store
    policy: Policy
    clock: Clock
    new_id: NewId
    code_version: str

    @cached_property
    def policies(self) -> CentrePolicies:
        """The policies of the dispatch centres."""
        return CentrePolicies(self.policy)


def plan_nights(office: Office) -> bool:
    """Begin the plans of all centres whose hour has come, and reckon when it comes next; return whether one was begun.

    However many nights were missed, as while the machine was off, the last of them is caught up, once. A centre that
    cannot be planned gets a record of the failure, and its next night.
    """
    now = office.clock.now()
    with office.store.read() as transaction:
        centres = transaction.records(Centre)
        due = centres.across(where={"next_nightly_at": Below(now + timedelta(seconds=1))})
        unscheduled = centres.across(where={"next_nightly_at": None})
    for name, centre in unscheduled:
        _schedule(name, centre, office, now)
    begun = [_begin_night(name, centre, office, now) for name, centre in due]
    return any(begun)


def plan_day(day: date, *, centre: str, publishes: bool, office: Office) -> AutomaticPlan:
    """Take a snapshot of a centre and begin the plan of a dispatch day, as its nightly plan would be made.

    Raises
    ------
    BadInputError
        If the day is over, or further away than the policy allows: offers would be made out of its plan.
    NotFoundError
        If the centre has no record.
    BadPolicyError
        If its overrides of the policy cannot be used.
    """
    with office.store.of(centre).read() as transaction:
        record = centre_of(transaction)
    today = office.clock.now().astimezone(ZoneInfo(record.time_zone)).date()
    ahead = timedelta(days=centre_policy(record, office.policy).planning.plan_ahead_days)
    if not today <= day <= today + ahead:
        remedy = f"choose a day from {today} to {today + ahead}"
        raise BadInputError([Problem(path="day", message=f"{day} cannot be planned today", remedy=remedy)])
    prepared = prepared_day(day, centre=centre, publishes=publishes, office=office)
    with office.store.of(centre).write() as transaction:
        begin(prepared, transaction)
    return prepared.automatic


def prepared_day(day: date, *, centre: str, publishes: bool | None, office: Office, attempt: int = 1) -> PreparedPlan:
    """Return what begins the plan of a dispatch day, out of a snapshot; raises as `plan_day`.

    Parameters
    ----------
    publishes
        Whether it is put in force by itself; None = as the centre says.
    """
    now = office.clock.now()
    with office.store.of(centre).read() as transaction:
        record = centre_of(transaction)
        taken = snapshot(day, now=now, policy=office.policy, transaction=transaction)
    night = night_of(record, centre_policy(record, office.policy).planning)
    return prepared_plan(
        taken.request,
        kind="nightly",
        day=day,
        search_s=night.search_s,
        publishes=night.publishes if publishes is None else publishes,
        replaces=taken.in_force,
        read=taken.read,
        policy=office.policy,
        code_version=office.code_version,
        now=now,
        new_id=office.new_id,
        reasons=tuple(f"left out: {problem}" for problem in taken.left_out),
        attempt=attempt,
    )


def _schedule(name: str, centre: Centre, office: Office, now: datetime) -> None:
    """Reckon the first night of a centre."""
    rules = office.policies.of(centre)
    with office.store.of(name).write() as transaction:
        found = transaction.records(Centre).get(centre.id)
        if found.next_nightly_at is None:
            at = next_night(found, rules.planning, after=now)
            transaction.records(Centre).save(found.changed(now, next_nightly_at=at))


def _begin_night(name: str, centre: Centre, office: Office, now: datetime) -> bool:
    """Begin the plan of the last night that has come; return False if somebody else was faster, or it cannot be."""
    planning = office.policies.of(centre).planning
    zone = ZoneInfo(centre.time_zone)
    day = dispatch_day_at(last_night(centre, planning, until=now), zone, planning)
    prepared, failure = None, None
    try:
        prepared = prepared_day(day, centre=name, publishes=None, office=office)
    except StoreError:
        raise
    except DispatchError as error:
        failure = _failure(day, str(error), now=now, zone=zone, new_id=office.new_id)
    with office.store.of(name).write() as transaction:
        found = transaction.records(Centre).get(centre.id)
        if found.next_nightly_at != centre.next_nightly_at:
            return False
        at = next_night(found, planning, after=now)
        transaction.records(Centre).save(found.changed(now, next_nightly_at=at))
        if prepared is not None:
            begin(prepared, transaction)
        elif failure is not None:
            transaction.records(AutomaticPlan).add(failure)
    return prepared is not None


def _failure(day: date, text: str, *, now: datetime, zone: ZoneInfo, new_id: NewId) -> AutomaticPlan:
    return AutomaticPlan(
        id=new_id(),
        created_at=now,
        changed_at=now,
        kind="nightly",
        dispatch_day=day,
        publishes=False,
        read=EventPosition(day=now.astimezone(zone).date()),
        state="failed",
        failure=text,
    )
