"""The adapters of peers whose packages are installed, and instances for them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import pytest

from benchmarks.instances.instance import Instance
from benchmarks.solvers.adapter import Adapter, Answer
from benchmarks.solvers.registry import adapter_named
from solver.cost import evaluate
from solver.problem import Problem
from solver.solution import Routes, Solution

PACKAGE_OF_PEER: Final = {"pyvrp": "pyvrp", "ortools": "ortools", "vroom": "vroom", "vrp": "vrp_cli"}
PEERS: Final = tuple(PACKAGE_OF_PEER)


def peer(name: str) -> Adapter:
    """Return a peer's adapter, or skip the test where its package is missing."""
    package = PACKAGE_OF_PEER[name]
    if find_spec(package) is None:
        pytest.skip(f"the package {package} is not installed")
    return adapter_named(name)


def instance_of(problem: Problem, *, must_serve_all: bool = False) -> Instance:
    return Instance(
        suite="tiny",
        name="tiny",
        group="tiny",
        problem=problem,
        scale=1,
        best_known=None,
        may_tune=True,
        must_serve_all=must_serve_all,
    )


def answer_of(name: str, problem: Problem, *, must_serve_all: bool = False) -> Answer:
    instance = instance_of(problem, must_serve_all=must_serve_all)
    return peer(name).solve(instance, limit_s=0.1, seed=1, threads=1)


def routes_of(name: str, problem: Problem, *, must_serve_all: bool = False) -> Routes:
    answer = answer_of(name, problem, must_serve_all=must_serve_all)
    assert answer.routes is not None
    return answer.routes


def solved_by(name: str, problem: Problem, *, must_serve_all: bool = False) -> Solution:
    """Return what a peer's routes are worth; evaluating them shows that they are feasible."""
    return evaluate(problem, routes_of(name, problem, must_serve_all=must_serve_all))
