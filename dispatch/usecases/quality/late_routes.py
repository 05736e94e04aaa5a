"""The first thing dropped when a route is late: the convenience items of the visits still to come (R21)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from dispatch.domain.events import OrderChanged
from dispatch.domain.records.order_state import ASSIGNED_STATES, UNDER_WAY_STATES
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.convenience import longer
from dispatch.usecases.work_orders.turn import Turn

LATE_ROUTE: Final = "system:late_route"
"""Who drops the items."""


def drop_items_of_late_route(turn: Turn, order: WorkOrder, *, expected_end: datetime) -> tuple[WorkOrder, ...]:
    """Shorten the technician's later visits of the day by their convenience items if this one ends after its plan.

    Returns
    -------
    tuple of WorkOrder
        The orders that are shorter now. Technicians may offer items all the same: only the planned time is gone.
    """
    if order.technician is None or order.planned_end is None or expected_end <= order.planned_end:
        return ()
    day = order.planned_end.astimezone(order.zone).date()
    waiting = tuple(sorted(ASSIGNED_STATES - UNDER_WAY_STATES))
    orders = turn.transaction.records(WorkOrder)
    later = [
        one.id
        for one in orders.all(where={"technician": order.technician, "state": waiting})
        if one.convenience_s
        and one.planned_start is not None
        and one.planned_start >= order.planned_end
        and one.planned_start.astimezone(one.zone).date() == day
    ]
    return tuple(_shortened(turn, orders.get(name)) for name in sorted(later))


def _shortened(turn: Turn, order: WorkOrder) -> WorkOrder:
    document = longer(order.order, -order.convenience_s)
    event = OrderChanged(id=turn.new_id(), at=turn.at, order=document)
    why = "the route is late: convenience items are dropped first"
    return turn.step(
        order, "amend", to=order.state, why=why, event=event, actor=LATE_ROUTE, order=document, convenience_s=0
    )
