"""Sends what waits in the outbox: claimed with a lease, tried again with growing pauses, then by another channel.

Any number of processes may send at once. One that dies with messages in hand loses its lease, and they are sent again
with the same id: at least once, and once only through a gateway that looks at the id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dispatch.domain.records.message import Channel, Message
from dispatch.domain.records.record import Below
from dispatch.policy.message_settings import MessageSettings, earliest_sending, pause_after
from dispatch.ports import Clock, Store, Transaction
from dispatch.translations.catalogue import Language
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.messages.delivery import DeliveryError, Envelope, MessageChannel, RefusedDeliveryError
from dispatch.usecases.messages.wording import letter_of

CLAIMED_AT_A_TIME: Final = 20

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Where somebody can be reached.

    Attributes
    ----------
    addresses
        By channel; only those that are known.
    channels
        Wished ones in their order; None = the operator's.
    zone
        Of their dispatch centre.
    """

    addresses: Mapping[Channel, str]
    channels: tuple[Channel, ...] | None
    language: Language
    zone: ZoneInfo
    link: str


@dataclass(frozen=True, kw_only=True)
class Sender:
    """What sending needs.

    Attributes
    ----------
    store
        Of all dispatch centres.
    channels
        Those that are set up.
    addressee_of
        Looks up who a message goes to, in a transaction of its centre, by the centre's id; None = nobody is there.
    """

    store: Store
    clock: Clock
    policies: CentrePolicies
    channels: Mapping[Channel, MessageChannel]
    addressee_of: Callable[[Transaction, str, Message], Addressee | None]


@dataclass(frozen=True)
class _Claimed:
    centre: str
    message: Message
    addressee: Addressee
    settings: MessageSettings
    leased_until: datetime


def send_due(sender: Sender) -> bool:
    """Send messages whose time has come; return whether there may be more."""
    claimed = _claim(sender)
    for one in claimed:
        if one.leased_until <= sender.clock.now():  # channels were slow: by now it is another sender's
            continue
        changes = _deliver(one, sender)
        with sender.store.of(one.centre).write() as transaction:
            messages = transaction.records(Message)
            present = messages.find(one.message.id)
            if present is not None and present.version == one.message.version:  # else another sender has it by now
                messages.save(present.changed(sender.clock.now(), **changes))
    return len(claimed) == CLAIMED_AT_A_TIME


def _claim(sender: Sender) -> list[_Claimed]:
    """Take due messages in hand for a lease; drop those that are outdated or can reach nobody."""
    now = sender.clock.now()
    claimed: list[_Claimed] = []
    with sender.store.write() as transaction:
        due = transaction.records(Message).across(
            where={"next_at": Below(now + timedelta(seconds=1))},
            sort="next_at",
            limit=CLAIMED_AT_A_TIME,
            skip_locked=True,
        )
        rules_of = sender.policies.of_all([centre for centre, _ in due], transaction)
        for centre, message in due:
            scoped, settings = transaction.of(centre), rules_of[centre].messages
            lease = now + timedelta(seconds=settings.lease_s)
            addressee = sender.addressee_of(scoped, centre, message)
            changes = _before_sending(message, addressee, sender, settings)
            changes = changes or {"state": "sending", "attempts": message.attempts + 1, "next_at": lease}
            saved = scoped.records(Message).save(message.changed(now, **changes))
            if saved.state == "sending" and addressee is not None:
                claimed.append(_Claimed(centre, saved, addressee, settings, leased_until=lease))
    return claimed


def _before_sending(
    message: Message, addressee: Addressee | None, sender: Sender, settings: MessageSettings
) -> dict[str, Any]:
    """Return how a due message changes instead of being sent; {} = it shall be sent."""
    now = sender.clock.now()
    if message.expires_at is not None and message.expires_at <= now:
        return _dropped("it is outdated")
    if addressee is None:
        return _dropped("there is nobody to send it to")
    if _channel_of(message, addressee, sender, settings) is None:
        return {"state": "failed", "next_at": None} if message.tried else _dropped("no channel reaches the addressee")
    first_at = earliest_sending(now, message.template, settings=settings, zone=addressee.zone)
    return {"next_at": first_at} if first_at > now else {}


def _dropped(why: str) -> dict[str, Any]:
    return {"state": "dropped", "next_at": None, "failure": why}


def _channel_of(message: Message, addressee: Addressee, sender: Sender, settings: MessageSettings) -> Channel | None:
    """Return the wished channel that comes next: set up, with an address, and not given up."""
    wished = settings.channels if addressee.channels is None else addressee.channels
    usable = (one for one in wished if one in sender.channels and one in addressee.addresses)
    return next((one for one in usable if one not in message.tried), None)


def _deliver(claimed: _Claimed, sender: Sender) -> dict[str, Any]:
    """Hand a claimed message to its channel; return how it changes."""
    message, addressee = claimed.message, claimed.addressee
    channel = _channel_of(message, addressee, sender, claimed.settings)
    if channel is None:  # cannot be: it was there when the message was claimed
        return _dropped("no channel reaches the addressee")
    try:
        letter = letter_of(message, link=addressee.link, language=addressee.language, zone=addressee.zone)
    except KeyError as error:
        _log.error("message %s: its text asks for %s, which it does not have", message.id, error)
        return {"state": "failed", "next_at": None, "failure": f"the text asks for {error}"}
    envelope = Envelope(
        id=envelope_id(claimed.centre, message),
        to=addressee.addresses[channel],
        template=message.template,
        language=addressee.language,
        letter=letter,
    )
    try:
        receipt = sender.channels[channel].deliver(envelope)
    except DeliveryError as error:
        return _after_failure(claimed, channel, error, sender)
    sent = {"state": "sent", "channel": channel, "receipt": receipt, "sent_at": sender.clock.now()}
    return {**sent, "next_at": None, "failure": None}


def _after_failure(claimed: _Claimed, channel: Channel, error: DeliveryError, sender: Sender) -> dict[str, Any]:
    """Return how a message changes that a channel did not take: later again, by another channel, or given up."""
    now, message, settings = sender.clock.now(), claimed.message, claimed.settings
    failed = {"state": "waiting", "channel": channel, "failure": str(error)}
    if not isinstance(error, RefusedDeliveryError) and message.attempts < settings.attempts:
        return {**failed, "next_at": now + pause_after(message.attempts, settings=settings)}
    given_up = message.model_copy(update={"tried": (*message.tried, channel)})
    if _channel_of(given_up, claimed.addressee, sender, settings) is None:
        _log.warning("message %s (%s) is given up: %s", message.id, message.template, error)
        return {**failed, "state": "failed", "tried": given_up.tried, "next_at": None}
    return {**failed, "tried": given_up.tried, "attempts": 0, "next_at": now}


def envelope_id(centre: str, message: Message) -> str:
    """Return the id under which a gateway gets a message: unlike that of every other centre."""
    return f"{centre}.{message.id}"
