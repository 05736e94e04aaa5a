"""What must hold across the fields of a request; every fault with its path and a remedy."""

from __future__ import annotations

from dispatch.domain.request import Request
from dispatch.errors import Problem


def request_problems(request: Request) -> list[Problem]:
    """Return all faults that make a request impossible to plan."""
    return []
