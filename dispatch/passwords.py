"""Passwords, kept as argon2id hashes."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dispatch.security_settings import SecuritySettings


class Argon2Passwords:
    """Hashes passwords and compares them; a `Passwords` of the use cases.

    Comparing takes as long for a wrong password as for the right one, and for a user who does not exist (`is_right` of
    None) as for one who does.
    """

    def __init__(self, settings: SecuritySettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._hash_of_nobody = self._hasher.hash("nobody")

    def hashed(self, password: str) -> str:
        """Return what is kept of a password: salt, costs and hash."""
        return self._hasher.hash(password)

    def is_right(self, password: str, hashed: str | None) -> bool:
        """Tell whether a password is the one that was hashed; None = there is nobody, which is never right."""
        try:
            self._hasher.verify(self._hash_of_nobody if hashed is None else hashed, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    def is_outdated(self, hashed: str) -> bool:
        """Tell whether a hash was made at other costs than those of today."""
        return self._hasher.check_needs_rehash(hashed)
