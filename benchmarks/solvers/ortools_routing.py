"""OR-Tools' routing library: insertion, local search, guided local search (https://developers.google.com/optimization)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.instances.instance import Instance
from benchmarks.solvers.adapter import Answer, Inexpressible
from benchmarks.solvers.carried import carry, features
from benchmarks.solvers.ortools_model import ModelChoices, RoutingModel, routing_model
from benchmarks.solvers.routes_repair import repair
from solver.cost import RouteTimer

_EXPRESSED: Final = frozenset(
    {"breaks", "overtime", "preferences", "stock", "service factors", "work time", "longest route", "several windows"}
)


@dataclass(frozen=True, kw_only=True)
class OrTools:
    """Adapter of OR-Tools; its search has no seed and uses one thread.

    Attributes
    ----------
    first_solution, metaheuristic
        Names of `FirstSolutionStrategy` and `LocalSearchMetaheuristic`; the first None = savings where every order must
        be served, parallel cheapest insertion elsewhere.
    """

    name: str = "ortools"
    choices: ModelChoices = field(default_factory=ModelChoices)
    first_solution: str | None = None
    metaheuristic: str = "GUIDED_LOCAL_SEARCH"

    def version(self) -> str:
        """Version of the package."""
        return version("ortools")

    def cannot(self, instance: Instance) -> tuple[str, ...]:
        """Name the features that OR-Tools is told in an approximate way or not at all."""
        return tuple(sorted(features(instance.problem) - _EXPRESSED))

    def solve(self, instance: Instance, *, limit_s: float, seed: int, threads: int) -> Answer:  # noqa: ARG002
        """Search; the first solution alone may take longer than the limit on large instances."""
        if instance.must_serve_all and "restocking" in features(instance.problem):
            raise Inexpressible("an order may need parts from a depot on the way, and every order must be served")
        began = time.perf_counter()
        model = routing_model(carry(instance.problem), self.choices)
        trajectory: list[tuple[float, int]] = []
        parameters = self._parameters(limit_s, must_serve_all=instance.must_serve_all)
        model.routing.CloseModelWithParameters(parameters)
        started = time.perf_counter()
        model.routing.AddAtSolutionCallback(lambda: _note(model, trajectory, started))
        assignment = model.routing.SolveWithParameters(parameters)
        runtime_s = time.perf_counter() - started
        notes = [f"model built in {started - began:.1f} s", "no seed"]
        if assignment is None:
            return Answer(routes=None, runtime_s=runtime_s, note="; ".join([*notes, "no solution found"]))
        routes = model.routes(assignment)
        if not instance.must_serve_all:
            repaired = repair(RouteTimer(instance.problem), routes, drop_unpaid=False)
            routes = repaired.routes
            notes += [repaired.note] if repaired.note else []
        return Answer(routes=routes, runtime_s=runtime_s, trajectory=tuple(trajectory), note="; ".join(notes))

    def _parameters(self, limit_s: float, *, must_serve_all: bool) -> Any:
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        first = self.first_solution or ("SAVINGS" if must_serve_all else "PARALLEL_CHEAPEST_INSERTION")
        parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.Value.Value(first)
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.Value.Value(
            self.metaheuristic
        )
        parameters.time_limit.FromNanoseconds(round(limit_s * 1e9))
        return parameters


def _note(model: RoutingModel, trajectory: list[tuple[float, int]], started: float) -> None:
    cost = model.routing.CostVar().Max() + model.unseen_cost
    if not trajectory or cost < trajectory[-1][1]:
        trajectory.append((time.perf_counter() - started, cost))
