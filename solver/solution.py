"""Solutions and the timing of their routes, as the solver states them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

Routes = tuple[tuple[int, ...], ...]
"""For each shift the order indices in sequence; () = the shift is not used."""


@dataclass(frozen=True, kw_only=True)
class CostTerms:
    """Every term of the cost table (docs/model.md), cost units."""

    travel: int = 0
    distance: int = 0
    work_time: int = 0
    overtime: int = 0
    shift_used: int = 0
    preference: int = 0
    agreed_buffer: int = 0
    soft_due: int = 0
    tardiness: int = 0
    promise_missed: int = 0
    agreed_broken: int = 0
    unassigned: int = 0
    disruption: int = 0
    risk: int = 0

    @property
    def total(self) -> int:
        """Sum of all terms."""
        return sum(getattr(self, f.name) for f in fields(self))

    def __add__(self, other: CostTerms) -> CostTerms:
        return CostTerms(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})


@dataclass(frozen=True, kw_only=True)
class TimedVisit:
    """One visit of a timed route; seconds.

    `arrival_s` = previous end + travel + breaks (and a depot detour) in between, `start_s` the earliest moment of a
    start window from then on, `travel_s` and `distance_m` of the leg that leads here (from the depot, if one is
    visited directly before).
    """

    order: int
    arrival_s: int
    start_s: int
    end_s: int
    travel_s: int
    distance_m: int


@dataclass(frozen=True, kw_only=True)
class TimedBreak:
    """A break that is taken: before visit number `before` (number of visits = on the way to the end)."""

    before: int
    start_s: int
    end_s: int


@dataclass(frozen=True, kw_only=True)
class TimedDepot:
    """A depot stop (no time spent there) before visit number `before`."""

    before: int
    depot: int
    arrival_s: int
    travel_s: int
    distance_m: int


@dataclass(frozen=True, kw_only=True)
class TimedRoute:
    """A route with the cheapest feasible choice of breaks and depot stop, times as docs/model.md states them."""

    shift: int
    departure_s: int
    visits: tuple[TimedVisit, ...]
    breaks: tuple[TimedBreak, ...]
    depot: TimedDepot | None
    end_s: int
    end_travel_s: int
    end_distance_m: int
    terms: CostTerms


@dataclass(frozen=True, kw_only=True)
class Solution:
    """Routes and the orders in none of them, with the exact cost."""

    routes: Routes
    unassigned: tuple[int, ...]
    terms: CostTerms = field(default_factory=CostTerms)

    @property
    def cost(self) -> int:
        """Total cost."""
        return self.terms.total
