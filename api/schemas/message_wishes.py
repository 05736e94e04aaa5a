"""What is sent to say how somebody wants to be written to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dispatch.domain.records.message import Channel
from dispatch.domain.values import Document


class MessageWishesBody(Document):
    """How a customer or technician wants to be written to."""

    language: Literal["zh", "en"] | None = Field(default=None, description="Of messages; null = the operator's.")
    channels: tuple[Channel, ...] | None = Field(
        default=None, description="The first that works; null = the operator's order, [] = no messages at all."
    )
