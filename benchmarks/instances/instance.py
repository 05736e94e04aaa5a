"""One benchmark instance: a problem, and how its cost is reported."""

from __future__ import annotations

from dataclasses import dataclass

from solver.problem import Problem


class InstanceError(ValueError):
    """A benchmark instance is missing or is not in its format; the message names file, value and remedy."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Instance:
    """A problem to be solved by every solver, and what is known of it.

    Attributes
    ----------
    suite, name, group
        "vrptw", "C1_10_2", "C1": the group is the class whose means are reported.
    problem
        The problem in integers. What a unit of `*_s`, `*_m` stands for is said by the reader.
    scale
        Reported cost = integer cost / scale.
    best_known
        Least published cost in reported units; None = there is none.
    may_tune
        Whether tuning may look at this instance. The others are kept for reporting.
    must_serve_all
        The published problem has no price of an unassigned order: an answer that leaves one out is none.
        `order_unassigned_cost` is then only a very large number.
    """

    suite: str
    name: str
    group: str
    problem: Problem
    scale: int
    best_known: float | None
    may_tune: bool
    must_serve_all: bool = False

    def reported(self, cost: int) -> float:
        """Give an integer cost in the units of published results."""
        return cost / self.scale
