"""States in the plan which rules its locks break, in the checker's own words."""

from __future__ import annotations

from typing import Final

from dispatch.check import check
from dispatch.domain.plan import Plan, Violation
from dispatch.domain.request import Request
from dispatch.errors import CheckFailedError
from dispatch.planner.encode import Encoded
from dispatch.policy.settings import Policy
from dispatch.travel_sources import TravelSources

ORDER_RULES: Final = frozenset(
    {
        "skill",
        "territory",
        "excluded",
        "required_technician",
        "parts",
        "tools",
        "resource",
        "not_before",
        "horizon",
        "window",
        "agreed_window",
        "lock_time",
        "lock_technician",
        "lock_dropped",
    }
)
"""Rules of a visit that a lock may force the plan to break."""
SHIFT_RULES: Final = frozenset({"shift_start", "available", "shift_end", "max_visits", "break_missing", "break_window"})
"""Rules of a shift that a lock may force the plan to break."""


def checked(
    plan: Plan, encoded: Encoded, request: Request, policy: Policy, *, sources: TravelSources | None = None
) -> Plan:
    """Return the plan with the violations that its locks force declared.

    Only where the encoder had to relax a rule for a lock may the plan break it. Anything else that the checker finds is
    a fault of the planner.

    Raises
    ------
    CheckFailedError
        If the plan breaks a rule that no lock forces, or its figures are wrong.
    """
    violations = check(request, plan, policy=policy, sources=sources).violations
    unforced = [violation for violation in violations if not _is_forced(violation, encoded)]
    if unforced:
        raise CheckFailedError(unforced)
    return plan.model_copy(update={"violations": tuple(violations)}) if violations else plan


def _is_forced(violation: Violation, encoded: Encoded) -> bool:
    relaxed = encoded.relaxations
    if violation.rule in ORDER_RULES and violation.order is not None:
        orders = relaxed.orders | relaxed.unkeepable
        return violation.order in {encoded.order_ids[order] for order in orders}
    if violation.rule in SHIFT_RULES:
        return (violation.technician, violation.shift) in {encoded.shifts[shift].key for shift in relaxed.shifts}
    return False
