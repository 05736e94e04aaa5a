"""What changes together when an order leaves its route, waits, or goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dispatch.domain.records.order_state import State
from dispatch.domain.records.work_order import Hold, HoldCause, OperatorCause, OperatorChange, WorkOrder

LEFT_ROUTE: Final[Mapping[str, Any]] = {
    "technician": None,
    "plan": None,
    "planned_start": None,
    "planned_end": None,
    "p_on_time": None,
    "arrival_window": None,
    "dispatched_at": None,
    "technician_accepted_at": None,
    "first_contact_at": None,
    "contacted_at": None,
    "en_route_at": None,
    "expected_arrival": None,
    "arrived_at": None,
    "arrival_source": None,
    "arrival_distance_m": None,
    "arrival_deviation_s": None,
    "expected_end": None,
}
"""Nobody goes to the order any more. Failed calls stay counted: there are four in all, whoever makes them (R10)."""

REACHED: Final[Mapping[str, Any]] = {"contact_attempts": 0, "next_contact": None}
"""The customer was reached: nobody has to call again."""


def opened_state(order: WorkOrder) -> State:
    """Return the state of an order that is to be planned: booked if the customer was told a time, else qualified."""
    return "booked" if order.order.windows or order.order.agreed_start is not None else "qualified"


def ended_holds(holds: Sequence[Hold], at: datetime, *causes: HoldCause) -> tuple[Hold, ...]:
    """Return holds of some causes ended at a moment, if they go on beyond it; those not begun yet go.

    A hold that was over before stays as it is, and so do holds of other causes.
    """
    kept = []
    for hold in holds:
        if hold.cause not in causes or (hold.end is not None and hold.end <= at):
            kept.append(hold)
        elif hold.start < at:
            kept.append(hold.model_copy(update={"end": at}))
    return tuple(kept)


def waiting_ended(holds: Sequence[Hold], at: datetime) -> tuple[Hold, ...]:
    """Return holds with every wait for the customer ended; a booking beyond the due time stays."""
    return ended_holds(holds, at, "customer_request", "customer_unreachable", "no_access")


def with_operator_change(
    changes: Sequence[OperatorChange], cause: OperatorCause | None, at: datetime
) -> tuple[OperatorChange, ...]:
    """Return the operator's changes of an appointment with one more; None = the customer's change."""
    return tuple(changes) if cause is None else (*changes, OperatorChange(cause=cause, at=at))
