"""The part of a plan around one order, as a request of its own: small enough to be solved again and again.

The routes of a few shifts and all their orders are cut out; everything else stays as it is. So what a solution of the
part saves, the whole plan saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.encode import Encoded, encode
from dispatch.planner.places import Travel
from dispatch.policy.settings import Policy
from solver.cost import RouteTimer
from solver.problem import I32, I64, LAST_STOP
from solver.solution import Routes, Solution, TimedRoute, TimedVisit
from solver.solve import solve
from solver.stop import IterationLimit

ITERATIONS: Final = 2_000
"""Of one solve; with a fixed number the answer is reproducible."""
NEAREST_SHIFTS: Final = 8
"""So many shifts with the shortest detours to the order belong to its vicinity."""
_MUST_SERVE: Final = 2**44
"""Dearer than any other cost of a vicinity."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Solved:
    """A solution of a vicinity.

    Attributes
    ----------
    number
        Of the order that the vicinity lies around.
    """

    encoded: Encoded
    timer: RouteTimer
    solution: Solution
    number: int

    @property
    def cost(self) -> int:
        """Total cost of the part."""
        return self.solution.cost

    @property
    def placed(self) -> tuple[TimedRoute, TimedVisit] | None:
        """The order's route and visit; None = in no route."""
        for shift, route in enumerate(self.solution.routes):
            if self.number in route:
                timed = self.timer.time_route(shift, route)
                if timed is not None:
                    return timed, next(visit for visit in timed.visits if visit.order == self.number)
        return None

    @property
    def is_served_on_time(self) -> bool:
        """Whether the order is in a route and ends by its due time."""
        placed = self.placed
        return placed is not None and placed[1].end_s <= self.encoded.problem.order_due_s[self.number]


@dataclass(frozen=True, kw_only=True, eq=False)
class Vicinity:
    """Some shifts of a plan with their orders, and one order more if it is in no route.

    Attributes
    ----------
    request
        With nothing else in it; its current plan keeps what concerns these orders.
    policy
        The effective one.
    order
        Id of the order that it lies around.
    """

    request: Request
    policy: Policy
    travel: Travel
    routes: Routes
    order: str

    @classmethod
    def of(
        cls,
        encoded: Encoded,
        request: Request,
        policy: Policy,
        routes: Routes,
        *,
        number: int,
        shifts: Iterable[int],
    ) -> Vicinity:
        """Cut `shifts`, and the one that has order `number`, out of a plan."""
        own = {shift for shift, route in enumerate(routes) if number in route}
        picked = sorted({*shifts, *own})
        orders = sorted({number, *(order for shift in picked for order in routes[shift])})
        new_number = {order: new for new, order in enumerate(orders)}
        return cls(
            request=_cut_request(encoded, request, picked, orders),
            policy=policy,
            travel=_cut_travel(encoded, picked, orders),
            routes=tuple(tuple(new_number[order] for order in routes[shift]) for shift in picked),
            order=encoded.order_ids[number],
        )

    def solve(self, request: Request | None = None, *, start: Routes | None = None, must_serve: bool = False) -> Solved:
        """Search from known routes for better ones; the same answer each time.

        Parameters
        ----------
        request
            The vicinity's request with something changed, the same orders and shifts in it; None = as it is.
        start
            Where the search begins; None = at the plan's routes.
        must_serve
            Leaving the order out is out of the question, whatever it costs to serve it.
        """
        encoded = encode(request or self.request, self.policy, travel=self.travel)
        number = encoded.order_ids.index(self.order)
        problem = encoded.problem
        if must_serve:
            price = problem.order_unassigned_cost.copy()
            price[number] = _MUST_SERVE
            problem = replace(problem, order_unassigned_cost=price)
        result = solve(problem, stop=IterationLimit(ITERATIONS), initial=start or self.routes)
        timer = RouteTimer(encoded.problem)
        return Solved(encoded=encoded, timer=timer, solution=timer.evaluate(result.solution.routes), number=number)


def nearest_shifts(encoded: Encoded, routes: Routes, number: int, able: Sequence[int] | I64) -> list[int]:
    """Return those of the shifts `able` whose routes have the shortest detours to an order, the shortest first."""
    problem, location = encoded.problem, int(encoded.problem.order_location[number])
    detour_s: dict[int, int] = {}
    for shift in map(int, able):
        travel_s = problem.travel_s[problem.shift_profile[shift]]
        visited = [int(problem.order_location[order]) for order in routes[shift] if order != number]
        stops = [int(problem.shift_start_location[shift]), *visited]
        onward = [*visited, int(problem.shift_end_location[shift])]
        detour_s[shift] = min(
            int(travel_s[before, location])
            + (0 if after == LAST_STOP else int(travel_s[location, after]) - int(travel_s[before, after]))
            for before, after in zip(stops, onward, strict=True)
        )
    return sorted(detour_s, key=lambda shift: (detour_s[shift], shift))


def _cut_request(encoded: Encoded, request: Request, shifts: Sequence[int], orders: Sequence[int]) -> Request:
    keys = {encoded.shifts[shift].key for shift in shifts}
    names = {encoded.order_ids[order] for order in orders}
    technicians = [
        technician.model_copy(update={"shifts": kept})
        for technician in request.technicians
        if (kept := tuple(shift for shift in technician.shifts if (technician.id, shift.id) in keys))
    ]
    return request.model_copy(
        update={
            "technicians": tuple(technicians),
            "orders": tuple(request.orders[order] for order in orders),
            "current_plan": None if request.current_plan is None else _cut_plan(request.current_plan, names),
        }
    )


def _cut_plan(plan: Plan, names: set[str]) -> Plan:
    """Return a plan without visits of other orders: published places outside of the part are still what they were."""
    routes = []
    for route in plan.routes:
        stops = tuple(stop for stop in route.stops if stop.kind != "visit" or stop.order in names)
        if any(stop.kind == "visit" for stop in stops):
            routes.append(route.model_copy(update={"stops": stops}))
    return plan.model_copy(update={"routes": tuple(routes), "unassigned": ()})


def _cut_travel(encoded: Encoded, shifts: Sequence[int], orders: Sequence[int]) -> Travel:
    problem = encoded.problem
    starts, ends = problem.shift_start_location[list(shifts)], problem.shift_end_location[list(shifts)]
    visited = problem.order_location[list(orders)]
    used = np.unique(np.concatenate((visited, starts, ends[ends != LAST_STOP], problem.depot_location)))

    def renumbered(locations: I32) -> I32:
        return np.where(locations == LAST_STOP, LAST_STOP, np.searchsorted(used, locations)).astype(np.int32)

    return Travel(
        profiles=tuple(sorted({planned.technician.profile for planned in encoded.shifts})),
        travel_s=np.ascontiguousarray(problem.travel_s[:, used][:, :, used]),
        distance_m=np.ascontiguousarray(problem.distance_m[:, used][:, :, used]),
        order_location=renumbered(visited),
        shift_start_location=renumbered(starts),
        shift_end_location=renumbered(ends),
        depot_location=renumbered(problem.depot_location),
    )
