"""What happens to technicians, to the roads, or to many orders at once, over the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dispatch.domain.events import ReportedEvent
from dispatch.domain.request import Order
from dispatch.domain.values import Document, Identifier


class EventBody(Document):
    """News of the running day that is of no order."""

    event: ReportedEvent = Field(description="What happened; its id is the sender's: one that comes twice counts once.")


class NewOutageBody(Document):
    """One fault behind many orders (R03)."""

    order: Order = Field(description="The order that mends the fault.")
    children: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="Ids of the orders that report it and wait for it."
    )
    customer: Identifier | None = Field(default=None, description="Id of the customer record.")
    channel: Identifier | None = Field(default=None, description="How it came: monitoring, hotline ...")
