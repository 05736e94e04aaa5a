"""Calendar feeds: a secret address under which a technician's calendar program reads the schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Identifier, Sha256


class CalendarFeed(Record):
    """A secret address of one technician's schedule. The secret itself is shown once and not kept."""

    technician: Identifier = Field(description="Id of the technician.")
    token_sha256: Sha256 = Field(description="SHA-256 of the secret.")
    made_by: Annotated[str, Field(min_length=1)] = Field(description="The actor who made it.")
    revoked_at: Moment | None = Field(default=None, description="From then on it shows nothing; null = it is valid.")
    read_at: Moment | None = Field(default=None, description="When it was read last, about; null = never.")

    def is_valid(self) -> bool:
        """Return whether it still shows the schedule."""
        return self.revoked_at is None

    def revoked(self, now: datetime) -> CalendarFeed:
        """Return it revoked; one that was revoked before stays as it is."""
        return self if self.revoked_at is not None else self.changed(now, revoked_at=now)
