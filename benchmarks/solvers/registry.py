"""Which solvers there are, by the name that the command line knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from benchmarks.solvers.adapter import Adapter

_CLASS_OF_NAME: Final[Mapping[str, tuple[str, str]]] = {
    "ours": ("benchmarks.solvers.ours", "Ours"),
    "pyvrp": ("benchmarks.solvers.pyvrp", "PyVrp"),
    "ortools": ("benchmarks.solvers.ortools_routing", "OrTools"),
    "vroom": ("benchmarks.solvers.vroom", "Vroom"),
    "vrp": ("benchmarks.solvers.vrp_cli", "VrpCli"),
}

SOLVERS: Final = tuple(_CLASS_OF_NAME)


class SolverMissingError(Exception):
    """The package of a solver is not installed; the message names it and a remedy."""


def adapter_named(name: str) -> Adapter:
    """Make the adapter of a solver; its package is imported only now.

    Raises
    ------
    ValueError
        If there is no such solver.
    SolverMissingError
        If the solver's package is not installed.
    """
    if name not in _CLASS_OF_NAME:
        raise ValueError(f"solver is {name!r}, expected one of {', '.join(SOLVERS)}")
    module, class_name = _CLASS_OF_NAME[name]
    try:
        make = cast("Callable[[], Adapter]", getattr(import_module(module), class_name))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "benchmarks":
            raise
        raise SolverMissingError(
            f"solver {name} needs the package {error.name}, which is not installed\n"
            "Maybe install the dependency group of the peers, or leave the solver out"
        ) from error
    return make()
