"""Hand visits to their technicians some time before the shift begins: from then on their clocks run (R08)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from dispatch.domain.records.record import Below
from dispatch.domain.records.running_day import LiveDayText, RunningDay
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import StaleRecordError
from dispatch.policy.running_days import assignments_of, dispatch_next_at
from dispatch.ports import Transaction
from dispatch.usecases.one_by_one import one_by_one
from dispatch.usecases.planning.joined_store import JoinedStore
from dispatch.usecases.planning.nightly import Office
from dispatch.usecases.work_orders.planned import dispatch_many
from dispatch.usecases.work_orders.turn import Means

ACTOR = "system:planning"


def hand_out_visits(office: Office) -> bool:
    """Dispatch the planned orders of all shifts that begin soon; return False: that is all of them.

    Once over any number of processes: the running day is saved against the version that was read.
    """
    now = office.clock.now()
    with office.store.read() as transaction:
        due = transaction.records(RunningDay).across(where={"dispatch_next_at": Below(now)})
    return one_by_one(due, lambda found: _hand_out(*found, office=office, now=now))


def _hand_out(centre: str, day: RunningDay, *, office: Office, now: datetime) -> bool:
    with office.store.of(centre).read() as transaction:
        policy = office.policies.within(transaction)
        found = assignments_of(transaction.records(LiveDayText).get(day.id).live_day(), policy)
    orders = {one.order: one.technician for one in found if one.dispatch_at <= now}
    # Stale: another process was faster, or another plan is in force; the next round looks again.
    with suppress(StaleRecordError), office.store.of(centre).write() as transaction:
        transaction.records(RunningDay).save(day.changed(now, dispatch_next_at=dispatch_next_at(found, now)))
        means: Means = {
            "store": JoinedStore(transaction),
            "clock": office.clock,
            "new_id": office.new_id,
            "actor": ACTOR,
            "policy": policy,
        }
        dispatch_many(_still_planned(orders, transaction), **means)
    return False


def _still_planned(technician_of: dict[str, str], transaction: Transaction) -> list[str]:
    """Return the orders that wait for their technicians and are still planned with them."""
    planned = transaction.records(WorkOrder).all(where={"state": "planned"})
    return [
        order.id
        for order in planned
        if technician_of.get(order.id) == order.technician and order.technician is not None
    ]
