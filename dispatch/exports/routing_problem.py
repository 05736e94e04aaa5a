"""A plan's request as the routing problem that other tools know: places, tasks, vehicles, travel, and what is lost.

Vehicles are the shifts that can have a route. Tasks are the orders, and one more for each stop at a depot in the plan,
so that its way is in the solution. Whatever excludes a technician from an order (levels of skill, territory, required
or excluded technicians, tools) becomes named tags: a vehicle may do a task if it has all of the task's tags. What
cannot be told at all stands in `losses`, each with how often it occurs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.plan import DepotStop, PlanRoute
from dispatch.domain.plan_fit import MENDING
from dispatch.domain.request import Break, Location, Order, Technician, Window
from dispatch.errors import BadInputError, Problem
from dispatch.exports.exported_plan import ExportedPlan, points_of
from dispatch.exports.losses import losses_of
from dispatch.exports.tags import tag_of_technician, tags_of_order, tags_of_technician
from dispatch.planner.encode import shifts_of
from dispatch.planner.places import Travel, travel_by
from dispatch.planner.roster import PlannedShift
from dispatch.policy.prices import unassigned_price
from dispatch.policy.promise import due_times
from dispatch.policy.windows import start_windows
from dispatch.travel_sources import travel_used
from geo.point import Point

NO_WAY: Final = 100_000_000
"""Seconds and metres where there is no way: three years, longer than any shift may be."""

I32 = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to do at a place: an order, or the stop at a depot of one route.

    Attributes
    ----------
    name
        Id of the order; for a depot stop a text of its own.
    node
        Place.
    duration_s
        For a technician of service factor 1; 0 for a depot stop.
    windows
        Start of the work; () = any time.
    tags
        A vehicle needs all of them.
    parts
        Used up, by `RoutingProblem.part_names`.
    price
        Of leaving it undone, in cost units; of a depot stop as much as of the dearest order.
    order
        None = a stop at a depot.
    """

    name: str
    node: int
    duration_s: int
    windows: tuple[Window, ...]
    tags: frozenset[str]
    parts: tuple[int, ...]
    price: int
    order: Order | None


@dataclass(frozen=True, kw_only=True)
class Vehicle:
    """A shift of a technician.

    Attributes
    ----------
    name
        Technician and shift, unique.
    start, latest_end
        Earliest departure, end of allowed overtime.
    end_node
        None = where the last task is.
    parts
        On board at the start, by `RoutingProblem.part_names`.
    max_tasks
        None = any number.
    route
        What the plan does with it; None = it stays at home.
    """

    name: str
    technician: Technician
    start: datetime
    latest_end: datetime
    start_node: int
    end_node: int | None
    breaks: tuple[Break, ...]
    tags: frozenset[str]
    parts: tuple[int, ...]
    max_tasks: int | None
    route: PlanRoute | None


@dataclass(frozen=True, kw_only=True, eq=False)
class RoutingProblem:
    """The problem, and the plan as its solution.

    Attributes
    ----------
    points
        Of each node in WGS-84; None = known as a row of a matrix only. Orders are the first nodes.
    travel_s, distance_m
        By profile: (n, n) from row to column, `NO_WAY` where there is none; access time included.
    task_of_order, task_of_depot_stop
        Positions in `tasks`, by order id and by technician, shift and position among the route's stops.
    losses
        What the request holds and neither format can tell, one line each.
    """

    points: tuple[Point | None, ...]
    tasks: tuple[Task, ...]
    vehicles: tuple[Vehicle, ...]
    part_names: tuple[str, ...]
    travel_s: dict[str, I32]
    distance_m: dict[str, I32]
    task_of_order: dict[str, int]
    task_of_depot_stop: dict[tuple[str, str, int], int]
    losses: tuple[str, ...]


def routing_problem(exported: ExportedPlan) -> RoutingProblem:
    """Return the problem of a plan's request and what the plan does about it: O(profiles x places^2).

    Raises
    ------
    BadInputError
        If the plan has a route on a shift that can have none.
    TravelError
        If the source of travel cannot tell.
    """
    shifts = shifts_of(exported.request)
    _require_routes_on(shifts, exported)
    used = travel_used(exported.request, exported.plan)
    travel = travel_by(used, exported.request, exported.policy, shifts, sources=exported.sources)
    order_tasks = tuple(_order_tasks(exported))
    depot_tasks = dict(_depot_tasks(exported, travel, price=max((task.price for task in order_tasks), default=0)))
    tasks = (*order_tasks, *depot_tasks.values())
    asked = frozenset(tag for task in tasks for tag in task.tags)
    n_orders = len(exported.request.orders)
    return RoutingProblem(
        points=_points(exported, shifts, travel),
        tasks=tasks,
        vehicles=tuple(_vehicles(exported, shifts, travel, asked)),
        part_names=_part_names(exported),
        travel_s={name: np.minimum(travel.travel_s[k], NO_WAY) for k, name in enumerate(travel.profiles)},
        distance_m={name: travel.distance_m[k] for k, name in enumerate(travel.profiles)},
        task_of_order={order.id: number for number, order in enumerate(exported.request.orders)},
        task_of_depot_stop={key: n_orders + number for number, key in enumerate(depot_tasks)},
        losses=losses_of(exported),
    )


def _require_routes_on(shifts: Sequence[PlannedShift], exported: ExportedPlan) -> None:
    keys = {shift.key for shift in shifts}
    for number, route in enumerate(exported.plan.routes):
        if (route.technician, route.shift) not in keys:
            message = f"technician {route.technician!r} can have no route on shift {route.shift!r}"
            raise BadInputError([Problem(path=f"routes[{number}].shift", message=message, remedy=MENDING)])


def _part_names(exported: ExportedPlan) -> tuple[str, ...]:
    """Return the parts that can run short; none where a depot has them all."""
    if exported.request.depots:
        return ()
    return tuple(sorted({name for order in exported.request.orders for name, n in order.parts.items() if n}))


def _order_tasks(exported: ExportedPlan) -> Iterator[Task]:
    request, policy, names = exported.request, exported.policy, _part_names(exported)
    for node, order in enumerate(request.orders):
        windows = start_windows(order, request, policy)
        yield Task(
            name=order.id,
            node=node,
            duration_s=order.duration // timedelta(seconds=1),
            windows=windows,
            tags=tags_of_order(order, request, is_plannable=bool(windows)),
            parts=tuple(order.parts.get(name, 0) for name in names),
            price=unassigned_price(order, request, policy, due_times(order, request, policy).due),
            order=order,
        )


def _depot_tasks(exported: ExportedPlan, travel: Travel, *, price: int) -> Iterator[tuple[tuple[str, str, int], Task]]:
    node_of_depot = dict(zip(exported.request.depots_by_id, travel.depot_location.tolist(), strict=True))
    for route in exported.plan.routes:
        for place, stop in enumerate(route.stops):
            if isinstance(stop, DepotStop):
                task = Task(
                    name=f"depot {stop.depot} for {route.technician} {route.shift}",
                    node=node_of_depot[stop.depot],
                    duration_s=0,
                    windows=(),
                    tags=frozenset({tag_of_technician(exported.technician_of(route))}),
                    parts=(0,) * len(_part_names(exported)),
                    price=price,
                    order=None,
                )
                yield (route.technician, route.shift, place), task


def _vehicles(
    exported: ExportedPlan, shifts: Sequence[PlannedShift], travel: Travel, asked: frozenset[str]
) -> Iterator[Vehicle]:
    names, taken = _part_names(exported), set[str]()
    route_of_key = {(route.technician, route.shift): route for route in exported.plan.routes}
    for number, planned in enumerate(shifts):
        technician, shift = planned.technician, planned.shift
        route = route_of_key.get(planned.key)
        depot_stops = sum(isinstance(stop, DepotStop) for stop in route.stops) if route else 0
        name = f"{technician.id} {shift.id}"
        name = f"{name} #{number}" if name in taken else name
        taken.add(name)
        yield Vehicle(
            name=name,
            technician=technician,
            start=planned.departure,
            latest_end=shift.latest_end,
            start_node=int(travel.shift_start_location[number]),
            end_node=None if planned.end is None else int(travel.shift_end_location[number]),
            breaks=tuple(sorted(shift.breaks, key=lambda pause: pause.earliest)),
            tags=tags_of_technician(technician, exported.request) & asked,
            parts=tuple(technician.stock.get(name, 0) for name in names),
            max_tasks=None if shift.max_visits is None else shift.max_visits + depot_stops,
            route=route,
        )


def _points(exported: ExportedPlan, shifts: Sequence[PlannedShift], travel: Travel) -> tuple[Point | None, ...]:
    """Return the points of all nodes: orders, then where shifts start and end, then depots."""
    locations: list[Location | None] = [None] * travel.travel_s.shape[1]
    for node, order in zip(travel.order_location.tolist(), exported.request.orders, strict=True):
        locations[node] = exported.location_of_order[order.id]
    for start, end, planned in zip(
        travel.shift_start_location.tolist(), travel.shift_end_location.tolist(), shifts, strict=True
    ):
        locations[start] = planned.start
        if planned.end is not None:
            locations[end] = planned.end
    for node, depot in zip(travel.depot_location.tolist(), exported.request.depots, strict=True):
        locations[node] = depot.location
    return tuple(points_of([location for location in locations if location is not None]))
