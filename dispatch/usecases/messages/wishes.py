"""How somebody wants to be written to: kept for a customer or a technician that is known."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from dispatch.domain.problems import shown
from dispatch.domain.records.customer import Customer
from dispatch.domain.records.message import Channel
from dispatch.domain.records.message_wishes import MessageWishes
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.errors import NotFoundError
from dispatch.ports import Clock, Store, Transaction


def wishes_of(person: str, *, store: Store, clock: Clock) -> MessageWishes:
    """Return the wishes of a customer or technician; of somebody who said nothing, the operator's way.

    Raises
    ------
    NotFoundError
        If nobody has this id.
    """
    with store.read() as transaction:
        _require_somebody(transaction, person)
        now = clock.now()
        found = transaction.records(MessageWishes).find(person)
        return found or MessageWishes(id=person, created_at=now, changed_at=now)


def keep_wishes(
    person: str,
    *,
    language: Literal["zh", "en"] | None,
    channels: tuple[Channel, ...] | None,
    store: Store,
    clock: Clock,
) -> MessageWishes:
    """Store what a customer or technician wishes, in place of what was there; messages that still wait obey it.

    Raises
    ------
    NotFoundError
        If nobody has this id.
    """
    with store.write() as transaction:
        _require_somebody(transaction, person)
        return wishes_kept(person, language=language, channels=channels, transaction=transaction, now=clock.now())


def wishes_kept(
    person: str,
    *,
    language: Literal["zh", "en"] | None,
    channels: tuple[Channel, ...] | None,
    transaction: Transaction,
    now: datetime,
) -> MessageWishes:
    """Store the wishes of somebody who is known, inside a transaction."""
    records = transaction.records(MessageWishes)
    found = records.find(person)
    if found is not None:
        return records.save(found.changed(now, language=language, channels=channels))
    wishes = MessageWishes(id=person, created_at=now, changed_at=now, language=language, channels=channels)
    records.add(wishes)
    return wishes


def _require_somebody(transaction: Transaction, person: str) -> None:
    if (
        transaction.records(Customer).find(person) is None
        and transaction.records(TechnicianRecord).find(person) is None
    ):
        msg = f"there is no customer or technician {shown(person)}\nMaybe store the customer first"
        raise NotFoundError(msg)
