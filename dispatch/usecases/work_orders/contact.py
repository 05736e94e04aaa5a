"""Calls to the customer: attempts, the next window after a failed one, the exact time (R08-R10)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Unpack

from dispatch.domain.events import ContactFailed, ContactSucceeded
from dispatch.domain.life_cycle import Action
from dispatch.domain.records.contact import ContactAttempt, ContactChannel, ContactResult
from dispatch.domain.records.order_changes import LEFT_ROUTE, REACHED, ended_holds, with_operator_change
from dispatch.domain.records.work_order import Hold, OperatorCause, WorkOrder
from dispatch.errors import BadInputError, Problem
from dispatch.policy.clocks import net_due
from dispatch.policy.contact_hours import is_contact_time, next_attempt
from dispatch.policy.later_slot import without_later_slot
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of


def record_contact(
    order_id: str,
    *,
    result: ContactResult,
    channel: ContactChannel = "phone",
    agreed_start: datetime | None = None,
    note: str | None = None,
    **means: Unpack[Means],
) -> WorkOrder:
    """Record an attempt to reach the customer; an attempt, not a success, satisfies the two hours (R08).

    A failed one sets the window of the next: morning, noon or evening (R10), and the customer's time runs from it (T7).
    After the last one the order is held, the dispatcher is told, and the customer is to be written to. An attempt
    outside the contact hours, or before the next one is due, is kept but does not count.

    Parameters
    ----------
    agreed_start
        With the result `agreed`: the time agreed.

    Raises
    ------
    BadInputError
        If a time is given without the result `agreed`, or the other way round, or it is over or too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, nobody has accepted it, or it is another technician's.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "record_contact"):
            return order
        turn.require(order, "record_contact")
        if (result == "agreed") != (agreed_start is not None):
            message = "is missing" if agreed_start is None else f"goes with the result agreed, not {result}"
            remedy = "give the time agreed, with the result agreed"
            raise BadInputError([Problem(path="agreed_start", message=message, remedy=remedy)])
        is_counted = _counts(order, result, turn)
        number = order.contact_attempts + 1 if is_counted else 0
        attempt = _attempt(order, turn, result=result, channel=channel, number=number, note=note)
        turn.transaction.records(ContactAttempt).add(attempt.model_copy(update={"agreed_start": agreed_start}))
        changes: dict[str, Any] = {}
        if is_counted and order.first_contact_at is None:
            changes["first_contact_at"] = turn.at
        if agreed_start is not None:
            turn.require_to_come("agreed_start", agreed_start)
            return _agreed(order, agreed_start, turn, "record_contact", **changes)
        if attempt.is_reached:
            return _reached(order, turn, **changes)
        return _failed(order, turn, number, **changes)


def agree(
    order_id: str,
    start: datetime,
    *,
    is_customers_wish: bool = False,
    operator_cause: OperatorCause | None = None,
    **means: Unpack[Means],
) -> WorkOrder:
    """Agree the exact time, or another one (R08, R09). Agreeing the same again changes nothing.

    Before a technician has accepted the order its state stays: the time is told, and the plan keeps it.

    Parameters
    ----------
    is_customers_wish
        The customer chose a time beyond the due time: the promise runs on until the visit's end (T7).
    operator_cause
        Why the operator changes a time that was agreed; it counts against the operator.

    Raises
    ------
    BadInputError
        If the time is over or too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, its visit has begun, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order_in_hand(order_id)
        if turn.was_done(order, "agree") or (order.agreed_start == start and order.state != "accepted"):
            return order
        turn.require(order, "agree")
        turn.require_to_come("start", start)
        changes: dict[str, Any] = {}
        if order.agreed_start is not None:
            changes["operator_changes"] = with_operator_change(order.operator_changes, operator_cause, turn.at)
        if order.state == "accepted" and order.first_contact_at is None:
            changes["first_contact_at"] = turn.at
            attempt = _attempt(order, turn, result="agreed", channel="phone", number=1, note=None)
            turn.transaction.records(ContactAttempt).add(attempt.model_copy(update={"agreed_start": start}))
        if is_customers_wish:
            changes |= _later_by_wish(order, start, turn)
        return _agreed(order, start, turn, "agree", **changes)


def _counts(order: WorkOrder, result: ContactResult, turn: Turn) -> bool:
    """Tell whether an attempt counts: a success always does, a call to somebody who was reached before does not."""
    if result in ("agreed", "reached"):
        return True
    if order.state != "accepted":
        return False
    is_due = order.next_contact is None or turn.at >= order.next_contact.start
    return is_due and is_contact_time(turn.at, turn.policy.life.contact, order.zone)


def _attempt(
    order: WorkOrder, turn: Turn, *, result: ContactResult, channel: ContactChannel, number: int, note: str | None
) -> ContactAttempt:
    return ContactAttempt(
        id=turn.new_id(),
        created_at=turn.now,
        changed_at=turn.now,
        order=order.id,
        at=turn.at,
        actor=turn.actor,
        technician=order.technician,
        channel=channel,
        result=result,
        number=number,
        is_counted=number > 0,
        note=note,
    )


def _agreed(order: WorkOrder, start: datetime, turn: Turn, action: Action, /, **changes: Any) -> WorkOrder:
    is_taken_on = order.state in ("accepted", "contacted", "agreed")
    document = changes.pop("order", order.order)
    holds = changes.pop("holds", order.holds)
    stages = order.stages if "appointment" in order.stages else {**order.stages, "appointment": turn.at}
    return turn.step(
        order,
        action,
        to="agreed" if is_taken_on else order.state,
        event=ContactSucceeded(id=turn.new_id(), at=turn.at, order=order.id, agreed_start=start),
        order=document.model_copy(update={"agreed_start": start, "hold_until": None}),
        holds=ended_holds(holds, turn.at, "customer_unreachable"),
        agreed_at=turn.at,
        contacted_at=turn.at,
        stages=stages,
        **REACHED,
        **changes,
    )


def _reached(order: WorkOrder, turn: Turn, **changes: Any) -> WorkOrder:
    return turn.step(
        order,
        "record_contact",
        to="agreed" if order.state == "agreed" else "contacted",
        why="reached",
        order=order.order.model_copy(update={"hold_until": None}),
        holds=ended_holds(order.holds, turn.at, "customer_unreachable"),
        contacted_at=turn.at,
        **REACHED,
        **changes,
    )


def _failed(order: WorkOrder, turn: Turn, number: int, **changes: Any) -> WorkOrder:
    if number == 0:
        return turn.step(order, "record_contact", to=order.state, why="does not count")
    settings = turn.policy.life.contact
    is_waiting = any(hold.cause == "customer_unreachable" and hold.end is None for hold in order.holds)
    waits = order.holds if is_waiting else (*order.holds, Hold(cause="customer_unreachable", start=turn.at))
    if number >= settings.attempts:
        text = f"nobody was reached in {number} attempts; the order is held"
        turn.escalate(order, "contact_exhausted", "escalation", text)
        turn.escalate(order, "contact_exhausted", "message", text, audience="customer")
        return turn.step(
            order,
            "record_contact",
            to="held",
            why="contact_exhausted",
            event=ContactFailed(id=turn.new_id(), at=turn.at, order=order.id),
            **{**LEFT_ROUTE, **REACHED, **changes},
            order=order.order.model_copy(update={"agreed_start": None, "hold_until": None}),
            holds=waits,
            held_until=None,
            agreed_at=None,
        )
    window = next_attempt(turn.at, settings, order.zone)
    return turn.step(
        order,
        "record_contact",
        to="accepted",
        why="not_reached",
        event=ContactFailed(id=turn.new_id(), at=turn.at, order=order.id, retry_at=window.start),
        order=order.order.model_copy(update={"agreed_start": None, "hold_until": window.start}),
        holds=waits,
        contact_attempts=number,
        next_contact=window,
        agreed_at=None,
        **changes,
    )


def _later_by_wish(order: WorkOrder, start: datetime, turn: Turn) -> dict[str, Any]:
    """Return what a time beyond the due time changes that the customer wished: the promise runs on until its end."""
    holds = without_later_slot(order.holds)
    due = net_due(order.model_copy(update={"holds": holds}), turn.now)
    if due is None or start <= due:
        return {}
    late = timedelta(minutes=turn.policy.life.arrival_error_min)
    end = start + late + order.order.duration
    document = order.order.model_copy(update={"due": end})
    return {"holds": (*holds, Hold(cause="later_slot", start=due, end=end)), "order": document}
