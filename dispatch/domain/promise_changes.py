"""Promises that one plan keeps and another does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dispatch.domain.plan import Plan, VisitStop
from dispatch.domain.request import Request, Tier

PromiseOutcome = Literal["kept", "missed", "open"]


@dataclass(frozen=True, kw_only=True)
class TierChange:
    """Promises of one tier, before and after.

    Attributes
    ----------
    tier
        None = not known without a request.
    """

    tier: Tier | None
    kept_before: int
    missed_before: int
    kept_after: int
    missed_after: int


@dataclass(frozen=True, kw_only=True)
class PromiseChanges:
    """Promises of the orders that both plans know, and those that differ.

    Kept: the visit ends by its due time. Missed: it ends later, or the order is in no route and due inside the horizon.
    Open: in no route and due later.

    Attributes
    ----------
    by_tier
        Orders that both plans know.
    newly_kept, newly_missed
        Orders that both plans know: kept after and not before; missed after and not before.
    missed_of_added
        Orders that only the plan after knows and whose promise it misses.
    """

    by_tier: tuple[TierChange, ...]
    newly_kept: tuple[str, ...]
    newly_missed: tuple[str, ...]
    missed_of_added: tuple[str, ...]


def promise_changes(
    before_request: Request | None,
    before: Plan,
    after_request: Request | None,
    after: Plan,
    *,
    dues: Mapping[str, datetime | None],
) -> PromiseChanges:
    """Return what becomes of promises from one plan to another.

    Parameters
    ----------
    dues
        Due times of orders that neither plan visits. An order without any has no promise here.
    """
    stated = dict(dues) | _dues(before_request, before) | _dues(after_request, after)
    was = _outcomes(before_request, before, stated | _dues(before_request, before))
    is_now = _outcomes(after_request, after, stated)
    common = [order for order in was if order in is_now]
    return PromiseChanges(
        by_tier=tuple(_by_tier(common, was, is_now, before_request or after_request)),
        newly_kept=tuple(order for order in common if is_now[order] == "kept" != was[order]),
        newly_missed=tuple(order for order in common if is_now[order] == "missed" != was[order]),
        missed_of_added=tuple(order for order in is_now if order not in was and is_now[order] == "missed"),
    )


def _dues(request: Request | None, plan: Plan) -> dict[str, datetime | None]:
    """Return the due times that a plan states, and those that its request's orders bring along."""
    own = {} if request is None else {order.id: order.due for order in request.orders if order.due is not None}
    return own | {visit.order: visit.due for visit in _visits(plan)}


def _outcomes(
    request: Request | None, plan: Plan, dues: Mapping[str, datetime | None]
) -> dict[str, PromiseOutcome | None]:
    """Return what becomes of every order that a plan knows; None = nothing is promised, as far as is known."""
    outcomes: dict[str, PromiseOutcome | None] = {}
    for visit in _visits(plan):
        due = dues.get(visit.order)
        outcomes[visit.order] = None if due is None else "kept" if visit.end <= due else "missed"
    horizon_end = None if request is None else max(request.horizon.end, request.now)
    for entry in plan.unassigned:
        due = dues.get(entry.order)
        is_due = due is not None and horizon_end is not None and due <= horizon_end
        outcomes[entry.order] = None if due is None else "missed" if is_due else "open"
    return outcomes


def _by_tier(
    orders: list[str],
    was: Mapping[str, PromiseOutcome | None],
    is_now: Mapping[str, PromiseOutcome | None],
    request: Request | None,
) -> list[TierChange]:
    tier_of = {} if request is None else {order.id: request.tier_of(order) for order in request.orders}
    counts_before = Counter((tier_of.get(order), was[order]) for order in orders)
    counts_after = Counter((tier_of.get(order), is_now[order]) for order in orders)
    tiers = {tier for tier, outcome in counts_before.keys() | counts_after.keys() if outcome is not None}
    return [
        TierChange(
            tier=tier,
            kept_before=counts_before[tier, "kept"],
            missed_before=counts_before[tier, "missed"],
            kept_after=counts_after[tier, "kept"],
            missed_after=counts_after[tier, "missed"],
        )
        for tier in sorted(tiers, key=str)
    ]


def _visits(plan: Plan) -> list[VisitStop]:
    return [visit for route in plan.routes for visit in route.visits]
