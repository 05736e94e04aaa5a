"""VROOM: heuristics and local search without randomness (https://github.com/VROOM-Project/vroom), through pyvroom."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Final

import numpy as np
import vroom
from vroom.solution.solution import Solution

from benchmarks.instances.instance import Instance
from benchmarks.solvers.adapter import Answer, Inexpressible
from benchmarks.solvers.carried import Carried, Skills, carry, features, skills_of
from benchmarks.solvers.routes_repair import repair
from solver.cost import RouteTimer
from solver.problem import LAST_STOP
from solver.solution import Routes

_EXPRESSED: Final = frozenset({"breaks", "stock", "service factors", "several windows"})
_MOST_IMPORTANT: Final = 100
"""Largest priority that VROOM takes."""


@dataclass(frozen=True, kw_only=True)
class Vroom:
    """Adapter of VROOM. It has no seed: every seed gives the same answer, but for where the time limit cuts it off.

    Attributes
    ----------
    level
        Depth of VROOM's search, as its exploration levels set it.
    searches
        Starts that VROOM tries, each followed by a search; None = as its exploration level sets it.
    promises_as_windows
        An order is served in time or not at all; otherwise VROOM does not know when it is due.
    with_overtime
        Shifts last until their latest end; otherwise they end when overtime begins.
    """

    name: str = "vroom"
    level: int = 5
    searches: int | None = None
    promises_as_windows: bool = True
    with_overtime: bool = True

    def version(self) -> str:
        """Version of the package, which is that of VROOM."""
        return version("pyvroom")

    def cannot(self, instance: Instance) -> tuple[str, ...]:
        """Name the features that VROOM is told in an approximate way or not at all."""
        priced = () if instance.must_serve_all else ("prices of unassigned orders",)
        return tuple(sorted(features(instance.problem) - _EXPRESSED)) + priced

    def solve(self, instance: Instance, *, limit_s: float, seed: int, threads: int) -> Answer:  # noqa: ARG002
        """Search; VROOM looks at the limit rarely and may overrun it."""
        used = features(instance.problem)
        if "longest route" in used:
            raise Inexpressible("VROOM limits a route's travel, not its duration")
        if instance.must_serve_all and used & {"restocking", "work time"}:
            raise Inexpressible("VROOM knows neither depots on the way nor a price of waiting")
        began = time.perf_counter()
        model = self._model(carry(instance.problem))
        timeout = timedelta(seconds=limit_s)
        started = time.perf_counter()
        if self.searches is None:
            solution = model.solve(exploration_level=self.level, nb_threads=threads, timeout=timeout)
        else:
            solution = Solution(model._solve(self.searches, self.level, threads, timeout))  # noqa: SLF001
        runtime_s = time.perf_counter() - started
        routes = _routes(solution, instance.problem.n_shifts)
        notes = [f"model built in {started - began:.1f} s", "no seed"]
        if not instance.must_serve_all:
            repaired = repair(RouteTimer(instance.problem), routes, drop_unpaid=True)
            routes = repaired.routes
            notes += [repaired.note] if repaired.note else []
        return Answer(routes=routes, runtime_s=runtime_s, note="; ".join(notes))

    def _model(self, carried: Carried) -> vroom.Input:
        problem = carried.problem
        model = vroom.Input()
        for profile in range(len(problem.travel_s)):
            model.set_durations_matrix(str(profile), carried.leg_s[profile].astype(np.uint32))
            model.set_costs_matrix(str(profile), carried.leg_cost[profile].astype(np.uint32))
        skills = skills_of(carried)
        model.add_vehicle([self._vehicle(carried, shift, skills) for shift in range(problem.n_shifts)])
        permilles = {int(permille) for permille in problem.shift_service_permille}
        dearest = max(1, int(problem.order_unassigned_cost.max(initial=1)))
        model.add_job(
            [
                vroom.Job(
                    order,
                    location=int(problem.order_location[order]),
                    default_service=int(problem.order_service_s[order]),
                    service_per_type={
                        str(permille): -(-int(problem.order_service_s[order]) * permille // 1000)
                        for permille in permilles - {1000}
                    },
                    delivery=vroom.Amount(carried.demand[order].tolist()),
                    skills={skills.of_order[order]},
                    priority=round(_MOST_IMPORTANT * int(problem.order_unassigned_cost[order]) / dearest),
                    time_windows=[
                        vroom.TimeWindow(opens_s, closes_s)
                        for opens_s, closes_s in (
                            carried.windows_in_time(order) if self.promises_as_windows else carried.windows[order]
                        )
                    ],
                )
                for order in carried.plannable
            ]
        )
        return model

    def _vehicle(self, carried: Carried, shift: int, skills: Skills) -> vroom.Vehicle:
        problem = carried.problem
        end = int(problem.shift_end_location[shift])
        end_s = carried.latest_s(shift) if self.with_overtime else carried.end_s(shift)
        return vroom.Vehicle(
            shift,
            start=int(problem.shift_start_location[shift]),
            end=None if end == LAST_STOP else end,
            profile=str(int(problem.shift_profile[shift])),
            capacity=vroom.Amount(carried.stock[shift].tolist()),
            skills=set(skills.of_shift[shift]),
            time_window=vroom.TimeWindow(carried.departure_s(shift), end_s),
            breaks=[
                vroom.Break(
                    number, time_windows=[vroom.TimeWindow(earliest_s, latest_s - duration_s)], service=duration_s
                )
                for number, (earliest_s, latest_s, duration_s) in enumerate(carried.breaks_of(shift))
            ],
            costs=vroom.VehicleCosts(fixed=problem.prices.shift_used),
            max_tasks=int(problem.shift_max_visits[shift]),
            type=str(int(problem.shift_service_permille[shift])),
        )


def _routes(solution: Solution, n_shifts: int) -> Routes:
    routes: list[list[int]] = [[] for _ in range(n_shifts)]
    steps = solution.routes
    for shift, order in steps.loc[steps["type"] == "job", ["vehicle_id", "id"]].itertuples(index=False):
        routes[int(shift)].append(int(order))
    return tuple(tuple(route) for route in routes)
