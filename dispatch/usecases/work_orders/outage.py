"""Mass outages: one fault, many orders; the children wait, their clocks run, the parent restores them (R03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Unpack

from dispatch.domain.events import MassOutage, OrderChanged, OrderWithdrawn
from dispatch.domain.problems import shown
from dispatch.domain.records.order_changes import LEFT_ROUTE, REACHED, opened_state, waiting_ended
from dispatch.domain.records.order_state import OPEN_STATES
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.errors import BadInputError, Problem, TransitionError
from dispatch.policy.intake import Origin
from dispatch.usecases.quality.closing import after_close
from dispatch.usecases.work_orders.receive import NO_ORIGIN, NewOrder, receive_in
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of

BY_PARENT: Final = "system:mass_outage"
"""Who restores and closes the children."""


def mass_outage(
    parent: Order, children: Sequence[str], *, origin: Origin = NO_ORIGIN, **means: Unpack[Means]
) -> WorkOrder:
    """Take in the order that mends a common fault, and let the orders that report it wait for it; return the former.

    All of them or none. Their clocks run on; they are restored when it is. Doing it again changes nothing.

    Raises
    ------
    BadInputError
        If there are no children, the parent is among them, or the parent cannot be taken in.
    NotFoundError
        If one of the children does not exist.
    TransitionError, ForbiddenError
        If one of the children is served or under way, or the actor may not do it.
    AlreadyThereError
        If the parent's id belongs to another order.
    """
    _require_children(parent.id, children)
    with turn_of(means) as turn:
        found = _locked(children, turn)
        order = receive_in(turn, NewOrder(order=parent, origin=origin), is_told=False)
        joined = _join(order, found, turn)
        if joined:
            names = tuple(child.id for child in joined)
            turn.tell(order, MassOutage(id=turn.new_id(), at=turn.at, parent=order.order, children=names))
        return order


def join_outage(parent_id: str, children: Sequence[str], **means: Unpack[Means]) -> WorkOrder:
    """Let further orders wait for an order that is there; return that one. Doing it again changes nothing.

    Raises
    ------
    BadInputError
        If there are no children, or the parent is among them.
    NotFoundError
        If one of the orders does not exist.
    TransitionError, ForbiddenError
        If the parent is done, one of the children is served or under way, or the actor may not do it.
    """
    _require_children(parent_id, children)
    with turn_of(means) as turn:
        parent = turn.order(parent_id)
        if parent.state not in OPEN_STATES or parent.state in ("done", "waiting_for_parent"):
            msg = f"order {shown(parent.id)} is {parent.state}: nothing can wait for it\nMaybe take in a new order"
            raise TransitionError(msg)
        for child in _join(parent, _locked(children, turn), turn):
            why = f"waits for {parent.id}, a mass outage"
            turn.tell(parent, OrderWithdrawn(id=turn.new_id(), at=turn.at, order=child.id, reason=why))
        return parent


def leave_outage(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Let an order go its own way that has another fault than its parent.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it does not wait for another one, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "leave_outage"):
            return order
        event = OrderChanged(id=turn.new_id(), at=turn.at, order=order.order)
        return turn.step(order, "leave_outage", to=opened_state(order), event=event, parent=None)


def restore_children(parent: WorkOrder, turn: Turn) -> None:
    """Restore the orders that wait for one that is done."""
    for child in _children(parent, turn):
        if child.state == "waiting_for_parent":
            turn.step(
                child,
                "restore_by_parent",
                to="done",
                why=parent.id,
                actor=BY_PARENT,
                restored_at=parent.restored_at,
                outcome="restored_by_parent",
            )


def close_children(parent: WorkOrder, turn: Turn) -> None:
    """Close the orders that were restored by one that is closed."""
    for child in _children(parent, turn):
        if child.state == "done" and child.outcome == "restored_by_parent":
            closed = turn.step(child, "close", to="closed", why=parent.id, actor=BY_PARENT, closed_at=turn.at)
            after_close(turn.transaction, closed, now=turn.now, policy=turn.policy)


def _children(parent: WorkOrder, turn: Turn) -> list[WorkOrder]:
    """Return the children, locked one after the other by their ids, as whoever else locks several does."""
    return _locked([order.id for order in turn.transaction.records(WorkOrder).all(where={"parent": parent.id})], turn)


def _require_children(parent_id: str, children: Sequence[str]) -> None:
    if not children or parent_id in children:
        message = "is empty" if not children else f"{shown(parent_id)} is the parent itself"
        raise BadInputError([Problem(path="children", message=message, remedy="name the orders with the same fault")])


def _locked(order_ids: Sequence[str], turn: Turn) -> list[WorkOrder]:
    """Return children, locked after their parent and by their ids, so that two turns cannot wait for each other."""
    return [turn.order(order_id) for order_id in sorted(set(order_ids))]


def _join(parent: WorkOrder, orders: Sequence[WorkOrder], turn: Turn) -> list[WorkOrder]:
    """Let orders wait for a parent; return those that did not before."""
    joining = [order for order in orders if order.parent != parent.id]
    for order in joining:
        turn.require(order, "join_outage")
    return [
        turn.step(
            order,
            "join_outage",
            to="waiting_for_parent",
            why=parent.id,
            **LEFT_ROUTE,
            **REACHED,
            parent=parent.id,
            holds=waiting_ended(order.holds, turn.at),
            order=order.order.model_copy(update={"agreed_start": None, "hold_until": None, "windows": ()}),
            held_until=None,
            agreed_at=None,
        )
        for order in joining
    ]
