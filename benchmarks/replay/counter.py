"""The counter: orders come in, customers change their minds, faults are declared and mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from benchmarks.replay.mishaps import Change, Outage
from benchmarks.replay.stage import Stage
from benchmarks.replay.telephone import Telephone
from dispatch.domain.events import MassOutage, OrderAccepted, OrderWithdrawn, Rescheduled, SpeedTestFailed
from dispatch.domain.request import Order, Window

REMEDY_DURATION: Final = timedelta(minutes=50)


class Counter:
    """Takes orders in."""

    def __init__(self, stage: Stage, telephone: Telephone) -> None:
        self._stage = stage
        self._telephone = telephone
        self._children: dict[str, tuple[str, ...]] = {}

    def accept(self, order: Order) -> None:
        """Take an order in."""
        self._open(order)
        self._stage.tell(OrderAccepted(**self._stage.event(order=order)))

    def change(self, change: Change) -> None:
        """Let a customer give up or ask for a later day, unless somebody is there already."""
        stage = self._stage
        case = stage.ledger[change.order]
        if not stage.is_waiting(case):
            return
        order = case.order
        if change.days_later is None:
            case.close("withdrawn", stage.now)
            stage.tell(OrderWithdrawn(**stage.event(order=order.id, reason="the customer changed their mind")))
            return
        later = timedelta(days=change.days_later)
        booked = order.windows or (self._afternoon(),)
        windows = tuple(Window(start=window.start + later, end=window.end + later) for window in booked)
        case.is_customers_doing = True
        case.order = order.model_copy(update={"windows": windows, "agreed_start": None, "hold_until": None})
        stage.tell(Rescheduled(**stage.event(order=order.id, windows=windows)))

    def declare(self, outage: Outage) -> None:
        """Say that open tickets are one fault: they wait for its order, which is due as the first of them is (R03)."""
        stage = self._stage
        children = tuple(ticket.id for ticket in outage.tickets if stage.is_waiting(stage.ledger[ticket.id]))
        dues = [due for child in children if (due := stage.ledger[child].due) is not None]
        parent = outage.parent.model_copy(update={"due": min(dues, default=None)})
        self._open(parent)
        self._telephone.forget(children)
        self._children[parent.id] = children
        stage.tell(MassOutage(**stage.event(parent=parent, children=children)))

    def mend(self, order: str) -> None:
        """Close the tickets that end with an order."""
        for child in self._children.get(order, ()):
            case = self._stage.ledger[child]
            if case.is_open:
                case.close("restored_by_parent", self._stage.now)

    def note_slow_line(self, order: Order) -> None:
        """Take in the order that mends a line whose speed test has failed (R15)."""
        remedy = Order(
            id=f"{order.id}-r",
            kind="speed_remedy",
            community=order.community,
            location=order.location,
            accepted_at=self._stage.now,
            duration=REMEDY_DURATION,
            skills={"fiber": 2, "cpe": 2},
            priority=1,
        )
        self._open(remedy)
        self._stage.tell(SpeedTestFailed(**self._stage.event(order=order.id, remedy=remedy)))

    def _open(self, order: Order) -> None:
        self._stage.ledger.open_case(order)
        self._telephone.expect(order.id)

    def _afternoon(self) -> Window:
        """Return this afternoon: what somebody without an appointment asks for, some days later."""
        hours, now = self._stage.policy.appointment.half_days.afternoon, self._stage.now
        start, end = (datetime.combine(now.date(), clock, tzinfo=now.tzinfo) for clock in (hours.start, hours.end))
        return Window(start=start, end=end)
