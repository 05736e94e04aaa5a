"""A problem as a routing model of OR-Tools.

Nodes are the places where shifts start and end, and one for each order. Service is part of the way out of an order's
node. Legs are told as matrices: a callback into Python costs a hundred times as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from ortools.constraint_solver import pywrapcp

from benchmarks.solvers.carried import Carried
from benchmarks.solvers.working_clock import WorkingClock, clock_without_breaks
from solver.problem import ELIGIBLE_NOT_PREFERRED, I64, LAST_STOP, NEVER_S
from solver.solution import Routes

_MATRIX_CELLS: Final = 30_000_000
"""Cells of all matrices together; where more were needed, service factors are rounded up and preferences left out."""
_TIME: Final = "time"


@dataclass(frozen=True, kw_only=True)
class ModelChoices:
    """What can be told in more than one way; the defaults are those that served OR-Tools best (docs/peers.md).

    Attributes
    ----------
    promises
        "windows": an order is served in time or not at all. "slopes": lateness has a price a second, so steep that an
        hour costs the broken promise. "ignored": OR-Tools does not know when an order is due.
    native_breaks
        Breaks as intervals; otherwise the common break is cut out of the clock.
    """

    promises: str = "windows"
    native_breaks: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class RoutingModel:
    """OR-Tools' model and what its numbers stand for.

    Attributes
    ----------
    orders
        By number of the node, after the `n_places` nodes of starts and ends.
    unseen_cost
        Price of the orders that OR-Tools never sees.
    """

    manager: Any
    routing: Any
    orders: tuple[int, ...]
    n_places: int
    unseen_cost: int

    def routes(self, assignment: Any) -> Routes:
        """Give an assignment's routes by shift."""
        routes = []
        for shift in range(self.manager.GetNumberOfVehicles()):
            route = []
            index = assignment.Value(self.routing.NextVar(self.routing.Start(shift)))
            while not self.routing.IsEnd(index):
                route.append(self.orders[self.manager.IndexToNode(index) - self.n_places])
                index = assignment.Value(self.routing.NextVar(index))
            routes.append(tuple(route))
        return tuple(routes)


def routing_model(carried: Carried, choices: ModelChoices) -> RoutingModel:
    """Tell OR-Tools a problem; every order may be left out at its price."""
    builder = _Builder(carried, choices)
    builder.add_leg_costs()
    builder.add_times()
    builder.add_loads()
    builder.add_orders()
    builder.add_shifts()
    prices = carried.problem.order_unassigned_cost
    return RoutingModel(
        manager=builder.manager,
        routing=builder.routing,
        orders=tuple(builder.orders),
        n_places=len(builder.places),
        unseen_cost=int(prices.sum()) - sum(int(prices[order]) for order in builder.orders),
    )


class _Builder:
    """The model while it grows."""

    def __init__(self, carried: Carried, choices: ModelChoices) -> None:
        problem = carried.problem
        self.carried, self.choices = carried, choices
        self.shifts = range(problem.n_shifts)
        self.orders = list(carried.plannable)
        ends = {*map(int, problem.shift_start_location), *map(int, problem.shift_end_location)}
        self.places = {location: number for number, location in enumerate(sorted(ends))}
        self.clock = (
            WorkingClock(cut_breaks=(), lost_s=(0,) * problem.n_shifts)
            if choices.native_breaks
            else clock_without_breaks(carried)
        )
        self.horizon_s = max((carried.latest_s(shift) for shift in self.shifts), default=0)
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.places) + len(self.orders),
            problem.n_shifts,
            [self.places[int(location)] for location in problem.shift_start_location],
            [self.places[int(location)] for location in problem.shift_end_location],
        )
        self.routing = pywrapcp.RoutingModel(self.manager)

    def add_leg_costs(self) -> None:
        problem = self.carried.problem
        has_preferences = problem.prices.preference > 0
        rows = {
            shift: (int(problem.shift_profile[shift]), self._is_dispreferred(shift).tobytes()) for shift in self.shifts
        }
        if not has_preferences or not self._fits(len(set(rows.values()))):
            rows = {shift: (profile, b"") for shift, (profile, _) in rows.items()}
        evaluators: dict[tuple[int, bytes], int] = {}
        for shift, row in rows.items():
            if row not in evaluators:
                costs = self._legs(self.carried.leg_cost[row[0]])
                if row[1]:
                    costs[:, len(self.places) :] += problem.prices.preference * self._is_dispreferred(shift)
                evaluators[row] = self.routing.RegisterTransitMatrix(costs.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[row], shift)
            self.routing.SetFixedCostOfVehicle(problem.prices.shift_used, shift)

    def add_times(self) -> None:
        problem = self.carried.problem
        permilles = [int(permille) for permille in problem.shift_service_permille]
        steps = (step for step in (1, 50) if self._fits(len({-(-permille // step) for permille in permilles})))
        step = next(steps, max(permilles))
        classes = [
            (int(profile), -(-permille // step) * step)
            for profile, permille in zip(problem.shift_profile, permilles, strict=True)
        ]
        evaluator_of_class: dict[tuple[int, int], int] = {}
        for profile, permille in classes:
            if (profile, permille) not in evaluator_of_class:
                seconds = self._legs(self.carried.leg_s[profile])
                seconds[len(self.places) :, :] += self._service_s(permille)[:, None]
                evaluator = self.routing.RegisterTransitMatrix(seconds.tolist())
                evaluator_of_class[profile, permille] = evaluator
        self.routing.AddDimensionWithVehicleTransits(
            [evaluator_of_class[one] for one in classes],
            self.horizon_s,
            self.horizon_s,
            False,  # noqa: FBT003 - the library takes no names
            _TIME,
        )

    def add_loads(self) -> None:
        problem, carried = self.carried.problem, self.carried
        for part in range(carried.demand.shape[1]):
            self._add_load(f"part {part}", carried.demand[self.orders, part], carried.stock[:, part])
        if (problem.shift_max_visits < problem.n_orders).any():
            self._add_load("visits", np.ones(len(self.orders), np.int64), problem.shift_max_visits.astype(np.int64))

    def add_orders(self) -> None:
        problem = self.carried.problem
        time = self.routing.GetDimensionOrDie(_TIME)
        for number, order in enumerate(self.orders):
            index = self.manager.NodeToIndex(len(self.places) + number)
            allowed = np.flatnonzero(self.carried.is_allowed[order])
            if len(allowed) < problem.n_shifts:
                self.routing.VehicleVar(index).SetValues([-1, *map(int, allowed)])
            self.routing.AddDisjunction([index], int(problem.order_unassigned_cost[order]))
            self._set_windows(time.CumulVar(index), order)
            last_s = self.clock.working_s(self.carried.last_start_on_time_s(order))
            if self.choices.promises == "slopes" and last_s < self.horizon_s:
                price = problem.prices.tardiness + int(problem.order_missed_cost[order]) // 3600
                time.SetCumulVarSoftUpperBound(index, max(0, last_s), price)

    def add_shifts(self) -> None:
        problem, carried = self.carried.problem, self.carried
        time = self.routing.GetDimensionOrDie(_TIME)
        service_s = [0] * self.routing.Size()
        for number, order in enumerate(self.orders):
            service_s[self.manager.NodeToIndex(len(self.places) + number)] = int(problem.order_service_s[order])
        solver = self.routing.solver()
        for shift in self.shifts:
            departure_s = self.clock.working_s(carried.departure_s(shift))
            end_s = max(departure_s, self.clock.shift_end_s(shift, carried.end_s(shift)))
            latest_s = max(end_s, self.clock.shift_end_s(shift, carried.latest_s(shift)))
            time.CumulVar(self.routing.Start(shift)).SetRange(departure_s, latest_s)
            time.CumulVar(self.routing.End(shift)).SetRange(departure_s, latest_s)
            if latest_s > end_s and problem.prices.overtime:
                time.SetCumulVarSoftUpperBound(self.routing.End(shift), end_s, problem.prices.overtime)
            if problem.prices.work_time:
                time.SetSpanCostCoefficientForVehicle(problem.prices.work_time, shift)
            if carried.longest_route_s(shift) < NEVER_S:
                time.SetSpanUpperBoundForVehicle(carried.longest_route_s(shift), shift)
            if self.choices.native_breaks and carried.breaks_of(shift):
                breaks = [
                    solver.FixedDurationIntervalVar(
                        earliest,
                        latest - duration,
                        duration,
                        False,  # noqa: FBT003 - the library takes no names
                        f"break {shift}",
                    )
                    for earliest, latest, duration in carried.breaks_of(shift)
                ]
                time.SetBreakIntervalsOfVehicle(breaks, shift, self._service_at_nodes(service_s, shift))

    def _service_at_nodes(self, service_s: Sequence[int], shift: int) -> list[int]:
        permille = int(self.carried.problem.shift_service_permille[shift])
        return [-(-seconds * permille // 1000) for seconds in service_s]

    def _set_windows(self, start: Any, order: int) -> None:
        carried = self.carried
        windows = carried.windows_in_time(order) if self.choices.promises == "windows" else carried.windows[order]
        windows = self.clock.working_windows(windows, carried.longest_service_s(order)) or windows
        start.SetRange(windows[0][0], windows[-1][1])
        for (_, closes_s), (opens_s, _) in pairwise(windows):
            start.RemoveInterval(closes_s + 1, opens_s - 1)

    def _add_load(self, name: str, demand: I64, stock: I64) -> None:
        loads = [0] * len(self.places) + demand.tolist()
        evaluator = self.routing.RegisterUnaryTransitVector(loads)
        self.routing.AddDimensionWithVehicleCapacity(evaluator, 0, stock.tolist(), True, name)  # noqa: FBT003

    def _is_dispreferred(self, shift: int) -> I64:
        is_dispreferred = self.carried.problem.eligibility[self.orders, shift] == ELIGIBLE_NOT_PREFERRED
        return np.asarray(is_dispreferred, np.int64)

    def _service_s(self, permille: int) -> I64:
        service_s = self.carried.problem.order_service_s[self.orders].astype(np.int64)
        return np.asarray(-(-service_s * permille // 1000), np.int64)

    def _fits(self, n_matrices: int) -> bool:
        return n_matrices * (len(self.places) + len(self.orders)) ** 2 <= _MATRIX_CELLS

    def _legs(self, legs: I64) -> I64:
        """Return the legs between nodes; to the end wherever the last visit is there is no way to go."""
        locations = np.array([*self.places, *self.carried.problem.order_location[self.orders]], np.int64)
        between: I64 = legs[np.ix_(locations, locations)]
        if LAST_STOP in self.places:
            between[:, self.places[LAST_STOP]] = 0
        np.fill_diagonal(between, 0)
        return between
