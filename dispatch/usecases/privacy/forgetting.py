"""Everything about a customer: hand it out, erase it, and forget it in time. Orders stay, without the person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.customer import Customer, CustomerDetails, Reveal
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.follow_up import FollowUp
from dispatch.domain.records.link import Link
from dispatch.domain.records.message import Message
from dispatch.domain.records.message_wishes import MessageWishes
from dispatch.domain.records.note import Note
from dispatch.domain.records.order_book import BookEntry
from dispatch.domain.records.question import Question
from dispatch.domain.records.record import Below, Record
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.survey import Survey
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.privacy import kept_until, without_free_texts
from dispatch.ports import Clock, Store, Transaction
from dispatch.usecases.centre_policies import CentrePolicies

BY_CUSTOMER: Final[tuple[type[Record], ...]] = (WorkOrder, Question, Survey, FollowUp, Link, Reveal)
"""Kinds whose rows name the customer."""
BY_PERSON: Final[tuple[type[Record], ...]] = (Message,)
"""Kinds whose rows name the customer as `person`."""
BY_ORDER: Final[tuple[type[Record], ...]] = (
    AuditEvent,
    ContactAttempt,
    Convenience,
    Escalation,
    FieldEvent,
    Note,
    SpeedTest,
)
"""Kinds whose rows name the order only."""
IMPERSONAL: Final[tuple[type[Record], ...]] = (BookEntry, Timer)
"""Kinds whose rows name an order, but nothing in them was written by or about a person: not handed out, not erased."""


def export_customer(customer_id: str, *, store: Store) -> Mapping[str, Any]:
    """Return everything that is kept about a customer, as a JSON document by kind of record.

    Raises
    ------
    NotFoundError
        If there is no such customer.
    """
    with store.read() as transaction:
        customer = transaction.records(Customer).get(customer_id)
        wishes = transaction.records(MessageWishes).find(customer_id)
        found: dict[str, list[Any]] = {Customer.__name__: [customer.model_dump(mode="json", by_alias=True)]}
        if wishes is not None:
            found[MessageWishes.__name__] = [wishes.model_dump(mode="json", by_alias=True)]
        for record in _about(customer_id, transaction):
            found.setdefault(type(record).__name__, []).append(record.model_dump(mode="json", by_alias=True))
    return found


def erase_customer(customer_id: str, *, store: Store, clock: Clock) -> Customer:
    """Erase a customer's personal data now; return what is left: an id that stands for nobody.

    Orders, their audit and what was measured stay, but whatever people wrote into them goes; links open nothing any
    more; wishes about messages go.

    Raises
    ------
    NotFoundError
        If there is no such customer.
    """
    with store.write() as transaction:
        return _forget(customer_id, transaction, clock.now())


def sweep_retention(*, store: Store, clock: Clock, policies: CentrePolicies, limit: int = 50) -> bool:
    """Pseudonymise customers whose orders were all closed long enough ago; return whether there may be more to do.

    Safe in any number of processes: who looks at a customer holds the row meanwhile. A customer who stays is looked at
    again after `review_days` at the latest, so that a shorter retention holds for those who are there already.

    Parameters
    ----------
    store
        Of no dispatch centre.
    """
    now = clock.now()
    with store.write() as transaction:
        due = transaction.records(Customer).across(
            where={"review_at": Below(now), "pseudonymised_at": None},
            sort="review_at",
            limit=limit,
            skip_locked=True,
        )
        rules_of = policies.of_all([centre for centre, _ in due], transaction)
        for centre, customer in due:
            settings = rules_of[centre].privacy
            scoped = transaction.of(centre)
            orders = scoped.records(WorkOrder).all(where={"customer": customer.id})
            until = kept_until(orders, since=customer.created_at, settings=settings)
            if until is not None and until <= now:
                _forget(customer.id, scoped, now)
                continue
            next_look = now + timedelta(days=settings.review_days)
            review_at = next_look if until is None else min(until, next_look)
            # Not `changed`: that it was looked at is no change of the customer that somebody else could have missed.
            scoped.records(Customer).save(customer.model_copy(update={"review_at": review_at}))
    return len(due) == limit


def _forget(customer_id: str, transaction: Transaction, now: datetime) -> Customer:
    customers = transaction.records(Customer)
    customer = customers.get(customer_id)
    for record in _about(customer_id, transaction):
        _forget_texts(record, transaction, now)
    wishes = transaction.records(MessageWishes)
    if wishes.find(customer_id) is not None:
        wishes.delete(customer_id)
    return customers.save(customer.changed(now, details=CustomerDetails(), pseudonymised_at=now))


def _forget_texts(record: Record, transaction: Transaction, now: datetime) -> None:
    """Write a record anew without what people wrote into it; a link is revoked."""
    kind = type(record)
    if isinstance(record, Reveal | Convenience):  # who saw the data, and the text a consent was given to, stay
        return
    if isinstance(record, Link):
        if record.revoked_at is None:
            transaction.records(Link).save(record.changed(now, revoked_at=now))
        return
    fields = record.model_dump(by_alias=True)
    left = kind.model_validate(without_free_texts(fields))
    if left != record:
        transaction.records(kind).save(left)


def _about(customer_id: str, transaction: Transaction) -> Iterator[Record]:
    """Yield all that is kept about a customer but the customer's own record, each record once."""
    for kind in BY_CUSTOMER:
        yield from transaction.records(kind).all(where={"customer": customer_id})
    for kind in BY_PERSON:
        yield from transaction.records(kind).all(where={"person": customer_id})
    for order in transaction.records(WorkOrder).all(where={"customer": customer_id}):
        for kind in BY_ORDER:
            yield from transaction.records(kind).all(where={"order": order.id})
