"""Before a visit is planned: qualify, amend, book a day or half-day, propose somebody, refuse (R04, R07, R33)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Unpack

from dispatch.domain.events import OrderChanged, OrderWithdrawn, Rescheduled
from dispatch.domain.problems import shown
from dispatch.domain.records.order_changes import (
    LEFT_ROUTE,
    REACHED,
    opened_state,
    waiting_ended,
    with_operator_change,
)
from dispatch.domain.records.roster import CommunityRecord, TechnicianRecord
from dispatch.domain.records.work_order import OperatorCause, Proposal, WorkOrder
from dispatch.domain.request import Order, Window
from dispatch.errors import BadInputError, NotFoundError, Problem
from dispatch.policy.clocks import net_due
from dispatch.policy.later_slot import booked_holds, without_later_slot
from dispatch.policy.privacy import without_personal_data
from dispatch.policy.promise import due_times_in
from dispatch.policy.scope import scope_of
from dispatch.usecases.work_orders.receive import Desk, NewOrder
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of


def qualify(order_id: str, **means: Unpack[Means]) -> WorkOrder:
    """Let an order go on whose line is ready now; its clock counts from acceptance all the same (T8).

    Raises
    ------
    NotFoundError
        If there is no such order, or its community is not known any more.
    TransitionError, ForbiddenError
        If the order is not waiting for its line, or the actor may not say so.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "qualify") or order.state in ("qualified", "booked"):
            return order
        turn.require(order, "qualify")
        document = order.order.model_copy(update={"resource_ready": True})
        changes = promised(order, document, turn)
        after = order.model_copy(update={"order": document})
        event = OrderChanged(id=turn.new_id(), at=turn.at, order=document)
        return turn.step(order, "qualify", to=opened_state(after), event=event, order=document, **changes)


def promised(order: WorkOrder, document: Order, turn: Turn) -> dict[str, Any]:
    """Return what is promised for an order as it is now, as changes: scope, due times, rules."""
    community = turn.transaction.records(CommunityRecord).get(order.community).community
    decision = scope_of(document, community, turn.policy.life)
    without_due = document.model_copy(update={"due": None})
    found = due_times_in(without_due, community, order.tier, turn.policy, order.zone)
    return {
        "in_scope": decision.in_scope,
        "scope_reason": decision.reason,
        "due": found.due,
        "soft_due": found.soft_due,
        "rules": tuple(promise.rule for promise in found.promises),
    }


def refuse(order_id: str, *, reason: str, text: str | None = None, **means: Unpack[Means]) -> WorkOrder:
    """Reject an order that cannot be carried out; the customer is told why (R04).

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it is beyond that, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "refuse") or order.state == "rejected":
            return order
        event = OrderWithdrawn(id=turn.new_id(), at=turn.at, order=order.id, reason=reason)
        changes: dict[str, Any] = {"outcome": "rejected", "reason": reason, "reason_text": text, "closed_at": turn.at}
        return turn.step(order, "refuse", to="rejected", why=reason, event=event, **changes)


def amend(order_id: str, document: Order, **means: Unpack[Means]) -> WorkOrder:
    """Change what is to be done, before the visit: duration, skills, parts, place, priority, technicians.

    Bookings, agreed times and holds have use cases of their own and stay as they are, as do kind, community and
    acceptance: the promise hangs on them.

    Raises
    ------
    BadInputError
        If kind, community or acceptance differ, or the order could not have been taken in like this.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, its visit has begun, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "amend"):
            return order
        turn.require(order, "amend")
        kept = order.order
        for field in ("id", "kind", "community", "accepted_at"):
            if getattr(document, field) != getattr(kept, field):
                message = f"{shown(getattr(document, field))} instead of {shown(getattr(kept, field))}"
                remedy = "leave it as it was: the promise hangs on it. Maybe withdraw the order and take in another"
                raise BadInputError([Problem(path=f"document.{field}", message=message, remedy=remedy)])
        fixed = ("tier", "resource_ready", "hold_until", "windows", "agreed_start", "due")
        document = without_personal_data(document).model_copy(update={name: getattr(kept, name) for name in fixed})
        if document == kept:
            return order
        problems = Desk([NewOrder(order=document)], turn).problems(document)
        faults = [replace(problem, path=f"document.{problem.path}") for problem in problems]
        if faults:
            raise BadInputError(faults)
        event = OrderChanged(id=turn.new_id(), at=turn.at, order=document)
        return turn.step(order, "amend", to=order.state, event=event, order=document)


def propose(order_id: str, *, technician: str, start: datetime, **means: Unpack[Means]) -> WorkOrder:
    """Write down who would go and when, seconds after intake (R33); the plan is not changed by it.

    Raises
    ------
    BadInputError
        If that time is too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order or technician, it is planned already, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        turn.require(order, "propose")
        if not turn.transaction.records(TechnicianRecord).count({"id": technician}):
            raise NotFoundError(f"there is no technician {shown(technician)}\nMaybe name one of /v1/technicians")
        turn.require_to_come("start", start, may_be_over=True)
        proposal = Proposal(technician=technician, start=start, made_at=turn.at)
        return turn.step(order, "propose", to=order.state, proposal=proposal)


def book(
    order_id: str, windows: Sequence[Window], *, operator_cause: OperatorCause | None = None, **means: Unpack[Means]
) -> WorkOrder:
    """Book the day or half-day that was chosen, or another one (R07); an agreed time and a technician are given up.

    A booking beyond the due time is the customer's choice: the promise runs on until its end (T7). Booking the same
    again changes nothing.

    Parameters
    ----------
    windows
        Service starts inside one of them.
    operator_cause
        Why the operator asks for another time; None = the customer chooses. It counts against the operator, and the
        promise stays as it is.

    Raises
    ------
    BadInputError
        If there is no window, or one ends before it begins, is over or too far away.
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, its visit has begun, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "book") or (order.state == "booked" and order.order.windows == tuple(windows)):
            return order
        turn.require(order, "book")
        _require_usable(windows, turn)
        holds = without_later_slot(waiting_ended(order.holds, turn.at))
        due = net_due(order.model_copy(update={"holds": holds}), turn.now)
        booked = booked_holds(holds, windows, due if operator_cause is None else None)
        document = order.order.model_copy(
            update={"windows": tuple(windows), "agreed_start": None, "hold_until": None, "due": booked.due}
        )
        had_appointment = bool(order.order.windows) or order.agreed_start is not None
        return turn.step(
            order,
            "book",
            to="booked",
            why=operator_cause,
            event=Rescheduled(id=turn.new_id(), at=turn.at, order=order.id, windows=document.windows, due=booked.due),
            **LEFT_ROUTE,
            **REACHED,
            order=document,
            holds=booked.holds,
            booked_at=turn.at,
            held_until=None,
            agreed_at=None,
            operator_changes=with_operator_change(
                order.operator_changes, operator_cause if had_appointment else None, turn.at
            ),
        )


def record_operator_change(order_id: str, *, cause: OperatorCause, **means: Unpack[Means]) -> WorkOrder:
    """Count a change of the appointment that the operator caused; more than the policy allows is late by itself (T7).

    Raises
    ------
    NotFoundError, TransitionError, ForbiddenError
        If there is no such order, it has no visit to come, or the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        if turn.was_done(order, "operator_change"):
            return order
        changes = with_operator_change(order.operator_changes, cause, turn.at)
        return turn.step(order, "operator_change", to=order.state, why=cause, operator_changes=changes)


def _require_usable(windows: Sequence[Window], turn: Turn) -> None:
    problems = [] if windows else [Problem(path="windows", message="is empty", remedy="give the half-day chosen")]
    for number, window in enumerate(windows):
        if window.end < window.start:
            message = f"{window.end.isoformat()} is before the start {window.start.isoformat()}"
            problems.append(Problem(path=f"windows[{number}].end", message=message, remedy="swap them"))
        else:
            problems += turn.problems_to_come(f"windows[{number}].end", window.end)
    if problems:
        raise BadInputError(problems)
