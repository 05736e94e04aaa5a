"""The API key: how a program says who it is."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from dispatch.domain.records.access import Principal, Role
from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Identifier, Sha256

PREFIX: Final = "fdk"
"""Keys begin with it, so that programs that look for leaked secrets know them."""


class ApiKey(Record):
    """What is kept of an API key: never the key itself, only a hash of its secret.

    The secret is 256 random bits, which nobody guesses; so a fast hash is enough, and a slow one would cost every
    request what it is meant to cost those who guess.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(description="Who uses it; appears in audits.")
    role: Role = Field(description="What it may do.")
    technician: Identifier | None = Field(default=None, description="Whose it is; only with the role of a technician.")
    digest: Sha256 = Field(description="SHA-256 of the secret.")
    expires_at: Moment | None = Field(default=None, description="Worth nothing from then on; null = never expires.")
    revoked_at: Moment | None = Field(default=None, description="When it was revoked; null = it was not.")
    last_used_at: Moment | None = Field(default=None, description="When it was used last, to the minute or so.")

    def is_valid(self, now: datetime) -> bool:
        """Tell whether the key is worth anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def is_of(self, secret: str) -> bool:
        """Tell whether this is the key with a secret, in a time that tells nothing about the right one."""
        return hmac.compare_digest(self.digest.lower(), secret_digest(secret))

    def principal(self, centre: str) -> Principal:
        """Return who asks with this key."""
        return Principal(name=self.name, role=self.role, centre=centre, technician=self.technician)


@dataclass(frozen=True)
class KeyText:
    """The two parts of a key as its owner has it: which one, and the proof of having it."""

    key: str
    secret: str

    def __str__(self) -> str:
        return f"{PREFIX}_{self.key}_{self.secret}"

    def __repr__(self) -> str:
        return f"KeyText({self.key!r}, secret hidden)"

    @classmethod
    def read(cls, text: str) -> KeyText | None:
        """Return the parts of a key; None if the text is no key."""
        prefix, _, rest = text.partition("_")
        key, _, secret = rest.partition("_")
        return cls(key, secret) if prefix == PREFIX and key and secret and text.isascii() else None


def secret_digest(secret: str) -> str:
    """Return what is kept of a random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
