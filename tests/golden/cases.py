"""Reads `timing.json`: hand-checked cases of every rule and cost term, for every implementation of docs/model.md.

For the core or its twin::

    for case in golden_cases():
        encoded = encode(case.request, effective_policy(case.request))
        for route in case.routes:
            shift = encoded.shift_keys.index((route.technician, route.shift))
            orders = [encoded.order_ids.index(order) for order in route.orders]
            timed = time_route(encoded.problem, shift, orders)   # None where `case.breaks` says so
            expected = route.timed(encoded.epoch.second_of, orders=orders, shift=shift, depots=case.depot_ids)
        # terms of the routes + unassigned costs of `case.unassigned` = case.terms

For the checker: `check(case.request, case.plan())` is clean, or finds exactly `case.breaks`.

Every case has one cheapest choice of break and depot gaps, so an implementation has no freedom.

Notation of the file: `base` is a request whose lists are objects keyed by id; a case patches it (`request`, and for
short `technician` = ann, `shift` = ann's shift "day", `prices`) in the manner of RFC 7396 (objects merge, all else
replaces). `orders` are patches of `base.order`; each is at the place of its name. "08:10" is that time (UTC) on
2026-03-10, "+1 08:10" a day later. `route` is the route of ann's day; `routes` lists several. A visit's `wait_s`,
`due` and `tardiness_s` are 0 or none if absent, as are terms. `published` are the visits of the plan in force.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from dispatch.domain.files import parse_request, request_digest
from dispatch.domain.plan import (
    COST_TERMS,
    BreakStop,
    DepotStop,
    EndStop,
    Plan,
    PlanCost,
    PlanRoute,
    Reason,
    RunInfo,
    StartStop,
    Unassigned,
    VisitStop,
)
from dispatch.domain.request import Request
from solver.solution import CostTerms, TimedBreak, TimedDepot, TimedRoute, TimedVisit

_FILE = Path(__file__).with_name("timing.json")
_TIME = re.compile(r"(?:([+-]\d) )?(\d\d:\d\d)(:\d\d)?")
_DAY = 10


@dataclass(frozen=True, kw_only=True)
class BrokenRule:
    """The one rule that an infeasible case breaks; `order` is None if no single order is concerned."""

    rule: str
    order: str | None


@dataclass(frozen=True, kw_only=True)
class GoldenRoute:
    """A route with its expected times; in an infeasible case, the times somebody might have written down."""

    plan_route: PlanRoute

    @property
    def technician(self) -> str:
        return self.plan_route.technician

    @property
    def shift(self) -> str:
        return self.plan_route.shift

    @property
    def orders(self) -> tuple[str, ...]:
        return tuple(visit.order for visit in self.plan_route.visits)

    def timed(
        self,
        second_of: Callable[[datetime], int],
        *,
        orders: Sequence[int],
        shift: int,
        depots: Sequence[str],
    ) -> TimedRoute:
        """Return the expected route in the solver's terms, with all cost terms left at 0.

        Parameters
        ----------
        second_of
            From a moment to the solver's second.
        orders, shift
            The solver's numbers of `self.orders` and of the shift.
        depots
            Ids of the depots in the solver's sequence.
        """
        start, end = self.plan_route.stops[0], self.plan_route.stops[-1]
        assert isinstance(start, StartStop)
        assert isinstance(end, EndStop)
        visits: list[TimedVisit] = []
        breaks: list[TimedBreak] = []
        depot: TimedDepot | None = None
        for stop in self.plan_route.stops:
            match stop:
                case VisitStop():
                    visits.append(
                        TimedVisit(
                            order=orders[len(visits)],
                            arrival_s=second_of(stop.arrival),
                            start_s=second_of(stop.start),
                            end_s=second_of(stop.end),
                            travel_s=stop.travel_s,
                            distance_m=stop.distance_m,
                        )
                    )
                case BreakStop():
                    times = {"start_s": second_of(stop.start), "end_s": second_of(stop.end)}
                    breaks.append(TimedBreak(before=len(visits), **times))
                case DepotStop():
                    depot = TimedDepot(
                        before=len(visits),
                        depot=depots.index(stop.depot),
                        arrival_s=second_of(stop.arrival),
                        travel_s=stop.travel_s,
                        distance_m=stop.distance_m,
                    )
        return TimedRoute(
            shift=shift,
            departure_s=second_of(start.departure),
            visits=tuple(visits),
            breaks=tuple(breaks),
            depot=depot,
            end_s=second_of(end.arrival),
            end_travel_s=end.travel_s,
            end_distance_m=end.distance_m,
            terms=CostTerms(),
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """One hand-checked case.

    Attributes
    ----------
    name
        A sentence.
    why
        The calculation by hand.
    routes
        Expected routes; shifts that are not used are left out.
    unassigned
        Ids of the orders in no route, in the request's order.
    terms
        Every term of the cost table.
    breaks
        The rule that makes the routes infeasible; None = they are feasible.
    """

    name: str
    why: str
    request: Request
    routes: tuple[GoldenRoute, ...]
    unassigned: tuple[str, ...]
    terms: Mapping[str, int]
    breaks: BrokenRule | None

    @property
    def total(self) -> int:
        return sum(self.terms.values())

    @property
    def depot_ids(self) -> tuple[str, ...]:
        return tuple(depot.id for depot in self.request.depots)

    def plan(self) -> Plan:
        """Return the whole plan document of the case."""
        reason = Reason(code="capacity", detail="left out by the case", technicians=1)
        return Plan(
            request_digest=request_digest(self.request),
            cost=PlanCost(total=self.total, terms=dict(self.terms)),
            routes=tuple(route.plan_route for route in self.routes),
            unassigned=tuple(Unassigned(order=order, reasons=(reason,)) for order in self.unassigned),
            run=RunInfo(seed=1, iterations=0, stopped_by="iterations", version="0", runtime_s=0.0),
        )


@cache
def golden_cases() -> tuple[Case, ...]:
    """Return all cases of `timing.json`."""
    content = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_case(entry, content) for entry in content["cases"])


def case_named(name: str) -> Case:
    """Return the case of this name."""
    return next(case for case in golden_cases() if case.name == name)


def _case(entry: Mapping[str, Any], content: Mapping[str, Any]) -> Case:
    request = parse_request(json.dumps(_request(entry, content)), entry["name"])
    routes = entry["routes"] if "routes" in entry else [entry["route"]]
    golden = tuple(GoldenRoute(plan_route=_plan_route(_with_dates(route))) for route in routes)
    visited = {order for route in golden for order in route.orders}
    broken = entry.get("breaks_rule")
    return Case(
        name=entry["name"],
        why=" ".join(entry["why"]),
        request=request,
        routes=golden,
        unassigned=tuple(order.id for order in request.orders if order.id not in visited),
        terms={name: entry["terms"].get(name, 0) for name in (*COST_TERMS, *entry["terms"])},
        breaks=None if broken is None else BrokenRule(rule=broken["rule"], order=broken["order"]),
    )


def _request(entry: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    technician = _merged(entry.get("technician", {}), {"shifts": {"day": entry.get("shift", {})}})
    request = _merged(content["base"]["request"], entry.get("request", {}))
    request = _merged(request, {"technicians": {"ann": technician}, "policy": {"prices": entry.get("prices", {})}})
    places = content["places"]
    orders = {
        order: _merged({**content["base"]["order"], "location": {"index": places.index(order)}}, patch)
        for order, patch in entry["orders"].items()
    }
    lists = {name: _listed(request[name]) for name in ("depots", "communities", "technicians")}
    for listed in lists["technicians"]:
        listed["shifts"] = _listed(listed["shifts"])
    dated: dict[str, Any] = _with_dates({**request, **lists, "orders": _listed(orders)})
    plan = {"current_plan": _plan_in_force(entry["published"])} if "published" in entry else {}
    return {**dated, **plan, "travel": _travel(entry, content)}


def _plan_in_force(visits: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return a plan of which only who visits when is right."""
    leg = {"travel_s": 0, "distance_m": 0}
    routes: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for visit in visits:
        stop = {"order": visit["visit"], "arrival": visit["start"], "start": visit["start"], "end": visit["end"]}
        key = (visit["technician"], visit["shift"])
        routes.setdefault(key, []).append({"kind": "visit", **stop, **leg})
    dated = _with_dates(
        [
            {
                "technician": technician,
                "shift": shift,
                "stops": [
                    {"kind": "start", "departure": stops[0]["start"]},
                    *stops,
                    {"kind": "end", "arrival": stops[-1]["end"], **leg},
                ],
            }
            for (technician, shift), stops in routes.items()
        ]
    )
    run = {"seed": 1, "iterations": 0, "stopped_by": "iterations", "version": "0", "runtime_s": 0.0}
    return {"request_digest": "sha256:0", "cost": {"total": 0, "terms": {}}, "routes": dated, "run": run}


def _travel(entry: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the matrices: on foot everything takes twice as long as by car, over the same distance."""
    places, metres = content["places"], content["metres_per_car_second"]
    cut_off = {(places.index(start), places.index(end)) for start, end in entry.get("unreachable", [])}

    def rows(factor: int) -> list[list[int | None]]:
        return [
            [None if (i, j) in cut_off else factor * seconds for j, seconds in enumerate(row)]
            for i, row in enumerate(content["durations_s"])
        ]

    distances_m = rows(metres)
    profiles = {
        "car": {"durations_s": rows(1), "distances_m": distances_m},
        "walk": {"durations_s": rows(2), "distances_m": distances_m},
    }
    return {"provider": "matrix", "profiles": profiles}


def _plan_route(route: Mapping[str, Any]) -> PlanRoute:
    stops = [StartStop(departure=route["departure"]), *map(_stop, route["stops"]), EndStop(**route["end"])]
    return PlanRoute(technician=route.get("technician", "ann"), shift=route.get("shift", "day"), stops=tuple(stops))


def _stop(entry: Mapping[str, Any]) -> VisitStop | BreakStop | DepotStop:
    if "break" in entry:
        start, end = entry["break"]
        return BreakStop(start=start, end=end)
    rest = {key: value for key, value in entry.items() if key not in ("visit", "depot")}
    if "depot" in entry:
        return DepotStop(depot=entry["depot"], departure=entry["arrival"], **rest)
    return VisitStop(order=entry["visit"], **rest)


def _listed(objects: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": name, **fields} for name, fields in objects.items()]


def _merged(base: Any, patch: Any) -> Any:
    if not isinstance(base, Mapping) or not isinstance(patch, Mapping):
        return patch
    return {**base, **{name: _merged(base.get(name), value) for name, value in patch.items()}}


def _with_dates(value: Any) -> Any:
    """Write out every short time in a JSON value."""
    if isinstance(value, Mapping):
        return {name: _with_dates(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_with_dates(entry) for entry in value]
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    days_later, minute, second = found.groups()
    return f"2026-03-{_DAY + int(days_later or 0):02}T{minute}{second or ':00'}Z"
