"""How fast a solver gets how good: primal gap over time and its integral (Berthold 2013, "Measuring the impact of
primal heuristics", Operations Research Letters 41).

The primal gap of a cost c against the reference r is |c - r| / max(|c|, |r|), and 1 while there is no answer. Its
integral over the time limit, divided by the limit, is the mean primal gap of the run: 0 = best from the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import Run

TRUSTED: Final = 0.001
"""A trajectory counts if its last cost is that of the evaluator up to this share; otherwise the solver prices a model
of its own, and nothing is known but its answer."""


References = Mapping[tuple[str, str], float]
"""Least cost known by suite and instance, in reported units."""


@dataclass(frozen=True, kw_only=True)
class MeanGap:
    """Mean primal gap over a run, a share; `low` < `high` where only the answer at the end is known.

    `low` supposes that the answer was there from the start, `high` that nothing was there before the solver ended.
    """

    low: float
    high: float


def reference_costs(runs: Sequence[Run]) -> References:
    """Return the least cost known of each instance: published, or found in one of the runs."""
    known: dict[tuple[str, str], float] = {}
    for run in runs:
        key = run.suite, run.instance
        found = [run.best_known, run.reported if run.is_feasible else None, known.get(key)]
        known[key] = min((cost for cost in found if cost is not None), default=float("nan"))
    return known


def primal_gap(cost: float, reference: float) -> float:
    """Return |cost - reference| / max(|cost|, |reference|), 0 if both are 0; costs are never negative."""
    return 0.0 if cost == reference else abs(cost - reference) / max(abs(cost), abs(reference))


def has_trajectory(run: Run) -> bool:
    """Whether the solver told when it found what, in the evaluator's costs."""
    if run.cost is None or not run.is_feasible or not run.trajectory:
        return False
    return abs(run.trajectory[-1][1] - run.cost) <= TRUSTED * abs(run.cost)


def mean_gap(run: Run, reference: float) -> MeanGap:
    """Return the mean primal gap over `limit_s` seconds; 1 if there is no feasible answer within them."""
    if run.reported is None or not run.is_feasible:
        return MeanGap(low=1.0, high=1.0)
    if not has_trajectory(run):
        gap = primal_gap(run.reported, reference)
        silent = min(run.runtime_s / run.limit_s, 1.0)
        return MeanGap(low=gap, high=silent + (1.0 - silent) * gap)
    steps = [(0.0, 1.0), *_steps(run, reference), (run.limit_s, 0.0)]
    area = sum(gap * (until - since) for (since, gap), (until, _) in pairwise(steps))
    return MeanGap(low=area / run.limit_s, high=area / run.limit_s)


def gaps_at(run: Run, reference: float, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the primal gap at each moment, 1 before the first answer; of a run with a trajectory."""
    steps = _steps(run, reference)
    gaps = np.array([1.0, *(gap for _, gap in steps)])
    return gaps[np.searchsorted([second for second, _ in steps], seconds, side="right")]


def _steps(run: Run, reference: float) -> list[tuple[float, float]]:
    """Return (second, primal gap) of each better solution inside the limit; the last one at the evaluator's cost."""
    if run.cost is None or run.reported is None:
        return []
    unit = run.reported / run.cost if run.cost else 1.0
    costs = [cost for _, cost in run.trajectory[:-1]] + [run.cost]
    moments = [second for second, _ in run.trajectory]
    return [
        (second, primal_gap(cost * unit, reference))
        for second, cost in zip(moments, costs, strict=True)
        if second <= run.limit_s
    ]
