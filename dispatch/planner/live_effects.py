"""What one more visit does to the others of its route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from dispatch.domain.request import Order
from solver.solution import TimedRoute


@dataclass(frozen=True, kw_only=True)
class LiveOrder:
    """An order of a live plan; seconds of its problem.

    Attributes
    ----------
    due_s, broken_from_s
        A later end breaks its promise, a later start its agreed time.
    told_until_s
        A later start disturbs its customer, who was told an exact time.
    """

    order: Order
    due_s: int
    broken_from_s: int
    told_until_s: int


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What changes for the visits that were there before; numbers of orders.

    Attributes
    ----------
    terms
        Differences of the route's cost by term, without those that are 0.
    disturbed
        Visits that newly start later than their customer was told, or end too late.
    broken
        Those whose promise or agreed time is newly broken.
    """

    terms: Mapping[str, int]
    disturbed: tuple[int, ...]
    broken: tuple[int, ...]


def effects_of(before: TimedRoute | None, after: TimedRoute, orders: Sequence[LiveOrder]) -> Effects:
    """Compare a route with itself as it was before one more visit; None = it was not used."""
    terms = asdict(after.terms)
    disturbed: list[int] = []
    broken: list[int] = []
    if before is not None:
        for name, cost in asdict(before.terms).items():
            terms[name] -= cost
        visit_of = {visit.order: visit for visit in after.visits}
        for was in before.visits:
            now, order = visit_of[was.order], orders[was.order]
            is_broken = was.end_s <= order.due_s < now.end_s or was.start_s <= order.broken_from_s < now.start_s
            if is_broken:
                broken.append(was.order)
            if is_broken or was.start_s <= order.told_until_s < now.start_s:
                disturbed.append(was.order)
    return Effects(
        terms={name: cost for name, cost in terms.items() if cost}, disturbed=tuple(disturbed), broken=tuple(broken)
    )
