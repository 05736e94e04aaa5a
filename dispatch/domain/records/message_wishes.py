"""How somebody wants to be written to: the language and the channels, in the order of the wish."""

from __future__ import annotations

from typing import Literal

from dispatch.domain.records.message import Channel
from dispatch.domain.records.record import Record


class MessageWishes(Record):
    """The wishes of a customer or technician; its id is theirs.

    Attributes
    ----------
    language
        Of messages; None = the operator's.
    channels
        Those to be used, the first that works; None = the operator's order, () = none at all.
    """

    language: Literal["zh", "en"] | None = None
    channels: tuple[Channel, ...] | None = None
