"""A customer's own report of a fault: a repair order for the same address (R36)."""

from __future__ import annotations

from datetime import UTC
from typing import Final, Unpack

from dispatch.domain.records.order_state import OPEN_STATES, SERVED_STATES
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.errors import AlreadyThereError
from dispatch.policy.intake import Origin
from dispatch.ports import Transaction
from dispatch.usecases.work_orders.receive import receive
from dispatch.usecases.work_orders.turn import Means

CHANNEL: Final = "page"
AWAITED_STATES: Final = tuple(sorted(OPEN_STATES - SERVED_STATES - {"withdrawal_requested", "withdrawal_verified"}))
"""Somebody is still to come; a repair that is being given up takes nothing more in."""


def report_fault(order_id: str, *, repair_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Take in a repair order at the place of another order of the customer; one repair at a time.

    The same report twice is one order, and so is another one while the customer waits for the repair there.

    Parameters
    ----------
    order_id
        The order whose customer reports the fault.
    repair_id
        Of the repair order: the same for the same report.

    Raises
    ------
    NotFoundError
        If there is no such order.
    """
    with means["store"].read() as transaction:
        known = transaction.records(WorkOrder).get(order_id)
        there = transaction.records(WorkOrder).find(repair_id) or _repair_awaited(known, transaction)
    if there is not None:
        return there
    urgent = means["policy"].reserve
    order = Order.model_validate(
        {
            "id": repair_id,
            "kind": "repair",
            "community": known.order.community,
            "location": known.order.location,
            "accepted_at": means["clock"].now().astimezone(UTC).replace(microsecond=0),
            "duration": f"PT{urgent.duration_s}S",
            "skills": dict(urgent.skills),
        }
    )
    try:
        return receive(order, origin=Origin(customer=known.customer, channel=CHANNEL), **means)
    except AlreadyThereError:  # the same form, sent a second time at the same moment
        with means["store"].read() as transaction:
            return transaction.records(WorkOrder).get(repair_id)


def _repair_awaited(known: WorkOrder, transaction: Transaction) -> WorkOrder | None:
    """Return the repair that the customer of an order is waiting for at the same place, if any."""
    if known.customer is None:
        return None
    repairs = transaction.records(WorkOrder).all(
        where={"customer": known.customer, "kind": "repair", "state": AWAITED_STATES}
    )
    place = (known.order.community, known.order.location)
    return next((repair for repair in repairs if (repair.order.community, repair.order.location) == place), None)
