"""The user: a person who logs in to the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, Strict

from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Count, Identifier


class User(Record):
    """A person with a password; the id is the login name, which no other user of the installation has."""

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="For people.")
    role: Role = Field(description="What the user may do.")
    technician: Identifier | None = Field(default=None, description="Who it is; only with the role of a technician.")
    password_hash: str = Field(description="Argon2id hash with its salt and costs.")
    is_active: Annotated[bool, Strict()] = Field(default=True, description="False: may not log in.")
    failures: Count = Field(default=0, description="Wrong passwords in a row.")
    paused_until: Moment | None = Field(default=None, description="No login before it, after too many of them.")
    last_login_at: Moment | None = Field(default=None, description="When the user logged in last.")

    def principal(self, centre: str) -> Principal:
        """Return who asks when this user does."""
        return Principal(name=self.id, role=self.role, centre=centre, technician=self.technician)

    def is_paused(self, now: datetime) -> bool:
        """Tell whether the user has to wait before the next attempt to log in."""
        return self.paused_until is not None and now < self.paused_until


class Session(Record):
    """A user who has logged in; the id is the hash of what the browser keeps, which is itself kept nowhere."""

    user: Identifier = Field(description="Login name.")
    seen_at: Moment = Field(description="When the user asked for something last, to the minute or so.")
    expires_at: Moment = Field(description="It ends then in any case.")
