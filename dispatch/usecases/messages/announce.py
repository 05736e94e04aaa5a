"""Tells the people concerned what has become of an order, in the transaction in which it changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.records.message import Template
from dispatch.domain.records.order_state import FINAL_STATES, State
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.settings import Policy
from dispatch.ports import Transaction
from dispatch.usecases.messages.queue import News, queue_message

_TEMPLATE_OF_STATE: Final[dict[State, Template]] = {
    "accepted": "accepted",
    "en_route": "on_the_way",
    "held": "on_hold",
    "no_access": "no_access",
    "done": "done",
    "closed": "survey",
    "withdrawal_requested": "withdrawal_requested",
    "withdrawn": "withdrawn",
}
"""What a customer is told when an order comes into a state."""


def announce(
    transaction: Transaction, before: WorkOrder | None, after: WorkOrder, *, policy: Policy, now: datetime
) -> None:
    """Queue the messages that the change of an order calls for; none to people who are not known.

    Parameters
    ----------
    before
        The order as it was; None = it is new.
    """
    news = [*_for_the_technician(before, after)]
    if after.customer is not None:
        card = None if after.technician is None else transaction.records(TechnicianRecord).find(after.technician)
        words = {
            "technician": card.name if card is not None else after.technician or "–",
            "badge": (card.badge if card is not None else None) or "–",
        }
        news += _for_the_customer(before, after, customer=after.customer, words=words, policy=policy)
    for one in news:
        queue_message(transaction, one, now=now, zone=after.zone, settings=policy.messages)


def _for_the_technician(before: WorkOrder | None, after: WorkOrder) -> list[News]:
    if after.state != "dispatched" or after.technician is None or after.dispatched_at is None:
        return []
    if before is not None and (before.state, before.technician) == (after.state, after.technician):
        return []
    about = f"{after.technician} {after.dispatched_at.isoformat()}"
    return [News(template="new_order", audience="technician", person=after.technician, order=after.id, about=about)]


def _for_the_customer(
    before: WorkOrder | None, after: WorkOrder, *, customer: str, words: dict[str, str], policy: Policy
) -> list[News]:
    def told(template: Template, about: datetime | None, **moments: datetime) -> News:
        return News(
            template=template,
            audience="customer",
            person=customer,
            order=after.id,
            about="" if about is None else about.isoformat(),
            moments=moments,
            words=words,
        )

    found: list[News] = []
    if before is None or before.state != after.state:
        template = _template_of(before, after, policy)
        if template is not None:
            found.append(told(template, None if before is None else after.changed_at))
    start = after.agreed_start
    if start is not None and (before is None or before.agreed_start != start):
        is_first = before is None or before.agreed_at is None
        found.append(told("agreed" if is_first else "changed_time", start, start=start))
    late = _late_arrival(after, policy)
    if late is not None and (before is None or _late_arrival(before, policy) is None):
        found.append(told("delayed", late, start=late))
    return found


def _template_of(before: WorkOrder | None, after: WorkOrder, policy: Policy) -> Template | None:
    """Return what the change of state is told as; None = it is not told."""
    if before is None:
        return "received" if after.in_scope else "out_of_scope"
    if after.state == "rejected":
        return "out_of_scope"
    if before.state in FINAL_STATES | {"done"} and after.state not in FINAL_STATES | {"done"}:
        return "reopened"
    if after.state == "held" and after.holds and after.holds[-1].cause == "customer_unreachable":
        return "not_reached"
    if after.state == "closed" and after.kind not in policy.quality.surveys.kinds:
        return None  # it has no survey to ask for (R37)
    return _TEMPLATE_OF_STATE.get(after.state)


def _late_arrival(order: WorkOrder, policy: Policy) -> datetime | None:
    """Return when the technician is expected if that is later than agreed and tolerated; None = it is not."""
    expected = order.expected_arrival if order.state == "en_route" else order.planned_start
    if order.agreed_start is None or expected is None or order.state not in {"agreed", "en_route"}:
        return None
    latest = order.agreed_start + timedelta(seconds=policy.appointment.late_s)
    return expected if expected > latest else None
