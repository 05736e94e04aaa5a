"""A message to a customer or technician, as it stands in the outbox; the address it goes to is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final, Literal

from pydantic import Field

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Count, Identifier

Channel = Literal["sms", "wechat", "email"]
"""Ways by which a message goes out; the pages and the status behind a link are there in any case (R34)."""
Audience = Literal["customer", "technician"]
MessageState = Literal["waiting", "sending", "sent", "delivered", "failed", "dropped"]
Template = Literal[
    "received",
    "out_of_scope",
    "accepted",
    "not_reached",
    "agreed",
    "changed_time",
    "on_the_way",
    "delayed",
    "broken_off",
    "on_hold",
    "no_access",
    "done",
    "survey",
    "withdrawal_requested",
    "withdrawn",
    "reopened",
    "note",
    "new_order",
]
"""What a message is about; its words stand in `dispatch.usecases.messages.wording`."""

TIME_TEMPLATES: Final[frozenset[Template]] = frozenset({"agreed", "changed_time", "delayed"})
"""Each tells when the technician comes: a newer one makes those that still wait pointless."""
MessageWord = Annotated[str, Field(max_length=500)]


class Message(Record):
    """One message and what became of it.

    Attributes
    ----------
    id
        Made of `dedupe_key`, so that the same news is queued once; handed to the gateway with every attempt, behind
        the id of the dispatch centre.
    dedupe_key
        What the message is about, as `o-1:agreed:2026-03-10T01:00:00Z`; told apart within a centre.
    audience, person
        Who gets it: id of the customer or technician. The address is looked up when it is sent.
    order
        The order it is about; None = none.
    moments, words
        Values of the text's placeholders; nothing personal is among them.
    state
        waiting (for `next_at`), sending (claimed by a sender until `next_at`), sent (a gateway took it), delivered
        (it said so), failed (on every channel), dropped (outdated, or there was no address).
    channel
        The one in use, or the last one; None = not chosen yet.
    tried
        Channels that failed for good.
    attempts
        On the present channel.
    next_at
        When a sender may take it; None = never again.
    expires_at
        Afterwards it is not sent any more; None = it stays worth sending.
    receipt
        The gateway's name for it; None = it gave none.
    failure
        Why the last attempt failed; None = it did not.
    """

    dedupe_key: Identifier
    audience: Audience
    person: Identifier
    order: Identifier | None = None
    template: Template
    moments: Mapping[Identifier, Moment] = {}
    words: Mapping[Identifier, MessageWord] = {}
    state: MessageState = "waiting"
    channel: Channel | None = None
    tried: tuple[Channel, ...] = ()
    attempts: Count = 0
    next_at: Moment | None = None
    expires_at: Moment | None = None
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    receipt: Identifier | None = None
    failure: str | None = None


def message_id(dedupe_key: str) -> str:
    """Return the id of the message about something: the same for the same key."""
    return sha256(dedupe_key.encode()).hexdigest()[:32]
