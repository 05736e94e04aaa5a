"""After the work: close the order, record the survey, open it again (T4, R14, R25, R37)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Unpack

from dispatch.domain.events import OrderAccepted
from dispatch.domain.problems import shown
from dispatch.domain.records.order_changes import LEFT_ROUTE, REACHED
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, Problem, TransitionError
from dispatch.policy.intake import Origin
from dispatch.policy.settings import Policy
from dispatch.ports import Transaction
from dispatch.usecases.quality.closing import after_close, closing_state, remedy_after, what_is_missing
from dispatch.usecases.work_orders.booking import promised
from dispatch.usecases.work_orders.outage import close_children
from dispatch.usecases.work_orders.receive import NewOrder, receive_in
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of

ClosingGate = Callable[[Transaction, WorkOrder, Policy], Sequence[Problem]]
"""Says what keeps an order from being closed; nothing = it may be."""

GATES: Final[tuple[ClosingGate, ...]] = (what_is_missing,)
"""What has to agree: checklist, speed test and convenience items are written down."""


def close(order_id: str, *, gates: Sequence[ClosingGate] = GATES, **means: Unpack[Means]) -> WorkOrder:
    """Close an order whose work is done, and those it restored (R03). A second tap changes nothing.

    A line that is too slow is completed with a remedy pending: the order that mends it comes in at the same moment
    (R15). The survey (R37) and the next follow-up (R23) are made, too.

    Parameters
    ----------
    gates
        An order restored by its parent passes none: nobody was there.

    Raises
    ------
    TransitionError
        If the work is not done, or a gate does not agree; the message says what is missing.
    NotFoundError, ForbiddenError
        If there is no such order, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "close") or order.state in ("closed", "surveyed"):
            return order
        turn.require(order, "close")
        if order.outcome == "restored_by_parent":
            closed = turn.step(order, "close", to="closed", why=order.outcome, closed_at=turn.at)
        else:
            _require_nothing_missing(order, gates, turn)
            closed = _closed_after_visit(order, turn)
        after_close(turn.transaction, closed, now=turn.now, policy=turn.policy)
        close_children(closed, turn)
        return closed


def _require_nothing_missing(order: WorkOrder, gates: Sequence[ClosingGate], turn: Turn) -> None:
    missing = [problem for gate in gates for problem in gate(turn.transaction, order, turn.policy)]
    if missing:
        lines = "\n".join(str(problem) for problem in missing)
        raise TransitionError(f"order {shown(order.id)} cannot be closed yet:\n{lines}")


def _closed_after_visit(order: WorkOrder, turn: Turn) -> WorkOrder:
    """Close an order as done, or with the order that mends its line on the way."""
    visit = closing_state(turn.transaction, order, policy=turn.policy)
    outcome = "remedy_pending" if visit.needs_remedy else "done"
    stages = {**visit.stages, **order.stages}
    closed = turn.step(order, "close", to="closed", why=outcome, outcome=outcome, closed_at=turn.at, stages=stages)
    if visit.needs_remedy:
        remedy = remedy_after(closed, failed_at=turn.at, policy=turn.policy)
        origin = Origin(customer=order.customer, channel=order.channel, remedy_of=order.id)
        receive_in(turn, NewOrder(order=remedy, origin=origin))
    return closed


def record_survey(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Write down that the survey of a closed order was answered or given up (R37). Again changes nothing.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is not closed, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if order.state == "surveyed":
            return order
        return turn.step(order, "record_survey", to="surveyed", surveyed_at=turn.at)


def reopen(order_id: str, *, reason: str, **means: Unpack[Means]) -> WorkOrder:
    """Open an order again that was done, given up or rejected; its clock counts from acceptance as before (T3).

    The scope gate decides anew. What was is in the audit.

    Raises
    ------
    BadInputError
        If no reason is given.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is open, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "reopen"):
            return order
        turn.require(order, "reopen")
        if not reason.strip():
            raise BadInputError([Problem(path="reason", message="is missing", remedy="say why it is opened again")])
        fresh = {"windows": (), "agreed_start": None, "hold_until": None, "due": None}
        document = order.order.model_copy(update=fresh)
        return turn.step(
            order,
            "reopen",
            to="qualified" if document.resource_ready else "received",
            why=reason,
            event=OrderAccepted(id=turn.new_id(), at=turn.at, order=document),
            **LEFT_ROUTE,
            **REACHED,
            **promised(order, document, turn),
            order=document,
            reopened=order.reopened + 1,
            restored_at=None,
            closed_at=None,
            surveyed_at=None,
            outcome=None,
            reason="reopened",
            reason_text=reason,
            withdrawal=None,
            parent=None,
            booked_at=None,
            agreed_at=None,
            stages={},
            parts_used={},
        )
