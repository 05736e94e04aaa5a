"""What logging in needs of passwords."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Keeps passwords as hashes that are slow to guess."""

    def hashed(self, password: str) -> str:
        """Return what is kept of a password."""
        ...

    def is_right(self, password: str, hashed: str | None) -> bool:
        """Tell whether a password is the one that was hashed; None = there is nobody, which is never right."""
        ...

    def is_outdated(self, hashed: str) -> bool:
        """Tell whether a hash was made at other costs than those of today."""
        ...
