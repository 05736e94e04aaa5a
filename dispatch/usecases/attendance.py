"""Who works today, who is off, and who is under way to whom: what a dispatcher looks at when somebody falls ill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.events import TechnicianOff
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.order_state import UNDER_WAY_STATES
from dispatch.domain.records.record import Below, From
from dispatch.domain.records.roster import ShiftRecord, TechnicianRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Shift
from dispatch.ports import Store, Transaction


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """A technician who works today, or was to.

    Attributes
    ----------
    shift
        The first of the local day; None = there is none.
    off
        What was told last of the absence; None = is there.
    order
        Where a visit is under way; None = nowhere.
    """

    technician: TechnicianRecord
    shift: Shift | None
    off: TechnicianOff | None
    order: WorkOrder | None


def attendance(now: datetime, *, zone: ZoneInfo, store: Store) -> tuple[Attendance, ...]:
    """Return who has a shift today or is off, by id; one who left the roster is not among them."""
    with store.read() as transaction:
        off = absences(now, zone=zone, transaction=transaction)
        shifts = _shifts_of(now.astimezone(zone).date(), zone, transaction)
        records = transaction.records(TechnicianRecord).find_all(sorted(off.keys() | shifts.keys()))
        under_way = transaction.records(WorkOrder).all(where={"state": tuple(sorted(UNDER_WAY_STATES))})
    order_of = {order.technician: order for order in under_way}
    return tuple(
        Attendance(technician=records[name], shift=shifts.get(name), off=off.get(name), order=order_of.get(name))
        for name in sorted(records)
        if records[name].active
    )


def absences(now: datetime, *, zone: ZoneInfo, transaction: Transaction) -> dict[str, TechnicianOff]:
    """Return what was told last of those who are off, by technician.

    An absence without an end is over with the local day; a longer one is told by removing shifts.
    """
    today = now.astimezone(zone).date()
    told = transaction.records(FieldEvent).all(
        where={"dispatch_day": From(today - timedelta(days=1)), "kind": ("technician_back", "technician_off")},
        sort="at",
    )
    found: dict[str, TechnicianOff] = {}
    for one in told:
        event = one.event
        is_off = isinstance(event, TechnicianOff) and (
            event.until > now if event.until is not None else one.dispatch_day == today
        )
        if isinstance(event, TechnicianOff) and is_off:
            found[event.technician] = event
        else:
            found.pop(getattr(event, "technician", ""), None)
    return found


def _shifts_of(day: date, zone: ZoneInfo, transaction: Transaction) -> dict[str, Shift]:
    begin = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    shifts = transaction.records(ShiftRecord).all(
        where={"starts_at": Below(end), "ends_at": From(begin)}, sort="-starts_at"
    )
    return {record.technician: record.shift for record in shifts}
