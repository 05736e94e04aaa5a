"""From the solver's routes to a plan: indices become ids, seconds become moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from dispatch.domain.files import request_digest
from dispatch.domain.plan import (
    COST_TERMS,
    BreakStop,
    DepotStop,
    EndStop,
    Plan,
    PlanCost,
    PlanRoute,
    RunInfo,
    StartStop,
    Stop,
    Unassigned,
    VisitStop,
)
from dispatch.domain.request import Request
from dispatch.planner.encode import Encoded
from dispatch.planner.kpis import kpis_of
from solver.cost import RouteTimer
from solver.problem import NEVER_S
from solver.solution import CostTerms, Routes, TimedDepot, TimedRoute, TimedVisit


def decode(
    encoded: Encoded,
    request: Request,
    routes: Routes,
    *,
    run: RunInfo,
    digest: str | None = None,
    unassigned: Sequence[Unassigned] | None = None,
    timer: RouteTimer | None = None,
) -> Plan:
    """Return the plan that `routes` stand for.

    Parameters
    ----------
    digest
        `request_digest(request)`, if the caller has it already.
    unassigned
        The orders in no route, with their reasons; None = without reasons.
    timer
        Of `encoded.problem`, if the caller has one already.

    Raises
    ------
    InfeasibleRouteError
        If a route breaks a rule of the problem.
    """
    timer = timer or RouteTimer(encoded.problem)
    solution = timer.evaluate(routes)
    timed = [timer.time_route(shift, orders) for shift, orders in enumerate(routes) if orders]
    writer = _Writer(encoded=encoded, request=request, current=_locked_visits(request.current_plan))
    plan_routes = tuple(writer.route(route) for route in timed if route is not None)
    if unassigned is None:
        unassigned = [Unassigned(order=encoded.order_ids[order]) for order in solution.unassigned]
    return Plan(
        request_digest=digest or request_digest(request),
        cost=plan_cost(solution.terms),
        routes=plan_routes,
        unassigned=tuple(unassigned),
        kpis=kpis_of(plan_routes, unassigned, encoded, request),
        run=run,
    )


def plan_cost(terms: CostTerms) -> PlanCost:
    """Return the terms of a solution in the form plans have them."""
    price_of = {term.name: getattr(terms, term.name) for term in fields(CostTerms)}
    return PlanCost(total=terms.total, terms={name: price_of.get(name, 0) for name in COST_TERMS})


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Writes timed routes as stops; `current` holds the locked visits of the current plan by order."""

    encoded: Encoded
    request: Request
    current: dict[str, VisitStop]

    def route(self, timed: TimedRoute) -> PlanRoute:
        """Start, visits with the breaks and the depot stop before them in time order, end."""
        stops: list[Stop] = [StartStop(departure=self._at(timed.departure_s))]
        for position, visit in enumerate(timed.visits):
            stops += [*self._between(timed, position), self._visit(visit)]
        stops += self._between(timed, len(timed.visits))
        stops.append(
            EndStop(arrival=self._at(timed.end_s), travel_s=timed.end_travel_s, distance_m=timed.end_distance_m)
        )
        technician, shift = self.encoded.shifts[timed.shift].key
        return PlanRoute(technician=technician, shift=shift, stops=tuple(stops))

    def _between(self, timed: TimedRoute, before: int) -> list[Stop]:
        stops: list[tuple[int, Stop]] = []
        if timed.depot is not None and timed.depot.before == before:  # first: a break can begin on arriving there
            stops.append((timed.depot.arrival_s, self._depot(timed.depot)))
        stops += [
            (pause.start_s, BreakStop(start=self._at(pause.start_s), end=self._at(pause.end_s)))
            for pause in timed.breaks
            if pause.before == before
        ]
        return [stop for _, stop in sorted(stops, key=lambda moment_and_stop: moment_and_stop[0])]

    def _depot(self, depot: TimedDepot) -> DepotStop:
        moment = self._at(depot.arrival_s)
        return DepotStop(
            depot=self.request.depots[depot.depot].id,
            arrival=moment,
            departure=moment,
            travel_s=depot.travel_s,
            distance_m=depot.distance_m,
        )

    def _visit(self, visit: TimedVisit) -> VisitStop:
        order, due_s = self.encoded.order_ids[visit.order], int(self.encoded.problem.order_due_s[visit.order])
        current = self.current.get(order)
        return VisitStop(
            order=order,
            arrival=self._at(visit.arrival_s),
            start=self._at(visit.start_s),
            end=self._at(visit.end_s),
            travel_s=visit.travel_s,
            distance_m=visit.distance_m,
            wait_s=visit.start_s - visit.arrival_s,
            due=None if due_s == NEVER_S else self._at(due_s),
            tardiness_s=max(0, visit.end_s - due_s),
            status="planned" if current is None else current.status,
            lock="free" if current is None else current.lock,
        )

    def _at(self, second: int) -> datetime:
        return self.encoded.epoch.instant_of(second, self.request.zone)


def _locked_visits(current_plan: Plan | None) -> dict[str, VisitStop]:
    """Visits of the current plan that are locked, by order: their status and lock go on."""
    routes = current_plan.routes if current_plan else ()
    return {visit.order: visit for route in routes for visit in route.visits if visit.effective_lock != "free"}
