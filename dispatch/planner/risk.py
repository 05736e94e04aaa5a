"""How likely a plan is to come out as it says: odds of every visit and route, for dispatchers and customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, get_args

from dispatch.domain.plan import BreakStop, DepotStop, EndStop, Plan, PlanRoute, StartStop, Stop, VisitOdds, VisitStop
from dispatch.domain.plan_fit import require_fit
from dispatch.domain.request import OrderKind, Request
from dispatch.domain.told import told_of
from dispatch.planner.epoch import Epoch
from dispatch.policy.promise import due_times
from dispatch.policy.risk_settings import RiskSettings
from dispatch.policy.settings import Policy, effective_policy
from dispatch.policy.windows import start_windows
from solver.driven import DrivenBreak, DrivenRoute, DrivenVisit, simulated_routes
from solver.problem import NEVER_S
from solver.risk import Distributions, Odds, simulate

KINDS: Final[tuple[OrderKind, ...]] = get_args(OrderKind)
"""Kinds of service in the sequence of `Distributions.service_mean`."""
TOLD_STEP_S: Final = 300
"""Customers are told whole five minutes."""
_SECOND = timedelta(seconds=1)


def distributions_of(risk: RiskSettings, *, midnight_s: int) -> Distributions:
    """Return the policy's distributions as the solver reads them.

    Parameters
    ----------
    midnight_s
        Second of a local midnight; across a clock change hours are counted on from it.
    """
    return Distributions(
        service_mean=tuple(risk.service.of(kind).mean for kind in KINDS),
        service_sigma=tuple(risk.service.of(kind).sigma for kind in KINDS),
        technician_day_sigma=risk.technician_day_sigma,
        day_sigma=risk.day_sigma,
        travel_mean_by_hour=risk.travel_mean_by_hour,
        travel_sigma=risk.travel_sigma,
        midnight_s=midnight_s,
        service_shape=risk.service_shape,
        travel_shape=risk.travel_shape,
    )


def midnight_of(request: Request, epoch: Epoch) -> int:
    """Return the second of the local midnight before the horizon starts."""
    start = request.horizon.start.astimezone(request.zone)
    return epoch.second_of(start.replace(hour=0, minute=0, second=0, microsecond=0))


@dataclass(frozen=True, kw_only=True)
class PlanOdds:
    """Odds of a plan.

    Attributes
    ----------
    visits
        Of every visit that has not begun, by order.
    overtime
        Of every route, by technician and shift.
    """

    visits: dict[str, VisitOdds]
    overtime: dict[tuple[str, str], float]


def odds_of_plan(
    request: Request, plan: Plan, *, policy: Policy, scenarios: int | None = None, seed: int = 1, threads: int = 1
) -> PlanOdds:
    """Return the odds of a plan, read from its stops: what the plan calls travel and service is what is expected.

    A visit that is on site or done takes part no more; its route is driven from its planned end on.

    Parameters
    ----------
    policy
        The operator's; the request's own policy section overrides it.
    scenarios
        Random courses of the day; None = as many as the policy says.

    Raises
    ------
    BadInputError
        If the plan answers another request, or cannot be understood.
    """
    require_fit(request, plan)
    policy = effective_policy(request, policy)
    reader = _PlanDriver(request, policy)
    driven = [reader.route(route) for route in plan.routes]
    odds = simulate(
        simulated_routes([route for route, _ in driven]),
        distributions_of(policy.risk, midnight_s=midnight_of(request, reader.epoch)),
        scenarios=scenarios or policy.risk.scenarios,
        seed=seed,
        threads=threads,
    )
    pending = [visit for _, visits in driven for visit in visits]
    return PlanOdds(
        visits={visit.order: reader.told(visit, odds, number) for number, visit in enumerate(pending)},
        overtime={
            (route.technician, route.shift): _rounded(p)
            for route, p in zip(plan.routes, odds.p_overtime.tolist(), strict=True)
        },
    )


def with_odds(plan: Plan, odds: PlanOdds) -> Plan:
    """Return the plan with its odds written at its visits and routes."""

    def with_its_odds(stop: Stop) -> Stop:
        return stop.model_copy(update={"odds": odds.visits.get(stop.order)}) if isinstance(stop, VisitStop) else stop

    routes = tuple(
        route.model_copy(
            update={
                "stops": tuple(with_its_odds(stop) for stop in route.stops),
                "overtime_odds": odds.overtime[route.technician, route.shift],
            }
        )
        for route in plan.routes
    )
    return plan.model_copy(update={"routes": routes})


class _PlanDriver:
    """Reads routes of a plan as they are to be driven; makes the odds that customers may be told."""

    def __init__(self, request: Request, policy: Policy) -> None:
        self.epoch = Epoch.before([request.now, request.horizon.start])
        self._request = request
        self._policy = policy

    def route(self, route: PlanRoute) -> tuple[DrivenRoute, list[VisitStop]]:
        """Return a route from its first visit on that has not begun, and these visits."""
        stops, departure = _not_begun(route)
        technician = self._request.technicians_by_id[route.technician]
        shift = technician.shifts_by_id[route.shift]
        factor = self._policy.risk.technician_factor.get(technician.id, 1.0)
        visits: list[DrivenVisit] = []
        pending: list[VisitStop] = []
        breaks: list[DrivenBreak] = []
        unread = sorted(shift.breaks, key=lambda pause: pause.earliest)
        over_depot_s = end_leg_s = 0
        for stop in stops:
            match stop:
                case VisitStop():
                    visits.append(self._visit(stop, over_depot_s, factor))
                    pending.append(stop)
                    over_depot_s = 0
                case DepotStop():
                    over_depot_s += stop.travel_s
                case EndStop():
                    end_leg_s = over_depot_s + stop.travel_s
                case BreakStop():
                    earliest = stop.start
                    while unread and not unread[0].earliest <= stop.start <= unread[0].latest - unread[0].duration:
                        unread.pop(0)  # not needed
                    if unread:
                        earliest = unread.pop(0).earliest
                    breaks.append(
                        DrivenBreak(
                            before=len(visits),
                            earliest_s=self._second(earliest),
                            duration_s=(stop.end - stop.start) // _SECOND,
                        )
                    )
        driven = DrivenRoute(
            departure_s=self._second(departure),
            visits=visits,
            breaks=breaks,
            end_leg_s=end_leg_s,
            shift_end_s=self._second(shift.end),
        )
        return driven, pending

    def told(self, visit: VisitStop, odds: Odds, number: int) -> VisitOdds:
        """Return the odds of a visit as a plan shows them."""
        order = self._request.orders_by_id[visit.order]
        opens = self._window(visit)[0]
        early, late = max(int(odds.arrival_s[number, 0]), opens), max(int(odds.arrival_s[number, 2]), opens)
        share = self._policy.risk.carried_out
        offset = int(self.epoch.start.timestamp()) % TOLD_STEP_S  # the clock's whole minutes, not the epoch's
        return VisitOdds(
            on_time=None if told_of(order) == "nothing" else _rounded(share * float(odds.p_on_time[number])),
            promise_kept=None if self._due(visit) == NEVER_S else _rounded(share * float(odds.p_promise_kept[number])),
            arrival_from=self._at((early + offset) // TOLD_STEP_S * TOLD_STEP_S - offset),
            arrival_to=self._at(-(-(late + offset) // TOLD_STEP_S) * TOLD_STEP_S - offset),
        )

    def _visit(self, stop: VisitStop, over_depot_s: int, factor: float) -> DrivenVisit:
        opens, closes = self._window(stop)
        return DrivenVisit(
            leg_s=over_depot_s + stop.travel_s,
            service_s=round((stop.end - stop.start) // _SECOND * factor),
            open_s=opens,
            close_s=closes,
            due_s=self._due(stop),
            kind=KINDS.index(self._request.orders_by_id[stop.order].kind),
        )

    def _window(self, stop: VisitStop) -> tuple[int, int]:
        """Return when a visit may begin, and until when it is on time by what the customer was told.

        A start that lies in no window, for a lock holds it there, may be as early as planned and is on time until then.
        """
        order = self._request.orders_by_id[stop.order]
        windows = start_windows(order, self._request, self._policy)
        window = next((window for window in windows if window.start <= stop.start <= window.end), None)
        opens, closes = (stop.start, stop.start) if window is None else (window.start, window.end)
        if order.agreed_start is not None:
            closes = order.agreed_start + timedelta(seconds=self._policy.appointment.late_s)
        return self._second(opens), NEVER_S if told_of(order) == "nothing" else self._second(closes)

    def _due(self, stop: VisitStop) -> int:
        due = due_times(self._request.orders_by_id[stop.order], self._request, self._policy).due
        return NEVER_S if due is None else self._second(due)

    def _second(self, moment: datetime) -> int:
        return self.epoch.second_of(moment)

    def _at(self, second: int) -> datetime:
        return self.epoch.instant_of(second, self._request.zone)


def _not_begun(route: PlanRoute) -> tuple[Sequence[Stop], datetime]:
    """Return the stops behind the last visit that is on site or done, and when the technician sets out for them."""
    begun = [k for k, s in enumerate(route.stops) if isinstance(s, VisitStop) and s.status in ("on_site", "done")]
    if begun:
        last = route.stops[begun[-1]]
        if isinstance(last, VisitStop):
            return route.stops[begun[-1] + 1 :], last.end
    return route.stops, next(stop.departure for stop in route.stops if isinstance(stop, StartStop))


def _rounded(p: float) -> float:
    return round(p, 3)
