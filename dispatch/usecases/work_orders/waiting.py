"""An order waits for its customer, and goes on (T7)."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from dispatch.domain.events import ContactFailed, Event, OrderChanged
from dispatch.domain.records.order_changes import LEFT_ROUTE, REACHED, opened_state, waiting_ended
from dispatch.domain.records.work_order import Hold, WorkOrder
from dispatch.domain.request import Order
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of


def hold(order_id: str, *, until: datetime | None = None, note: str | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Let an order wait as its customer asked; the net clock stands still, the technician and the time are given up.

    Parameters
    ----------
    until
        It goes on by itself then; None = when somebody says so, and it is looked at again after a while.

    Raises
    ------
    BadInputError
        If `until` is over or too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, its visit has begun, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "hold") or (order.state == "held" and order.held_until == until):
            return order
        turn.require(order, "hold")
        turn.require_to_come("until", until)
        holds = waiting_ended(order.holds, turn.at)
        document = order.order.model_copy(update={"hold_until": until, "agreed_start": None})
        return turn.step(
            order,
            "hold",
            to="held",
            why="customer_request",
            event=_held_event(document, until, turn),
            **LEFT_ROUTE,
            **REACHED,
            order=document,
            holds=(*holds, Hold(cause="customer_request", start=turn.at, end=until, note=note)),
            held_until=until,
            agreed_at=None,
            reason_text=note,
        )


def resume(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Let an order go on that waited for its customer; it is planned again, its bookings that are over forgotten.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it does not wait, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "resume"):
            return order
        return resumed(order, turn)


def resumed(order: WorkOrder, turn: Turn, *, actor: str | None = None) -> WorkOrder:
    """Let an order of this turn go on."""
    windows = tuple(window for window in order.order.windows if window.end > turn.at)
    document = order.order.model_copy(update={"hold_until": None, "windows": windows})
    return turn.step(
        order,
        "resume",
        to=opened_state(order.model_copy(update={"order": document})),
        event=OrderChanged(id=turn.new_id(), at=turn.at, order=document),
        actor=actor,
        order=document,
        holds=waiting_ended(order.holds, turn.at),
        held_until=None,
        **REACHED,
    )


def _held_event(document: Order, until: datetime | None, turn: Turn) -> Event:
    """Return the news that an order leaves its route: until a moment, or until told otherwise."""
    if until is None:
        return ContactFailed(id=turn.new_id(), at=turn.at, order=document.id)
    return OrderChanged(id=turn.new_id(), at=turn.at, order=document)
