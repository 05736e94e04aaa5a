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


def adapter_named(name: str) -> Adapter:
    """Make the adapter of a solver; its package is imported only now.

    Raises
    ------
    ValueError
        If there is no such solver.
    ImportError
        If the solver's package is not installed.
    """
    if name not in _CLASS_OF_NAME:
        raise ValueError(f"solver is {name!r}, expected one of {', '.join(SOLVERS)}")
    module, class_name = _CLASS_OF_NAME[name]
    make = cast("Callable[[], Adapter]", getattr(import_module(module), class_name))
    return make()
