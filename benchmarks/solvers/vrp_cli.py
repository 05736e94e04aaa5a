"""vrp-cli: ruin and recreate with a population (https://github.com/reinterpretcat/vrp), through its Python package."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import vrp_cli

from benchmarks.instances.instance import Instance
from benchmarks.solvers.adapter import Answer, Inexpressible
from benchmarks.solvers.carried import NO_WAY, Carried, Skills, carry, features, shifts_alike, skills_of
from benchmarks.solvers.routes_repair import repair
from solver.cost import RouteTimer
from solver.problem import LAST_STOP, NEVER_S
from solver.solution import Routes

_EXPRESSED: Final = frozenset({"breaks", "stock", "work time", "several windows"})
_MAX_PARTS: Final = 8
"""Dimensions of load that the tool can hold."""
_ORIGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
Document = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class VrpCli:
    """Adapter of vrp-cli; it has no seed.

    Attributes
    ----------
    objective
        "value": the prices of the orders left out come first; "count": their number does. Cost comes second. None =
        "count" where every order must be served, "value" elsewhere.
    promises_as_windows
        An order is served in time or not at all; otherwise the tool does not know when it is due.
    with_overtime
        Shifts last until their latest end; otherwise they end when overtime begins.
    """

    name: str = "vrp"
    objective: str | None = None
    promises_as_windows: bool = True
    with_overtime: bool = True

    def version(self) -> str:
        """Version of the package."""
        return version("vrp-cli")

    def cannot(self, instance: Instance) -> tuple[str, ...]:
        """Name the features that the tool is told in an approximate way or not at all."""
        priced = () if instance.must_serve_all else ("prices of unassigned orders",)
        return tuple(sorted(features(instance.problem) - _EXPRESSED)) + priced

    def solve(self, instance: Instance, *, limit_s: float, seed: int, threads: int) -> Answer:  # noqa: ARG002
        """Search; reading the documents, of which the tool does not tell the time, counts."""
        problem = instance.problem
        if instance.must_serve_all and "restocking" in features(problem):
            raise Inexpressible("an order may need parts from a depot on the way, and every order must be served")
        if problem.order_parts.shape[1] > _MAX_PARTS and "stock" in features(problem):
            raise Inexpressible(f"{problem.order_parts.shape[1]} kinds of parts, the tool holds {_MAX_PARTS}")
        began = time.perf_counter()
        carried = carry(problem)
        by_count = (self.objective or ("count" if instance.must_serve_all else "value")) == "count"
        document = json.dumps(self._document(carried, by_count=by_count))
        matrices = [json.dumps(_matrix(carried, profile)) for profile in range(len(problem.travel_s))]
        config = json.dumps(
            {
                "termination": {"maxTime": max(1, round(limit_s))},
                "environment": {
                    "parallelism": {"numThreadPools": 1, "threadsPerPool": threads},
                    "logging": {"enabled": False},
                },
            }
        )
        started = time.perf_counter()
        solution = json.loads(vrp_cli.solve_pragmatic(document, matrices, config))
        runtime_s = time.perf_counter() - started
        routes = _routes(solution, problem.n_shifts)
        notes = [f"model built in {started - began:.1f} s", "no seed"]
        if not instance.must_serve_all:
            repaired = repair(RouteTimer(problem), routes, drop_unpaid=True)
            routes = repaired.routes
            notes += [repaired.note] if repaired.note else []
        return Answer(routes=routes, runtime_s=runtime_s, note="; ".join(notes))

    def _document(self, carried: Carried, *, by_count: bool) -> Document:
        problem, skills = carried.problem, skills_of(carried)
        first = {"type": "minimize-unassigned" if by_count else "maximize-value"}
        return {
            "plan": {"jobs": [self._job(carried, order, skills, by_count=by_count) for order in carried.plannable]},
            "fleet": {
                "vehicles": [self._vehicle_type(carried, shifts, skills) for shifts in shifts_alike(carried)],
                "profiles": [{"name": str(profile)} for profile in range(len(problem.travel_s))],
            },
            "objectives": [[first], [{"type": "minimize-cost"}]],
        }

    def _job(self, carried: Carried, order: int, skills: Skills, *, by_count: bool) -> Document:
        windows = carried.windows_in_time(order) if self.promises_as_windows else carried.windows[order]
        task: Document = {
            "places": [
                {
                    "location": {"index": int(carried.problem.order_location[order])},
                    "duration": carried.longest_service_s(order),
                    "times": [[_moment(opens_s), _moment(closes_s)] for opens_s, closes_s in windows],
                }
            ]
        }
        job: Document = {"id": str(order), "skills": {"allOf": [str(skills.of_order[order])]}}
        if carried.demand.shape[1]:
            job["deliveries"] = [{**task, "demand": carried.demand[order].tolist()}]
        else:
            job["services"] = [task]
        if not by_count:
            job["value"] = max(1, int(carried.problem.order_unassigned_cost[order]))
        return job

    def _vehicle_type(self, carried: Carried, shifts: Sequence[int], skills: Skills) -> Document:
        problem, shift = carried.problem, shifts[0]
        departure = _moment(carried.departure_s(shift))
        latest_s = carried.latest_s(shift) if self.with_overtime else carried.end_s(shift)
        end = int(problem.shift_end_location[shift])
        hours: Document = {
            "start": {"earliest": departure, "location": {"index": int(problem.shift_start_location[shift])}},
            "end": {
                "latest": _moment(latest_s),
                "location": {"index": problem.travel_s.shape[1] if end == LAST_STOP else end},
            },
        }
        limits: Document = {}
        breaks = carried.breaks_of(shift)
        if breaks:
            hours["start"]["latest"] = departure  # the tool refuses breaks in other shifts (E1307)
            hours["breaks"] = [
                {"time": {"earliest": _moment(earliest), "latest": _moment(latest - duration)}, "duration": duration}
                for earliest, latest, duration in breaks
            ]
        if carried.longest_route_s(shift) < NEVER_S:
            limits["maxDuration"] = carried.longest_route_s(shift)
        if problem.shift_max_visits[shift] < problem.n_orders:
            limits["tourSize"] = int(problem.shift_max_visits[shift]) + len(breaks)
        return {
            "typeId": str(shift),
            "vehicleIds": [*map(str, shifts)],
            "profile": {"matrix": str(int(problem.shift_profile[shift]))},
            "costs": {"fixed": problem.prices.shift_used, "time": problem.prices.work_time, "distance": 1},
            "shifts": [hours],
            "capacity": carried.stock[shift].tolist() or [0],
            "skills": sorted(map(str, skills.of_shift[shift])),
            "limits": limits,
        }


def _matrix(carried: Carried, profile: int) -> Document:
    """Return travel times, and as distances what a leg costs.

    Where some route may end anywhere, a last place is added to which every way is free.
    """
    extra = int((carried.problem.shift_end_location == LAST_STOP).any())
    travel_s, cost = (np.pad(legs[profile], (0, extra)).ravel() for legs in (carried.leg_s, carried.leg_cost))
    matrix = {"profile": str(profile), "travelTimes": travel_s.tolist(), "distances": cost.tolist()}
    if (travel_s >= NO_WAY).any():
        matrix["errorCodes"] = (travel_s >= NO_WAY).astype(int).tolist()
    return matrix


def _moment(moment_s: int) -> str:
    return (_ORIGIN + timedelta(seconds=moment_s)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _routes(solution: Document, n_shifts: int) -> Routes:
    routes: list[tuple[int, ...]] = [() for _ in range(n_shifts)]
    for tour in solution["tours"]:
        activities = [activity for stop in tour["stops"] for activity in stop["activities"]]
        routes[int(tour["vehicleId"])] = tuple(
            int(activity["jobId"]) for activity in activities if activity["type"] in {"service", "delivery"}
        )
    return tuple(routes)
