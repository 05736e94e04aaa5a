"""PyVRP: iterated local search with late acceptance (Wouda, Lan, Kool 2024, https://pyvrp.org)."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final

import pyvrp
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks, IteratedLocalSearchParams
from pyvrp.PenaltyManager import PenaltyParams
from pyvrp.search import OPERATORS, LocalSearch, PerturbationManager, PerturbationParams, compute_neighbours

from benchmarks.instances.instance import Instance
from benchmarks.solvers.adapter import Answer, Inexpressible
from benchmarks.solvers.carried import carry, features
from benchmarks.solvers.pyvrp_model import ModelChoices, PyVrpModel, pyvrp_model
from benchmarks.solvers.routes_repair import repair
from solver.cost import RouteTimer

_EXPRESSED: Final = frozenset(
    {"overtime", "preferences", "stock", "service factors", "work time", "longest route", "several windows"}
)


@dataclass(frozen=True, kw_only=True)
class SearchSettings:
    """What differs from PyVRP's own defaults, which are those of its version 0.14.

    Attributes
    ----------
    updates
        Solutions between two updates of the penalties.
    first_penalty, max_penalty
        Of a unit of load and of a second, when the search begins and at most; None = half of the largest.
    history
        Length of the history of late acceptance.
    perturbations
        Clients disturbed at most in an iteration.
    """

    updates: int = 500
    first_penalty: float | None = None
    max_penalty: float = 100_000.0
    history: int = 300
    perturbations: int = 25


PLAIN: Final = SearchSettings()
"""Where every order must be served: PyVRP's defaults."""
LARGE: Final = SearchSettings(history=20, perturbations=12)
"""The same from `LARGE_FROM` orders on: a long history needs more iterations than there is time for."""
LARGE_FROM: Final = 500
WITH_PRIZES: Final = SearchSettings(updates=50, max_penalty=20.0, history=20, perturbations=12)
"""Where orders have prices (docs/peers.md has the figures)."""
WITH_PROMISES: Final = SearchSettings(updates=50, first_penalty=100.0, history=20, perturbations=12)
"""Where orders have prices and promises."""


@dataclass(frozen=True, kw_only=True)
class PyVrp:
    """Adapter of PyVRP; its search uses one thread."""

    name: str = "pyvrp"
    choices: ModelChoices = field(default_factory=ModelChoices)
    settings: SearchSettings | None = None

    def version(self) -> str:
        """Version of the package."""
        return version("pyvrp")

    def cannot(self, instance: Instance) -> tuple[str, ...]:
        """Name the features that PyVRP is told in an approximate way or not at all."""
        return tuple(sorted(features(instance.problem) - _EXPRESSED))

    def solve(self, instance: Instance, *, limit_s: float, seed: int, threads: int) -> Answer:  # noqa: ARG002
        """Search; the first solution, which PyVRP does not count, counts here."""
        if instance.must_serve_all and "restocking" in features(instance.problem):
            raise Inexpressible("an order may need parts from a depot on the way, and every order must be served")
        began = time.perf_counter()
        carried = carry(instance.problem)
        model = pyvrp_model(carried, must_serve_all=instance.must_serve_all, choices=self.choices)
        started = time.perf_counter()
        watch = _Incumbents(model, started=started)
        settings = self.settings or _settings_for(instance)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            result = _search(model.data, settings, seed=seed, deadline=started + limit_s, callbacks=watch)
        runtime_s = time.perf_counter() - started
        notes = [f"model built in {started - began:.1f} s"]
        routes = model.routes(result.best)
        if not result.best.is_feasible():
            notes.append("PyVRP found no feasible solution")
        if not instance.must_serve_all:
            repaired = repair(RouteTimer(instance.problem), routes, drop_unpaid=False)
            routes = repaired.routes
            notes += [repaired.note] if repaired.note else []
        return Answer(
            routes=routes,
            runtime_s=runtime_s,
            iterations=result.num_iterations,
            trajectory=tuple(watch.trajectory),
            note="; ".join(notes),
        )


def _settings_for(instance: Instance) -> SearchSettings:
    if instance.must_serve_all:
        return PLAIN if instance.problem.n_orders < LARGE_FROM else LARGE
    return WITH_PROMISES if "promises" in features(instance.problem) else WITH_PRIZES


def _search(
    data: pyvrp.ProblemData,
    settings: SearchSettings,
    *,
    seed: int,
    deadline: float,
    callbacks: IteratedLocalSearchCallbacks,
) -> pyvrp.Result:
    """Do what `pyvrp.solve` does, but begin with the penalties that the settings name."""
    generator = pyvrp.RandomNumberGenerator(seed=seed)
    perturbation = PerturbationManager(PerturbationParams(max_perturbations=settings.perturbations))
    search = LocalSearch(data, generator, compute_neighbours(data), perturbation)
    for operator in OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    params = PenaltyParams(solutions_between_updates=settings.updates, max_penalty=settings.max_penalty)
    loads, seconds, metres = params.midpoint_penalties(data)
    if settings.first_penalty is not None:
        loads, seconds = [settings.first_penalty] * len(loads), settings.first_penalty
    penalties = pyvrp.PenaltyManager((loads, seconds, metres), params)
    first = search(pyvrp.Solution.make_random(data, generator), penalties.max_cost_evaluator(), exhaustive=True)
    algorithm = pyvrp.IteratedLocalSearch(
        data, penalties, search, first, IteratedLocalSearchParams(history_length=settings.history, callbacks=callbacks)
    )
    return algorithm.run(lambda _best: time.perf_counter() >= deadline, collect_stats=False, display=False)


class _Incumbents(IteratedLocalSearchCallbacks):
    """Writes down when PyVRP found which cost."""

    def __init__(self, model: PyVrpModel, *, started: float) -> None:
        self.trajectory: list[tuple[float, int]] = []
        self._model = model
        self._started = started

    def on_best(self, best: pyvrp.Solution) -> None:
        """Note a new best solution, if it is feasible."""
        if best.is_feasible():
            self.trajectory.append((time.perf_counter() - self._started, self._model.cost(best)))
