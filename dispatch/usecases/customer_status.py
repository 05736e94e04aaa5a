"""What the customer of an order may know of it now: read from its records, the same for every channel (R34, R35)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.customer_status import (
    CustomerStatus,
    ExpectedArrival,
    Span,
    StatusNote,
    StepTime,
    TechnicianCard,
)
from dispatch.domain.records.note import Note
from dispatch.domain.records.order_state import ASSIGNED_STATES, FINAL_STATES, PLANNABLE_STATES, SERVED_STATES
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.domain.records.status_view import NoteView, StatusView
from dispatch.domain.records.survey import Survey, survey_id
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.settings import Policy
from dispatch.ports import Transaction

SHARE_OF_ARRIVALS: Final = 0.8
"""Chance that the arrival falls into the arrival window, which reaches from 10 % to 90 % of the arrivals."""

_RESCHEDULABLE: Final = PLANNABLE_STATES | {"held", "no_access"}
_KNOWN_TECHNICIAN: Final = frozenset({"accepted", "contacted", "agreed", "en_route", "on_site", "done"}) | SERVED_STATES


CardOf = Callable[[Transaction, str], TechnicianCard | None]


def technician_card(transaction: Transaction, technician: str) -> TechnicianCard | None:
    """Return what a customer may know of a technician; None if there is no record of such a one."""
    known = transaction.records(TechnicianRecord).find(technician)
    return None if known is None else TechnicianCard(name=known.name, badge=known.badge, phone=known.relay_phone)


def customer_statuses(
    transaction: Transaction,
    order_ids: Collection[str],
    *,
    policy: Policy,
    now: datetime,
    card_of: CardOf = technician_card,
) -> dict[str, CustomerStatus]:
    """Return the states of orders for their customers, by id; orders that there are not are left out.

    Parameters
    ----------
    card_of
        Looks a technician up; one that remembers for seconds saves a look into the store.
    """
    asked = tuple(order_ids)
    orders = transaction.records(WorkOrder).all_views(StatusView, where={"id": asked})
    notes: defaultdict[str, list[NoteView]] = defaultdict(list)
    for note in sorted(transaction.records(Note).all_views(NoteView, where={"order": asked}), key=_made_at):
        notes[note.order].append(note)
    surveys = transaction.records(Survey).find_all([survey_id(order.id) for order in orders if order.state == "closed"])
    return {
        order.id: _status(
            order,
            technician=_technician(transaction, order, card_of),
            notes=notes[order.id],
            survey=surveys.get(survey_id(order.id)),
            policy=policy,
            now=now,
        )
        for order in orders
    }


def _status(
    order: StatusView,
    *,
    technician: TechnicianCard | None,
    notes: Sequence[NoteView],
    survey: Survey | None,
    policy: Policy,
    now: datetime,
) -> CustomerStatus:
    return CustomerStatus(
        order=order.id,
        kind=order.order.kind,
        state=order.state,
        steps=_steps(order),
        technician=technician,
        booking=_booking(order),
        agreed_start=order.order.agreed_start,
        agreed=_agreed(order, policy),
        expected=_expected(order),
        notes=tuple(_note(note) for note in notes),
        may_reschedule=order.state in _RESCHEDULABLE and order.in_scope,
        may_rate=survey is not None and survey.state == "open" and now < survey.open_until,
        as_of=now,
    )


def _steps(order: StatusView) -> tuple[StepTime, ...]:
    return (
        StepTime(step="received", at=order.received_at),
        StepTime(step="accepted", at=order.technician_accepted_at),
        StepTime(step="agreed", at=order.agreed_at),
        StepTime(step="on_the_way", at=order.en_route_at),
        StepTime(step="on_site", at=order.arrived_at),
        StepTime(step="done", at=order.restored_at),
        StepTime(step="closed", at=order.closed_at),
    )


def _technician(transaction: Transaction, order: StatusView, card_of: CardOf) -> TechnicianCard | None:
    """Return who comes, from the moment at which that person has accepted."""
    if order.technician is None or order.state not in _KNOWN_TECHNICIAN:
        return None
    card = card_of(transaction, order.technician) or TechnicianCard(name=order.technician)
    # The relay number is for the visit, not for afterwards.
    return card.model_copy(update={"phone": None}) if order.state in FINAL_STATES else card


def _booking(order: StatusView) -> Span | None:
    if order.order.agreed_start is not None or not order.order.windows:
        return None
    return Span(start=order.order.windows[0].start, end=order.order.windows[-1].end)


def _agreed(order: StatusView, policy: Policy) -> Span | None:
    """Return the hour before and after the agreed time (R09)."""
    if order.order.agreed_start is None:
        return None
    tolerance = timedelta(seconds=policy.appointment.late_s)
    return Span(start=order.order.agreed_start - tolerance, end=order.order.agreed_start + tolerance)


def _expected(order: StatusView) -> ExpectedArrival | None:
    """Return when the technician is expected; before the visit has a technician a plan is nobody's word."""
    if order.state not in ASSIGNED_STATES or order.state == "on_site":
        return None
    if order.state == "en_route" and order.expected_arrival is not None:
        return ExpectedArrival(start=order.expected_arrival, end=order.expected_arrival)
    if order.arrival_window is not None:
        window = order.arrival_window
        return ExpectedArrival(start=window.start, end=window.end, probability=SHARE_OF_ARRIVALS)
    if order.planned_start is not None and order.order.agreed_start is not None:
        return ExpectedArrival(start=order.planned_start, end=order.planned_start)
    return None


def _made_at(note: NoteView) -> tuple[datetime, str]:
    return note.created_at, note.id


def _note(note: NoteView) -> StatusNote:
    return StatusNote(author=note.author, at=note.created_at, text=note.text)
