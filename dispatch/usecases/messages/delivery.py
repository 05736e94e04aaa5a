"""What the sender asks of a channel: take one letter to one address, or say why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dispatch.domain.records.message import Template
from dispatch.errors import DispatchError
from dispatch.translations.catalogue import Language
from dispatch.usecases.messages.wording import Letter


class DeliveryError(DispatchError):
    """A channel did not take a letter; it may do so later."""


class RefusedDeliveryError(DeliveryError):
    """A channel will never take this letter: the address does not exist, or the gateway refuses it for good."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A letter and where it goes.

    Attributes
    ----------
    id
        The message's: the same in every attempt, so that a gateway can tell a second one.
    to
        Phone number, WeChat id or mail address.
    """

    id: str
    to: str
    template: Template
    language: Language
    letter: Letter


class MessageChannel(Protocol):
    """Takes letters to people: a mail server, a gateway for text messages or for WeChat."""

    def deliver(self, envelope: Envelope) -> str | None:
        """Hand a letter over; return the receipt by which the channel will speak of it, if it gives one.

        Raises
        ------
        DeliveryError
            If it was not taken this time.
        RefusedDeliveryError
            If it will never be taken.
        """
        ...
