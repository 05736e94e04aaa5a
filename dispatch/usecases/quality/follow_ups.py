"""Follow-ups of premium customers: a call every so many days, a visit only if it is wanted (R23)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Unpack
from zoneinfo import ZoneInfo

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.follow_up import OPEN_STATES, CallResult, FollowUp, cycle_id
from dispatch.domain.records.record import Below
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Location, Order, Window
from dispatch.errors import TransitionError
from dispatch.policy.intake import Origin
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, Store, Transaction
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.work_orders.receive import NewOrder, receive_in
from dispatch.usecases.work_orders.turn import Means, turn_of

SWEPT_AT_A_TIME: Final = 200
"""Follow-ups that one round of the sweep puts on the list of calls."""


def schedule_after(transaction: Transaction, order: WorkOrder, *, now: datetime, policy: Policy) -> None:
    """Schedule the next call to a premium customer whose order is closed now.

    A visit counts as keeping in touch: a call that is scheduled already moves to its new day. The visit of a follow-up
    ends its cycle and begins the next one.
    """
    if order.customer is None:
        return
    follow_ups = transaction.records(FollowUp)
    found = follow_ups.all(where={"customer": order.customer, "state": OPEN_STATES}, limit=1)
    if found and found[0].order == order.id:
        _end(transaction, found[0], now=now, policy=policy)
    elif order.tier in policy.quality.follow_ups.tiers:
        due = _next_due(now, policy)
        if not found:
            _begin(transaction, order.customer, order.community, order.order.location, due=due, now=now)
        elif found[0].state == "scheduled":
            follow_ups.save(found[0].changed(now, due=due))


def sweep_follow_ups(*, store: Store, clock: Clock, policies: CentrePolicies) -> bool:
    """Put due calls on the list and end the cycles whose visit is over, in all dispatch centres, each once.

    A customer whose community is premium no more is not called, until the next premium order.

    Returns
    -------
    bool
        Whether there may be more to do at once.
    """
    now = clock.now()
    with store.write() as transaction:
        found = transaction.records(FollowUp).across(
            where={"state": ("scheduled", "visit_ordered"), "due": Below(now)},
            sort="due",
            limit=SWEPT_AT_A_TIME,
            skip_locked=True,
        )
        rules_of = policies.of_all([centre for centre, _ in found], transaction)
        for centre, follow_up in found:
            of_centre, policy = transaction.of(centre), rules_of[centre]
            if follow_up.state == "visit_ordered":
                _look_after_visit(of_centre, follow_up, now=now, policy=policy)
            elif _is_cared_for(of_centre, follow_up, now=now, policy=policy):
                of_centre.records(FollowUp).save(follow_up.changed(now, state="to_call"))
            else:
                of_centre.records(FollowUp).save(follow_up.changed(now, state="done", done_at=now))
    return len(found) >= SWEPT_AT_A_TIME


def record_call(follow_up_id: str, *, result: CallResult, **means: Unpack[Means]) -> FollowUp:
    """Record what a follow-up call came to; if a visit is wanted, its order comes in at the same moment.

    Who was not reached is called again on a later day, a few times. The cycle is over when the customer is satisfied,
    was never reached, or after the visit; then the next one begins.

    Raises
    ------
    NotFoundError
        If there is no such follow-up.
    TransitionError
        If no call is due.
    """
    with turn_of(means) as turn:
        follow_ups, now = turn.transaction.records(FollowUp), turn.now
        found, settings = follow_ups.get(follow_up_id), turn.policy.quality.follow_ups
        if found.state != "to_call":
            raise TransitionError(f"follow-up {found.id} is {found.state}; a call is recorded when it is to_call")
        called = found.changed(now, calls=found.calls + 1, call_result=result, called_by=turn.actor)
        if result == "visit_wanted":
            order = filler_order(called, now=now, policy=turn.policy)
            receive_in(turn, NewOrder(order=order, origin=Origin(customer=called.customer, channel="follow_up")))
            due = now + timedelta(days=settings.window_days)
            return follow_ups.save(called.changed(now, state="visit_ordered", order=order.id, due=due))
        if result == "not_reached" and called.calls < settings.most_calls:
            due = now + timedelta(days=settings.retry_days)
            return follow_ups.save(called.changed(now, state="scheduled", due=due))
        return _end(turn.transaction, called, now=now, policy=turn.policy)


def filler_order(follow_up: FollowUp, *, now: datetime, policy: Policy) -> Order:
    """Return the visit of a follow-up: filler work that may start on any of the days of its window."""
    settings = policy.quality.follow_ups
    start = now.replace(microsecond=0)
    return Order(
        id=_visit_id(follow_up),
        kind="follow_up",
        community=follow_up.community,
        location=follow_up.location,
        accepted_at=start,
        windows=(Window(start=start, end=start + timedelta(days=settings.window_days)),),
        duration=timedelta(seconds=settings.visit_s),
    )


def _visit_id(follow_up: FollowUp) -> str:
    return f"{follow_up.id}-visit"


def _next_due(now: datetime, policy: Policy) -> datetime:
    return now + timedelta(days=policy.quality.follow_ups.every_days)


def _begin(
    transaction: Transaction, customer: str, community: str, location: Location | None, *, due: datetime, now: datetime
) -> FollowUp:
    follow_ups = transaction.records(FollowUp)
    before = follow_ups.all(where={"customer": customer}, sort="-cycle", limit=1)
    cycle = 1 + (before[0].cycle if before else 0)
    follow_up = FollowUp(
        id=cycle_id(customer, cycle),
        created_at=now,
        changed_at=now,
        customer=customer,
        community=community,
        location=location,
        cycle=cycle,
        due=due,
    )
    follow_ups.add(follow_up)
    return follow_up


def _end(transaction: Transaction, follow_up: FollowUp, *, now: datetime, policy: Policy) -> FollowUp:
    """End a cycle and begin the next one."""
    ended = transaction.records(FollowUp).save(follow_up.changed(now, state="done", done_at=now))
    due = _next_due(now, policy)
    _begin(transaction, follow_up.customer, follow_up.community, follow_up.location, due=due, now=now)
    return ended


def _is_cared_for(transaction: Transaction, follow_up: FollowUp, *, now: datetime, policy: Policy) -> bool:
    """Tell whether a customer's community has a tier today whose customers are called."""
    record = transaction.records(CommunityRecord).find(follow_up.community)
    if record is None:
        return False
    centres = transaction.records(Centre).all(limit=1)
    zone = ZoneInfo(centres[0].time_zone if centres else Centre.model_fields["time_zone"].default)
    return record.community.tier_on(now.astimezone(zone).date()) in policy.quality.follow_ups.tiers


def _look_after_visit(transaction: Transaction, follow_up: FollowUp, *, now: datetime, policy: Policy) -> None:
    """End a cycle whose visit is over without being closed as served, or was never ordered; else look tomorrow."""
    order = transaction.records(WorkOrder).find(_visit_id(follow_up))
    if order is None or order.is_final:
        _end(transaction, follow_up, now=now, policy=policy)
    else:
        later = now + timedelta(days=policy.quality.follow_ups.retry_days)
        transaction.records(FollowUp).save(follow_up.changed(now, due=later))
