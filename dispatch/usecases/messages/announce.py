"""Tells the people concerned what has become of orders, in the transaction in which they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.portions import portions
from dispatch.domain.records.message import Message, Template
from dispatch.domain.records.order_state import FINAL_STATES, State
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.settings import Policy
from dispatch.ports import Transaction
from dispatch.usecases.messages.queue import News, message_of, queue_messages

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
ENDED: Final[frozenset[State]] = FINAL_STATES | {"done"}
NO_WORDS: Final[Mapping[str, str]] = {}


def announce_new(transaction: Transaction, orders: Iterable[WorkOrder], *, policy: Policy, now: datetime) -> None:
    """Queue the messages that new orders call for, all at once: there may be thousands."""
    settings = policy.messages
    news = [
        (order, _told(order, order.customer, "received" if order.in_scope else "out_of_scope"))
        for order in orders
        if order.customer is not None
    ]
    wanted = [(order, one) for order, one in news if one.template not in settings.switched_off]
    messages = [message_of(one, now=now, zone=order.zone, settings=settings) for order, one in wanted]
    transaction.records(Message).add_all(messages)


def announce(
    transaction: Transaction,
    changes: Sequence[tuple[WorkOrder, WorkOrder]],
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """Queue the messages that changes of orders call for, each before and after; none to people who are not known."""
    cards = _cards_of([after for _, after in changes if after.customer is not None], transaction)
    news: list[tuple[News, ZoneInfo]] = []
    for before, after in changes:
        found = _for_the_technician(before, after)
        if after.customer is not None:
            card = None if after.technician is None else cards.get(after.technician)
            words = {
                "technician": card.name if card is not None else after.technician or "–",
                "badge": (card.badge if card is not None else None) or "–",
            }
            found += _for_the_customer(before, after, customer=after.customer, words=words, policy=policy)
        news += [(one, after.zone) for one in found]
    queue_messages(transaction, news, now=now, settings=policy.messages)


def _cards_of(orders: Iterable[WorkOrder], transaction: Transaction) -> Mapping[str, TechnicianRecord]:
    """Return the records of those who have some orders, by id."""
    ids = {order.technician for order in orders if order.technician is not None}
    records = transaction.records(TechnicianRecord)
    return {card.id: card for some in portions(ids) for card in records.all(where={"id": some})}


def _for_the_technician(before: WorkOrder, after: WorkOrder) -> list[News]:
    if after.technician is None or (before.state, before.technician) == (after.state, after.technician):
        return []
    is_handed_over = before.is_called_again and after.is_called_again
    told_at = after.changed_at if is_handed_over else after.dispatched_at
    if told_at is None or not (after.state == "dispatched" or is_handed_over):
        return []
    about = f"{after.technician} {told_at.isoformat()}"
    return [News(template="new_order", audience="technician", person=after.technician, order=after.id, about=about)]


def _for_the_customer(
    before: WorkOrder, after: WorkOrder, *, customer: str, words: dict[str, str], policy: Policy
) -> list[News]:
    found: list[News] = []
    template = None if before.state == after.state else _template_of(before, after, policy)
    if template is not None:
        found.append(_told(after, customer, template, after.changed_at, words=words))
    start = after.agreed_start
    if start is not None and before.agreed_start != start:
        template = "agreed" if before.agreed_at is None else "changed_time"
        found.append(_told(after, customer, template, start, start=start))
    late = _late_arrival(after, policy)
    if late is not None and _late_arrival(before, policy) is None:
        found.append(_told(after, customer, "delayed", late, start=late))
    return found


def _told(
    order: WorkOrder,
    customer: str,
    template: Template,
    about: datetime | None = None,
    *,
    words: Mapping[str, str] = NO_WORDS,
    **moments: datetime,
) -> News:
    return News(
        template=template,
        audience="customer",
        person=customer,
        order=order.id,
        about="" if about is None else about.isoformat(),
        moments=moments,
        words=words,
    )


def _template_of(before: WorkOrder, after: WorkOrder, policy: Policy) -> Template | None:
    """Return what a change of state is told as; None = it is not told."""
    if after.state == "rejected":
        return "out_of_scope"
    if before.state in ENDED and after.state not in ENDED:
        return "reopened"
    if after.broken_off > before.broken_off:
        return "broken_off"
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
