"""The technician takes an order on, or does not (R08, R31)."""

from __future__ import annotations

from typing import Unpack

from dispatch.domain.events import Event, TechnicianAccepted, TechnicianRejected, TechnicianSilent
from dispatch.domain.records.order_changes import LEFT_ROUTE, opened_state
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of


def accept(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Take an order on: the two hours until the call begin (R08). A second tap changes nothing.

    An order whose exact time was agreed before, with another technician, is agreed at once.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is not dispatched, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        is_mine = turn.actor == f"technician:{order.technician}"
        if turn.was_done(order, "accept") or (order.state in ("accepted", "agreed") and is_mine):
            return order
        turn.require(order, "accept")
        technician = str(order.technician)
        return turn.step(
            order,
            "accept",
            to="accepted" if order.agreed_start is None else "agreed",
            event=TechnicianAccepted(id=turn.new_id(), at=turn.at, technician=technician, order=order.id),
            technician_accepted_at=turn.at,
        )


def reject(order_id: str, *, reason: str | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Give an order back that one will not do; somebody else has to. A second tap changes nothing.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody was told of it, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "reject") or _is_given_back(order, turn):
            return order
        turn.require(order, "reject")
        technician = str(order.technician)
        event = TechnicianRejected(id=turn.new_id(), at=turn.at, technician=technician, order=order.id)
        return _without_technician(order, turn, event, why=reason)


def give_back(order: WorkOrder, turn: Turn) -> WorkOrder:
    """Take an order away from a technician who did not answer; the plan gives it to somebody else (R08)."""
    technician = str(order.technician)
    event = TechnicianSilent(id=turn.new_id(), at=turn.at, technician=technician, order=order.id)
    return _without_technician(order, turn, event, why="silent")


def _without_technician(
    order: WorkOrder, turn: Turn, event: TechnicianRejected | TechnicianSilent, *, why: str | None
) -> WorkOrder:
    document = _excluding(order.order, event.technician)
    is_silent = isinstance(event, TechnicianSilent)
    news: Event = event
    return turn.step(
        order,
        "give_back" if is_silent else "reject",
        to=opened_state(order),
        why=why,
        event=news,
        order=document,
        given_back=order.given_back + is_silent,
        **LEFT_ROUTE,
    )


def _excluding(order: Order, technician: str) -> Order:
    """Return an order that a technician may not be sent to; what required that technician does not hold any more."""
    excluded = tuple(dict.fromkeys((*order.excluded_technicians, technician)))
    required = None if order.required_technician == technician else order.required_technician
    return order.model_copy(update={"excluded_technicians": excluded, "required_technician": required})


def _is_given_back(order: WorkOrder, turn: Turn) -> bool:
    is_open = order.state in ("qualified", "booked")
    return is_open and turn.actor.removeprefix("technician:") in order.order.excluded_technicians
