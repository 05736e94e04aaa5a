"""What one more visit does to the others of its route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.domain.request import Order
from dispatch.domain.told import Told
from solver.problem import NEVER_S
from solver.solution import TimedRoute


@dataclass(frozen=True, kw_only=True)
class LiveOrder:
    """An order of a live plan; seconds of its problem.

    Attributes
    ----------
    kind
        Number of its kind of service.
    windows
        Service starts inside one of them.
    due_s, broken_from_s
        A later end breaks its promise, a later start its agreed time.
    disturbed_from_s
        A later start disturbs its customer, who was told an exact time.
    told
        What its customer was told.
    kept_until_s
        A later start breaks an exact time that the customer was told.
    """

    order: Order
    kind: int
    windows: Sequence[tuple[int, int]]
    due_s: int
    broken_from_s: int
    disturbed_from_s: int
    told: Told
    kept_until_s: int = NEVER_S

    def on_time_until(self, start_s: int) -> int:
        """Return the last start that keeps what the customer was told of a visit that is planned for `start_s`."""
        if self.told == "nothing":
            return NEVER_S
        if self.kept_until_s != NEVER_S:
            return self.kept_until_s
        return next((closes for _, closes in self.windows if start_s <= closes), start_s)


@dataclass(frozen=True, kw_only=True)
class VisitChance:
    """Odds of one visit: that it starts in time, and that it ends by its due time."""

    on_time: float
    promise_kept: float

    @property
    def least(self) -> float:
        """The smaller one."""
        return min(self.on_time, self.promise_kept)


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
    terms = dict(vars(after.terms))
    disturbed: list[int] = []
    broken: list[int] = []
    if before is not None:
        for name, cost in vars(before.terms).items():
            terms[name] -= cost
        visit_of = {visit.order: visit for visit in after.visits}
        for was in before.visits:
            now, order = visit_of[was.order], orders[was.order]
            is_broken = was.end_s <= order.due_s < now.end_s or was.start_s <= order.broken_from_s < now.start_s
            if is_broken:
                broken.append(was.order)
            if is_broken or was.start_s <= order.disturbed_from_s < now.start_s:
                disturbed.append(was.order)
    return Effects(
        terms={name: cost for name, cost in terms.items() if cost}, disturbed=tuple(disturbed), broken=tuple(broken)
    )


def at_risk(before: Mapping[int, VisitChance], after: Mapping[int, VisitChance], *, least: float) -> tuple[int, ...]:
    """Return the orders that kept what they were told or promised with a chance of `least` and do not any more."""
    return tuple(order for order, chance in before.items() if chance.least >= least > after[order].least)
