"""The figures of a plan, counted from its stops and the due times of its request; `plan.kpis` is not looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from dispatch.domain.plan import BreakStop, StartStop
from dispatch.domain.request import OrderKind, Request, Tier
from dispatch.domain.unassigned_kinds import counts_of_kinds
from dispatch.report.reading import ShownPlan, ShownRoute

Outcome = Literal["kept", "missed", "open"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
TIERS: Final[tuple[Tier, ...]] = ("premium", "fast24", "standard")
KINDS: Final[tuple[OrderKind, ...]] = get_args(OrderKind)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class RouteFigures:
    """Figures of one route, or sums of several.

    Attributes
    ----------
    visits, late
        How many, and how many of them end after they are due.
    tardiness_s
        Sum over the late visits.
    break_s
        Time off.
    work_s
        From departure to return.
    shift_s
        Length of the shift, overtime apart.
    overtime_s
        From the shift's end to the return.
    """

    visits: int = 0
    late: int = 0
    tardiness_s: int = 0
    travel_s: int = 0
    distance_m: int = 0
    service_s: int = 0
    wait_s: int = 0
    break_s: int = 0
    work_s: int = 0
    shift_s: int = 0
    overtime_s: int = 0

    @property
    def utilisation(self) -> float | None:
        """Share of the shift that is travel and service; None without a shift."""
        return (self.travel_s + self.service_s) / self.shift_s if self.shift_s else None

    @property
    def travel_share(self) -> float | None:
        """Share of travel in the time from departure to return; None without any."""
        return self.travel_s / self.work_s if self.work_s else None


@dataclass(frozen=True, kw_only=True)
class PlanFigures:
    """Figures of a plan.

    Attributes
    ----------
    total
        Sums over the routes.
    by_tier, by_kind
        What becomes of the orders with a due time: `kept` (the visit ends by then), `missed` (it ends later, or the
        order is in no route and due inside the horizon), `open` (in no route and due after the horizon).
    unassigned_by_kind
        Each unassigned order with a reason once, by its reasons.
    reasons
        How many unassigned orders have each reason.
    """

    orders: int
    planned: int
    unassigned: int
    unassigned_by_kind: dict[str, int]
    reasons: dict[str, int]
    by_tier: dict[str, dict[Outcome, int]]
    by_kind: dict[str, dict[Outcome, int]]
    total: RouteFigures
    routes: int
    technicians_used: int
    shifts: int

    @property
    def kept(self) -> int:
        """Promises that are kept."""
        return sum(counts["kept"] for counts in self.by_kind.values())

    @property
    def missed(self) -> int:
        """Promises that are missed."""
        return sum(counts["missed"] for counts in self.by_kind.values())

    @property
    def on_time_share(self) -> float | None:
        """Kept / (kept + missed); None if nothing was promised."""
        judged = self.kept + self.missed
        return self.kept / judged if judged else None


def route_figures(shown: ShownRoute) -> RouteFigures:
    """Return the figures of one route."""
    stops = shown.route.stops
    legs = [stop for stop in stops if not isinstance(stop, StartStop | BreakStop)]
    return RouteFigures(
        visits=len(shown.visits),
        late=sum(visit.tardiness_s > 0 for visit in shown.visits),
        tardiness_s=sum(visit.tardiness_s for visit in shown.visits),
        travel_s=sum(stop.travel_s for stop in legs),
        distance_m=sum(stop.distance_m for stop in legs),
        service_s=sum(_seconds(visit.stop.start, visit.stop.end) for visit in shown.visits),
        wait_s=sum(visit.stop.wait_s for visit in shown.visits),
        break_s=sum(_seconds(stop.start, stop.end) for stop in stops if isinstance(stop, BreakStop)),
        work_s=_seconds(shown.departure, shown.arrival),
        shift_s=_seconds(shown.shift.start, shown.shift.end),
        overtime_s=max(0, _seconds(shown.shift.end, shown.arrival)),
    )


def summed(figures: Iterable[RouteFigures]) -> RouteFigures:
    """Return the sums of some figures."""
    names = tuple(RouteFigures.__dataclass_fields__)
    totals: Counter[str] = Counter()
    for one in figures:
        totals.update({name: getattr(one, name) for name in names})
    return RouteFigures(**{name: totals[name] for name in names})


def plan_figures(shown: ShownPlan) -> PlanFigures:
    """Return the figures of a plan."""
    outcome_of_order = _outcomes(shown)
    request = shown.request
    return PlanFigures(
        orders=len(request.orders),
        planned=sum(len(route.visits) for route in shown.routes),
        unassigned=len(shown.unassigned),
        unassigned_by_kind=counts_of_kinds(one.entry for one in shown.unassigned),
        reasons=dict(
            Counter(code for one in shown.unassigned for code in {reason.code for reason in one.entry.reasons})
        ),
        by_tier=_counted(outcome_of_order, {order.id: request.tier_of(order) for order in request.orders}, TIERS),
        by_kind=_counted(outcome_of_order, {order.id: order.kind for order in request.orders}, KINDS),
        total=summed(map(route_figures, shown.routes)),
        routes=len(shown.routes),
        technicians_used=len({route.technician.id for route in shown.routes}),
        shifts=len(shown.routes) + len(shown.idle),
    )


def missed_unserved(shown: ShownPlan) -> int:
    """Return how many orders in no route are due inside the horizon."""
    end = _horizon_end(shown.request)
    return sum(one.due is not None and one.due <= end for one in shown.unassigned)


def _outcomes(shown: ShownPlan) -> dict[str, Outcome]:
    """Return what becomes of each order that has a due time."""
    end_of_order = {visit.order.id: visit.stop.end for route in shown.routes for visit in route.visits}
    horizon_end = _horizon_end(shown.request)
    outcomes: dict[str, Outcome] = {}
    for order, due in shown.due_of_order.items():
        if due is None:
            continue
        end = end_of_order.get(order)
        if end is None:
            outcomes[order] = "missed" if due <= horizon_end else "open"
        else:
            outcomes[order] = "kept" if end <= due else "missed"
    return outcomes


def _counted(
    outcome_of_order: Mapping[str, Outcome], name_of_order: Mapping[str, str], names: Iterable[str]
) -> dict[str, dict[Outcome, int]]:
    """Return how often each outcome occurs by name, in the order of `names`; names without any are left out."""
    counts = Counter((name_of_order[order], outcome) for order, outcome in outcome_of_order.items())
    table = {name: {outcome: counts[name, outcome] for outcome in OUTCOMES} for name in names}
    return {name: row for name, row in table.items() if any(row.values())}


def _horizon_end(request: Request) -> datetime:
    return max(request.horizon.end, request.now)


def _seconds(start: datetime, end: datetime) -> int:
    return (end - start) // _SECOND
