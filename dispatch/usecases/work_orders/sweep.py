"""Let timers run out: a warning before, an escalation after, each once over any number of processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.record import Below
from dispatch.domain.records.timer import Timer, TimerKind
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import DispatchError, StoreError
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.work_orders.taking_on import give_back
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of
from dispatch.usecases.work_orders.waiting import resumed

AT_A_TIME: Final = 200
"""Timers of one round; who runs the sweep asks again at once if there are more."""
MEANING: Final[dict[TimerKind, str]] = {
    "promise": "the promised time",
    "accept": "the technician's answer",
    "first_contact": "the first call to the customer",
    "contact_retry": "the next call to the customer",
    "arrival": "the arrival at the agreed time",
    "close": "closing the order",
    "withdrawal_verify": "verifying that the order is given up",
    "withdrawal_close": "closing the order that is given up",
    "hold": "the customer's hold",
}
"""What each timer is about, in the words of warnings and escalations."""


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What a round did.

    Attributes
    ----------
    warned, fired
        So many timers gave their warning; ran out.
    is_more
        Whether there may be more to do at once.
    """

    warned: int
    fired: int
    is_more: bool


def sweep_timers(*, store: Store, clock: Clock, new_id: NewId, policies: CentrePolicies) -> Sweep:
    """Give the warnings and escalations that are due, in all dispatch centres.

    Each timer is looked at in a transaction of its own that holds its order: whoever else has found it waits, sees that
    it is over, and does nothing.

    Parameters
    ----------
    store
        The one that sees all centres.

    Raises
    ------
    DispatchError
        If a timer could not be looked at; the others were all the same.
    """
    now = clock.now()
    with store.read() as transaction:
        until = Below(now + timedelta(microseconds=1))
        due = transaction.records(Timer).across(where={"next_at": until}, sort="next_at", limit=AT_A_TIME)
    done: list[str] = []
    faults: list[DispatchError] = []
    for centre, timer in due:
        try:
            done.append(_look_in(timer, store=store.of(centre), clock=clock, new_id=new_id, policies=policies))
        except StoreError:
            raise
        except DispatchError as error:  # one timer must not keep the others back
            faults.append(error)
    if faults:
        raise faults[0]
    return Sweep(warned=done.count("warned"), fired=done.count("fired"), is_more=len(due) == AT_A_TIME)


def _look_in(timer: Timer, *, store: Store, clock: Clock, new_id: NewId, policies: CentrePolicies) -> str:
    """Look at a timer in its dispatch centre, by the centre's policy; say what was done."""
    with store.read() as transaction:
        policy = policies.within(transaction)
    means = Means(store=store, clock=clock, new_id=new_id, actor=f"system:{timer.kind}_timer", policy=policy)
    with turn_of(means) as turn:
        return _look_at(timer, turn, clock.now())


def sweep_round(*, store: Store, clock: Clock, new_id: NewId, policies: CentrePolicies) -> bool:
    """Sweep once; return whether there may be more to do at once."""
    return sweep_timers(store=store, clock=clock, new_id=new_id, policies=policies).is_more


def _look_at(found: Timer, turn: Turn, now: datetime) -> str:
    """Warn or escalate, if it is still time to; say what was done."""
    order = turn.order(found.order)
    timers = turn.transaction.records(Timer)
    timer = timers.get(found.id)
    if not timer.is_running or timer.next_at is None or timer.next_at > now:
        return "over"
    if now < timer.due_at:
        timers.save(timer.changed(turn.now, is_warned=True, next_at=timer.due_at))
        _tell(order, timer, turn, is_over=False)
        return "warned"
    timers.save(timer.changed(turn.now, ended="fired", ended_at=turn.at, next_at=None))
    _tell(order, timer, turn, is_over=True)
    if timer.kind == "accept":
        give_back(order, turn)
    elif timer.kind == "hold" and order.held_until is not None:
        resumed(order, turn)
    return "fired"


def _tell(order: WorkOrder, timer: Timer, turn: Turn, *, is_over: bool) -> None:
    """Write a warning or an escalation into the audit, and hand it over; the technician is warned, too."""
    level, word = ("escalation", "is over since") if is_over else ("warning", "is due at")
    local = timer.due_at.astimezone(order.zone)
    text = f"order {order.id} ({order.state}): {MEANING[timer.kind]} {word} {local:%Y-%m-%d %H:%M}"
    audited = turn.audit_event(order, order, level, why=timer.kind)
    turn.transaction.records(AuditEvent).add(audited)
    is_planned_end = timer.kind == "hold" and order.held_until is not None
    if is_planned_end:
        return
    turn.escalate(order, timer.kind, "escalation" if is_over else "warning", text, due_at=timer.due_at)
    is_technicians = order.technician is not None and order.state != "planned"
    if is_technicians and not is_over:
        turn.escalate(order, timer.kind, "warning", text, audience="technician", due_at=timer.due_at)
