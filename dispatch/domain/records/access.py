"""Who asks: roles and principals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

from dispatch.domain.records.record import MAIN_CENTRE

Role = Literal["integration", "dispatcher", "technician", "supervisor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who asks something of the service, and for which dispatch centre.

    Attributes
    ----------
    name
        Of the key or the user; appears in audits.
    technician
        Id of the technician; only with the role of one.
    """

    name: str
    role: Role
    centre: str = MAIN_CENTRE
    technician: str | None = None

    @property
    def actor(self) -> str:
        """The words for an audit: `technician:t-1`, `dispatcher:li`."""
        return f"{self.role}:{self.technician or self.name}"
