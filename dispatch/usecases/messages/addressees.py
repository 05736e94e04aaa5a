"""Who a message goes to: the addresses, the language and channels they wish, and the link to what it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.message import Channel, Message
from dispatch.domain.records.message_wishes import MessageWishes
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.ports import Clock, Transaction
from dispatch.translations.catalogue import Language
from dispatch.usecases.access.links import TokenSigner, link_token
from dispatch.usecases.messages.send import Addressee

AddressesOf = Callable[[Transaction, str], Mapping[Channel, str]]
"""Returns a customer's addresses by channel; {} = none are known."""


@dataclass(frozen=True, kw_only=True)
class Addressees:
    """Looks addressees up when a message is sent, so that no address stands in the outbox.

    Attributes
    ----------
    addresses_of
        Of customers.
    public_url
        Links begin with it; "" = unknown.
    link_valid_s
        How long a customer's link opens its page.
    default_language
        Of people who said nothing.
    """

    public_url: str
    link_valid_s: int
    default_language: Language
    clock: Clock
    signer: TokenSigner
    addresses_of: AddressesOf

    def __call__(self, transaction: Transaction, centre: str, message: Message) -> Addressee | None:
        """Return who a message goes to; None if nobody is known by that id."""
        addresses = self._addresses(transaction, message)
        if addresses is None:
            return None
        wishes = transaction.records(MessageWishes).find(message.person)
        known = transaction.records(Centre).find(centre)
        return Addressee(
            addresses=addresses,
            channels=wishes.channels if wishes is not None else None,
            language=(wishes.language if wishes is not None else None) or self.default_language,
            zone=ZoneInfo(known.time_zone if known is not None else "Asia/Shanghai"),
            link=self._link(transaction, message),
        )

    def _addresses(self, transaction: Transaction, message: Message) -> Mapping[Channel, str] | None:
        if message.audience == "customer":
            return self.addresses_of(transaction, message.person)
        technician = transaction.records(TechnicianRecord).find(message.person)
        if technician is None or technician.relay_phone is None:
            return None
        return {"sms": technician.relay_phone}  # which leads to the technician's own

    def _link(self, transaction: Transaction, message: Message) -> str:
        start = self.public_url
        if message.order is None:
            return start
        if message.audience == "technician":
            return f"{start}/visits/{message.order}"
        token = link_token(
            transaction,
            "order_page",
            message.order,
            customer=message.person,
            valid_s=self.link_valid_s,
            now=self.clock.now(),
            signer=self.signer,
        )
        return f"{start}/c/{token}"
