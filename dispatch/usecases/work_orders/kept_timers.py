"""Keep the timer rows of orders in step with where they stand, in the transaction of each transition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dispatch.domain.portions import portions
from dispatch.domain.records.timer import Timer, TimerKind
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.life_settings import LifeSettings
from dispatch.policy.life_timers import Deadline, deadlines_of
from dispatch.ports import NewId, Transaction


def keep_timers(
    orders: Sequence[WorkOrder], *, transaction: Transaction, settings: LifeSettings, new_id: NewId, now: datetime
) -> None:
    """Arm what orders need now and cancel what they have left behind; one row per order and kind, used again."""
    timers = transaction.records(Timer)
    found = _timers_of([order.id for order in orders], transaction)
    new: list[Timer] = []
    changed: list[Timer] = []
    for order in orders:
        wanted, own = deadlines_of(order, settings, now), found.get(order.id, {})
        for kind, deadline in wanted.items():
            timer = own.get(kind)
            if timer is None:
                new.append(_armed(kind, order, deadline, new_id=new_id, now=now))
            elif _differs(timer, order, deadline):
                changed.append(_rearmed(timer, order, deadline, now))
        changed += [
            timer.changed(now, ended="cancelled", ended_at=_whole(now), next_at=None)
            for kind, timer in own.items()
            if timer.is_running and kind not in wanted
        ]
    timers.add_all(new)
    timers.save_all(changed)


def first_timers(order: WorkOrder, *, settings: LifeSettings, new_id: NewId, now: datetime) -> tuple[Timer, ...]:
    """Return the timers of an order that has none yet."""
    wanted = deadlines_of(order, settings, now)
    return tuple(_armed(kind, order, deadline, new_id=new_id, now=now) for kind, deadline in wanted.items())


def _timers_of(ids: Sequence[str], transaction: Transaction) -> Mapping[str, Mapping[TimerKind, Timer]]:
    """Return the timers of some orders, by order and kind."""
    found: dict[str, dict[TimerKind, Timer]] = {}
    for some in portions(ids):
        for timer in transaction.records(Timer).all(where={"order": some}):
            found.setdefault(timer.order, {})[timer.kind] = timer
    return found


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
