"""The clock and new identifiers, as use cases are handed them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

NewId = Callable[[], str]
"""Returns an identifier that was never used before."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds since some moment; never runs backwards. For intervals only."""
        ...
