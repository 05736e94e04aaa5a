"""Which orders lie near which: found once for several searches of problems that differ in prices alone."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from solver import _core
from solver.cost import RouteTimer
from solver.params import SearchParams
from solver.problem import Problem

_PRICED: Final = frozenset(
    {"order_due_s", "order_soft_due_s", "order_missed_cost", "order_unassigned_cost", "prices", "disruption", "risk"}
)
"""Fields of a problem that have no say in what lies near what."""


@dataclass(frozen=True, eq=False)
class Nearby:
    """Near orders of each order, and near shifts: O(n^2) to find, a tenth of a second for 2,000 orders.

    Attributes
    ----------
    problem
        That they were found for.
    core
        What the search core reads.
    """

    problem: Problem
    core: _core.Neighbours

    @classmethod
    def of(cls, problem: Problem, params: SearchParams | None = None) -> Nearby:
        """Find what lies near what in a valid problem, for searches with these parameters."""
        core = RouteTimer(problem).core
        suited = (params or SearchParams()).for_problem(
            is_plain=core.is_plain, is_published=problem.disruption is not None
        )
        return cls(problem, _core.Neighbours(core, suited))

    def fits(self, problem: Problem) -> bool:
        """Tell whether another problem has the very same arrays, but for prices and due times."""
        names = (field.name for field in fields(Problem) if field.name not in _PRICED)
        return all(getattr(problem, name) is getattr(self.problem, name) for name in names)
