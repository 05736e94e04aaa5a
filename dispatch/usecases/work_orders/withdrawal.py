"""Orders that are given up: with a reason, verified by somebody else, closed in two days (R11-R13)."""

from __future__ import annotations

from typing import Literal, Unpack

from dispatch.domain.events import CannotInstall, OrderAccepted, OrderWithdrawn
from dispatch.domain.records.order_changes import LEFT_ROUTE, REACHED, opened_state, waiting_ended
from dispatch.domain.records.work_order import Withdrawal, WorkOrder
from dispatch.policy.withdrawal import close_by, require_other_person, require_reason, verify_by
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of


def withdraw(order_id: str, *, reason: str | None, text: str | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Ask for an order to be given up; it leaves its route at once. Asking twice changes nothing.

    Parameters
    ----------
    reason
        A code of `WITHDRAWAL_REASONS` (R11).
    text
        The same in words; needed with the reason `other`.

    Raises
    ------
    BadInputError
        If the reason is missing or unknown.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is done, or the actor may not do it.
    """
    require_reason(reason, text)
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "withdraw") or order.state == "withdrawal_requested":
            return order
        turn.require(order, "withdraw")
        event = OrderWithdrawn(id=turn.new_id(), at=turn.at, order=order.id, reason=str(reason))
        return _requested(order, turn, "withdraw", event, reason=str(reason), text=text)


def cannot_install(order_id: str, *, reason: str | None, text: str | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Say that the work cannot be done; the order is given up as by `withdraw`. A second tap changes nothing.

    Raises
    ------
    BadInputError
        If the reason is missing or unknown (R11).
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody has accepted it, or it is another technician's.
    """
    require_reason(reason, text)
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "cannot_install") or order.state == "withdrawal_requested":
            return order
        turn.require(order, "cannot_install")
        event = CannotInstall(id=turn.new_id(), at=turn.at, order=order.id, reason=str(reason))
        return _requested(order, turn, "cannot_install", event, reason=str(reason), text=text)


def verify_withdrawal(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Confirm with the customer that an order is given up; the two days until its closing begin (R12, R13).

    Raises
    ------
    ForbiddenError
        If the actor had the order, or may not verify.
    NotFoundError, TransitionError
        If there is no such order, or nobody asked for it to be given up.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "verify_withdrawal") or order.state == "withdrawal_verified":
            return order
        turn.require(order, "verify_withdrawal")
        asked = order.withdrawal or _asked(order, turn)
        require_other_person(asked, turn.actor)
        settings = turn.policy.life.withdrawal
        verified = asked.model_copy(
            update={
                "verified_at": turn.at,
                "verified_by": turn.actor,
                "close_by": close_by(asked.requested_at, turn.at, settings, order.zone),
            }
        )
        return turn.step(order, "verify_withdrawal", to="withdrawal_verified", withdrawal=verified)


def keep(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Keep an order that was to be given up: the customer wants it after all, or it can be done.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody asked for it to be given up, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "keep"):
            return order
        windows = tuple(window for window in order.order.windows if window.end > turn.at)
        document = order.order.model_copy(update={"windows": windows, "agreed_start": None, "hold_until": None})
        return turn.step(
            order,
            "keep",
            to=opened_state(order.model_copy(update={"order": document})) if document.resource_ready else "received",
            event=OrderAccepted(id=turn.new_id(), at=turn.at, order=document),
            order=document,
            withdrawal=None,
            reason=None,
            reason_text=None,
            agreed_at=None,
        )


def close_withdrawal(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Close an order whose giving up is verified (R13). Closing it again changes nothing.

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is not verified, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "close_withdrawal") or order.state == "withdrawn":
            return order
        return turn.step(order, "close_withdrawal", to="withdrawn", outcome="withdrawn", closed_at=turn.at)


def _requested(
    order: WorkOrder,
    turn: Turn,
    action: Literal["withdraw", "cannot_install"],
    event: OrderWithdrawn | CannotInstall,
    *,
    reason: str,
    text: str | None,
) -> WorkOrder:
    return turn.step(
        order,
        action,
        to="withdrawal_requested",
        why=reason,
        event=event,
        **LEFT_ROUTE,
        **REACHED,
        withdrawal=_asked(order, turn),
        reason=reason,
        reason_text=text,
        held_until=None,
        parent=None,
        holds=waiting_ended(order.holds, turn.at),
    )


def _asked(order: WorkOrder, turn: Turn) -> Withdrawal:
    settings = turn.policy.life.withdrawal
    return Withdrawal(
        requested_at=turn.at,
        requested_by=turn.actor,
        technician=order.technician,
        verify_by=verify_by(turn.at, settings, order.zone),
        close_by=close_by(turn.at, None, settings, order.zone),
    )
