"""Delivery receipts: what a gateway says became of a message that it took."""

from __future__ import annotations

from typing import Literal

from dispatch.domain.records.message import Channel, Message
from dispatch.errors import NotFoundError
from dispatch.ports import Clock, Store, Transaction

Fate = Literal["delivered", "failed"]


def take_receipt(name: str, fate: Fate, *, channel: Channel, store: Store, clock: Clock) -> None:
    """Note that a message was delivered, or lost; a lost one goes on by the next channel.

    Parameters
    ----------
    name
        The gateway's own name for the message, or the id that it was given.
    store
        Of all dispatch centres.

    Raises
    ------
    NotFoundError
        If this channel took no such message.
    """
    now = clock.now()
    with store.write() as transaction:
        centre, message = _message(transaction, name, channel=channel)
        if message.state != "sent" or message.channel != channel:
            return  # told before, or about a channel that was given up
        if fate == "delivered":
            changes = {"state": "delivered", "delivered_at": now}
        else:
            tried = (*message.tried, channel)
            failure = "the gateway took it and could not deliver it"
            changes = {"state": "waiting", "tried": tried, "attempts": 0, "next_at": now, "failure": failure}
        transaction.of(centre).records(Message).save(message.changed(now, **changes))


def _message(transaction: Transaction, name: str, *, channel: Channel) -> tuple[str, Message]:
    for centre, message in transaction.records(Message).across(where={"receipt": name}, limit=10):
        if message.channel == channel:
            return centre, message
    centre, _, message_id = name.rpartition(".")
    found = transaction.of(centre).records(Message).find(message_id) if centre else None
    if found is None or found.channel != channel:
        msg = f"{channel} took no message {name!r}"
        raise NotFoundError(msg)
    return centre, found
