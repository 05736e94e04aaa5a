"""The link: what a person without a login gets, for one purpose and one thing."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Identifier

LinkPurpose = Literal["order_page", "survey", "technician_feed"]
"""What a link opens: an order's page for its customer, a survey, the calendar of a technician."""


class Link(Record):
    """A link that was given out; it can be revoked, and what it opens is this and nothing else."""

    purpose: LinkPurpose = Field(description="What it opens.")
    subject: Identifier = Field(description="Id of what it opens: an order, a survey, a technician.")
    customer: Identifier | None = Field(default=None, description="Whom it was given to; null = no customer.")
    expires_at: Moment | None = Field(default=None, description="Opens nothing from then on; null = until revoked.")
    revoked_at: Moment | None = Field(default=None, description="When it was revoked; null = it was not.")

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
