"""Keep an order's timer rows in step with where it stands, in the transaction of each transition."""

from __future__ import annotations

from datetime import datetime

from dispatch.domain.records.timer import Timer, TimerKind
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.life_settings import LifeSettings
from dispatch.policy.life_timers import Deadline, deadlines_of
from dispatch.ports import NewId, Transaction


def keep_timers(
    order: WorkOrder, *, transaction: Transaction, settings: LifeSettings, new_id: NewId, now: datetime
) -> None:
    """Arm what an order needs now and cancel what it has left behind; one row per kind, used again."""
    wanted = deadlines_of(order, settings, now)
    timers = transaction.records(Timer)
    found = {timer.kind: timer for timer in timers.all(where={"order": order.id})}
    for kind, deadline in wanted.items():
        timer = found.get(kind)
        if timer is None:
            timers.add(_armed(kind, order, deadline, new_id=new_id, now=now))
        elif _differs(timer, order, deadline):
            timers.save(_rearmed(timer, order, deadline, now))
    for kind, timer in found.items():
        if timer.is_running and kind not in wanted:
            timers.save(timer.changed(now, ended="cancelled", ended_at=_whole(now), next_at=None))


def first_timers(order: WorkOrder, *, settings: LifeSettings, new_id: NewId, now: datetime) -> tuple[Timer, ...]:
    """Return the timers of an order that has none yet."""
    wanted = deadlines_of(order, settings, now)
    return tuple(_armed(kind, order, deadline, new_id=new_id, now=now) for kind, deadline in wanted.items())


def _armed(kind: TimerKind, order: WorkOrder, deadline: Deadline, *, new_id: NewId, now: datetime) -> Timer:
    return Timer(
        id=new_id(),
        created_at=now,
        changed_at=now,
        order=order.id,
        kind=kind,
        due_at=deadline.due_at,
        warn_at=deadline.warn_at,
        next_at=deadline.warn_at,
        technician=order.technician,
    )


def _differs(timer: Timer, order: WorkOrder, deadline: Deadline) -> bool:
    """Tell whether a timer has to be armed again; one that has run out at that very moment has not."""
    is_other = (timer.due_at, timer.warn_at) != (deadline.due_at, deadline.warn_at)
    if timer.ended == "fired":
        return timer.due_at != deadline.due_at
    return timer.ended == "cancelled" or is_other or timer.technician != order.technician


def _rearmed(timer: Timer, order: WorkOrder, deadline: Deadline, now: datetime) -> Timer:
    is_same = timer.is_running and (timer.due_at, timer.warn_at) == (deadline.due_at, deadline.warn_at)
    return timer.changed(
        now,
        due_at=deadline.due_at,
        warn_at=deadline.warn_at,
        next_at=timer.next_at if is_same else deadline.warn_at,
        technician=order.technician,
        is_warned=timer.is_warned and is_same,
        ended=None,
        ended_at=None,
    )


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
