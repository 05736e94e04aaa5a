"""Customers: take their data in, show it masked, show it in full for a reason that is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from dispatch.domain.records.access import Principal
from dispatch.domain.records.customer import Customer, CustomerDetails, Reveal
from dispatch.domain.records.message import Channel
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import BadInputError, ForbiddenError, NotFoundError, Problem
from dispatch.policy.privacy import order_in_hand, sees_all
from dispatch.policy.privacy_settings import PrivacySettings
from dispatch.ports import Clock, NewId, Store, Transaction

REFERENCES_AT_A_TIME = 400
"""So many are looked up in one query; databases bound the parameters of one."""
CUSTOMERS_AT_A_TIME = 500
"""Customers of one transaction: other writers get their turn in between."""


def keep_customers(
    drafts: Sequence[CustomerDetails],
    *,
    transaction: Transaction,
    now: datetime,
    new_id: NewId,
    settings: PrivacySettings,
) -> tuple[Customer, ...]:
    """Store customers inside a transaction; return each one's record, in the order given.

    One whose `reference` is known already is changed instead of doubled: fields that are given replace those there.
    """
    customers = transaction.records(Customer)
    known = _by_reference(drafts, transaction)
    new: dict[str, Customer] = {}
    ids: list[str] = []
    for draft in drafts:
        found = None if draft.reference is None else known.get(draft.reference)
        if found is None:
            found = _customer(draft, new_id(), now, settings)
            new[found.id] = found
        else:
            given = {name: value for name, value in draft if value is not None}
            details = found.details.model_copy(update=given)
            if details != found.details:
                found = found.model_copy(update={"details": details})
                if found.id in new:
                    new[found.id] = found
                else:
                    found = customers.save(found.changed(now, pseudonymised_at=None, review_at=_review(now, settings)))
        if draft.reference is not None:
            known[draft.reference] = found
        ids.append(found.id)
    customers.add_all(tuple(new.values()))
    everything = new | {customer.id: customer for customer in known.values()}
    return tuple(everything[customer_id] for customer_id in ids)


def add_customers(
    drafts: Sequence[CustomerDetails], *, store: Store, clock: Clock, new_id: NewId, settings: PrivacySettings
) -> tuple[Customer, ...]:
    """Store many customers, some hundred in a transaction; return each one's record, in the order given.

    What was stored before a failure stays: sending all of them again doubles none that has a `reference`.
    """
    kept: list[Customer] = []
    for first in range(0, len(drafts), CUSTOMERS_AT_A_TIME):
        some = drafts[first : first + CUSTOMERS_AT_A_TIME]
        with store.write() as transaction:
            kept += keep_customers(some, transaction=transaction, now=clock.now(), new_id=new_id, settings=settings)
    return tuple(kept)


def add_customer(
    details: CustomerDetails, *, store: Store, clock: Clock, new_id: NewId, settings: PrivacySettings
) -> Customer:
    """Store a customer, or change the one with the same `reference`."""
    with store.write() as transaction:
        (customer,) = keep_customers(
            [details], transaction=transaction, now=clock.now(), new_id=new_id, settings=settings
        )
    return customer


def change_customer(
    customer_id: str, details: CustomerDetails, *, store: Store, clock: Clock, settings: PrivacySettings
) -> Customer:
    """Replace all that is known of a customer.

    Raises
    ------
    NotFoundError
        If there is no such customer.
    """
    now = clock.now()
    with store.write() as transaction:
        customers = transaction.records(Customer)
        found = customers.get(customer_id)
        fields = {"details": details, "pseudonymised_at": None, "review_at": _review(now, settings)}
        return customers.save(found.changed(now, **fields))


def get_customer(customer_id: str, *, store: Store) -> Customer:
    """Return a customer with all that is personal: for what the service itself does, such as sending a message.

    Whoever shows it to a person masks it (`policy.privacy.masked`) or asks `reveal_customer` instead.

    Raises
    ------
    NotFoundError
        If there is no such customer.
    """
    with store.read() as transaction:
        return transaction.records(Customer).get(customer_id)


def customer_addresses(transaction: Transaction, customer_id: str) -> Mapping[Channel, str]:
    """Return where a customer can be written to, by channel; {} = nowhere, or there is no such customer."""
    customer = transaction.records(Customer).find(customer_id)
    if customer is None:
        return {}
    details = customer.details
    known: dict[Channel, str | None] = {"sms": details.phone, "wechat": details.wechat, "email": details.email}
    return {channel: address for channel, address in known.items() if address is not None}


def reveal_customer(
    customer_id: str,
    *,
    purpose: str,
    order: str | None = None,
    principal: Principal,
    store: Store,
    clock: Clock,
    new_id: NewId,
    settings: PrivacySettings,
) -> Customer:
    """Return a customer in full, and write down who saw it and what for.

    Parameters
    ----------
    order
        The order that is the reason; technicians need one that is in their hands, and may leave it out if any is.

    Raises
    ------
    ForbiddenError
        If this role may not see it, or the technician has no order of this customer in hand.
    NotFoundError
        If there is no such customer.
    BadInputError
        If no purpose is given.
    """
    if not purpose.strip():
        raise BadInputError([Problem(path="purpose", message="is empty", remedy="say what the data is needed for")])
    now = clock.now()
    with store.write() as transaction:
        orders = transaction.records(WorkOrder).all(where={"customer": customer_id})
        if order is not None:
            orders = tuple(found for found in orders if found.id == order)
        in_hand = order_in_hand(principal, orders, now=now, settings=settings)
        if in_hand is None and not sees_all(principal, settings=settings):
            msg = f"{principal.actor} may not see this customer's data\nMaybe accept an order of this customer first"
            raise ForbiddenError(msg)
        if order is not None and not orders:
            msg = f"the customer has no order {order!r}"
            raise NotFoundError(msg)
        customer = transaction.records(Customer).get(customer_id)
        named = order if in_hand is None else in_hand.id
        transaction.records(Reveal).add(
            _reveal(customer_id, purpose, named, principal=principal, reveal_id=new_id(), now=now)
        )
    return customer


def note_reveal(
    customer_id: str, *, purpose: str, principal: Principal, store: Store, clock: Clock, new_id: NewId
) -> None:
    """Write down that somebody sees a customer's data in full in another way, such as an export."""
    reveal = _reveal(customer_id, purpose, None, principal=principal, reveal_id=new_id(), now=clock.now())
    with store.write() as transaction:
        transaction.records(Reveal).add(reveal)


def list_reveals(customer_id: str, *, store: Store) -> tuple[Reveal, ...]:
    """Return who saw a customer's data in full, the latest first; raises `NotFoundError` if there is no customer."""
    with store.read() as transaction:
        transaction.records(Customer).get(customer_id)
        return transaction.records(Reveal).all(where={"customer": customer_id}, sort="-created_at")


def _reveal(
    customer_id: str, purpose: str, order: str | None, *, principal: Principal, reveal_id: str, now: datetime
) -> Reveal:
    return Reveal(
        id=reveal_id,
        created_at=now,
        changed_at=now,
        customer=customer_id,
        order=order,
        actor=principal.actor,
        role=principal.role,
        purpose=purpose.strip()[:200],
    )


def _by_reference(drafts: Sequence[CustomerDetails], transaction: Transaction) -> dict[str, Customer]:
    references = sorted({draft.reference for draft in drafts if draft.reference is not None})
    found: dict[str, Customer] = {}
    for first in range(0, len(references), REFERENCES_AT_A_TIME):
        some = tuple(references[first : first + REFERENCES_AT_A_TIME])
        for customer in transaction.records(Customer).all(where={"reference": some}):
            if customer.reference is not None:
                found[customer.reference] = customer
    return found


def _customer(details: CustomerDetails, customer_id: str, now: datetime, settings: PrivacySettings) -> Customer:
    review_at = _review(now, settings)
    return Customer(id=customer_id, created_at=now, changed_at=now, details=details, review_at=review_at)


def _review(now: datetime, settings: PrivacySettings) -> datetime:
    return now + timedelta(days=min(settings.retention_days, settings.review_days))
