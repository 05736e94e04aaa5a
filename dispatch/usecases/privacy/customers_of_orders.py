"""Customers that come with their orders in a table: kept apart from the orders, doubled by no second import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Unpack

from dispatch.domain.records.customer import CustomerDetails
from dispatch.domain.records.message import Channel
from dispatch.ports import Transaction
from dispatch.usecases.messages.wishes import wishes_kept
from dispatch.usecases.privacy.customers import CUSTOMERS_AT_A_TIME, keep_customers
from dispatch.usecases.trial_store import TrialStore
from dispatch.usecases.work_orders.receive import Intake, NewOrder, receive_many
from dispatch.usecases.work_orders.turn import Means


@dataclass(frozen=True, kw_only=True)
class CustomerDraft:
    """What a row tells about the customer of an order.

    Attributes
    ----------
    details
        The order's id stands for a missing reference: the same row again doubles nobody.
    language, channels
        Of messages; None = nothing is wished.
    """

    details: CustomerDetails
    language: Literal["zh", "en"] | None = None
    channels: tuple[Channel, ...] | None = None


def receive_with_customers(
    orders: Sequence[NewOrder], drafts: Mapping[int, CustomerDraft], **means: Unpack[Means]
) -> Intake:
    """Take in many orders as `receive_many` does, some of them with customers who are not known yet.

    What is personal goes into the customer's record, and only of orders that are new and can be taken in.

    Parameters
    ----------
    drafts
        What is told about customers, by the place of the order in `orders`, from 0.

    Raises
    ------
    ForbiddenError
        If the actor may not take in orders.
    """
    customer_of = _add_customers(_of_new_orders(orders, drafts, means), means)
    return receive_many(
        [
            replace(new, origin=replace(new.origin, customer=customer_of.get(new.order.id, new.origin.customer)))
            for new in orders
        ],
        **means,
    )


def _of_new_orders(
    orders: Sequence[NewOrder], drafts: Mapping[int, CustomerDraft], means: Means
) -> dict[str, CustomerDraft]:
    """Return the customers of those orders that would be taken in, by the order's id."""
    if not drafts:
        return {}
    trial: Means = {**means, "store": TrialStore(means["store"])}
    would_be = {order.id for order in receive_many([orders[index] for index in drafts], **trial).received}
    found: dict[str, CustomerDraft] = {}
    for index, draft in drafts.items():
        if orders[index].order.id in would_be:
            found.setdefault(orders[index].order.id, draft)  # of an order that comes twice the first one is taken in
    return found


def _add_customers(draft_of: Mapping[str, CustomerDraft], means: Means) -> dict[str, str]:
    """Store customers with their wishes, some hundred in a transaction; return their ids by order."""
    ids: dict[str, str] = {}
    in_order = tuple(draft_of)
    for first in range(0, len(in_order), CUSTOMERS_AT_A_TIME):
        some = {order: draft_of[order] for order in in_order[first : first + CUSTOMERS_AT_A_TIME]}
        with means["store"].write() as transaction:
            ids |= _add_some(some, transaction, means)
    return ids


def _add_some(draft_of: Mapping[str, CustomerDraft], transaction: Transaction, means: Means) -> dict[str, str]:
    now = means["clock"].now()
    kept = keep_customers(
        [_referring(draft.details, order) for order, draft in draft_of.items()],
        transaction=transaction,
        now=now,
        new_id=means["new_id"],
        settings=means["policy"].privacy,
    )
    for draft, customer in zip(draft_of.values(), kept, strict=True):
        if draft.language is not None or draft.channels is not None:
            wishes_kept(customer.id, language=draft.language, channels=draft.channels, transaction=transaction, now=now)
    return {order: customer.id for order, customer in zip(draft_of, kept, strict=True)}


def _referring(details: CustomerDetails, order: str) -> CustomerDetails:
    return details.model_copy(update={"reference": details.reference or f"order {order}"})
