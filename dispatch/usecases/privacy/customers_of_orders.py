"""Customers that come with their orders in a table: kept apart from the orders, doubled by no second import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dispatch.domain.records.customer import CustomerDetails
from dispatch.domain.records.message import Channel
from dispatch.policy.privacy_settings import PrivacySettings
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.messages.wishes import wishes_kept
from dispatch.usecases.privacy.customers import CUSTOMERS_AT_A_TIME, keep_customers


@dataclass(frozen=True, kw_only=True)
class CustomerDraft:
    """What a row tells about the customer of an order.

    Attributes
    ----------
    order
        Stands for the customer's number elsewhere where the row has none: the same row again doubles nobody.
    language, channels
        Of messages; None = nothing is wished.
    """

    details: CustomerDetails
    order: str
    language: Literal["zh", "en"] | None = None
    channels: tuple[Channel, ...] | None = None


def add_customers_of_orders(
    drafts: Sequence[CustomerDraft], *, store: Store, clock: Clock, new_id: NewId, settings: PrivacySettings
) -> tuple[str, ...]:
    """Store customers with their wishes, some hundred in a transaction; return their ids, in the order given."""
    ids: list[str] = []
    for first in range(0, len(drafts), CUSTOMERS_AT_A_TIME):
        some = drafts[first : first + CUSTOMERS_AT_A_TIME]
        details = [
            draft.details.model_copy(update={"reference": draft.details.reference or f"order {draft.order}"})
            for draft in some
        ]
        with store.write() as transaction:
            now = clock.now()
            kept = keep_customers(details, transaction=transaction, now=now, new_id=new_id, settings=settings)
            for draft, customer in zip(some, kept, strict=True):
                if draft.language is not None or draft.channels is not None:
                    wishes_kept(
                        customer.id,
                        language=draft.language,
                        channels=draft.channels,
                        transaction=transaction,
                        now=now,
                    )
        ids += [customer.id for customer in kept]
    return tuple(ids)
