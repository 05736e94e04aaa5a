"""Pairs runs of two solvers and says what their difference is worth: figures only, no words.

A difference is that of b's cost from a's, as a share of a's: negative where b is cheaper. Runs of the same instance
resemble each other, so chance is judged by instance: the confidence interval of the mean comes from a bootstrap that
draws whole instances (Efron & Tibshirani 1993, ch. 8; percentile interval), the p value from Wilcoxon's signed-rank
test of the instances' means.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap, wilcoxon

from benchmarks.results import Run, RunKey

_RESAMPLES: Final = 9_999
_SEED: Final = 1
_CONFIDENCE: Final = 0.95


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two runs with the same key."""

    a: Run
    b: Run

    @property
    def outcome(self) -> Literal["won", "tied", "lost"]:
        """Whether b won: cheaper, or feasible where a is not; neither feasible is a tie."""
        if not (self.a.is_feasible and self.b.is_feasible):
            if self.a.is_feasible == self.b.is_feasible:
                return "tied"
            return "won" if self.b.is_feasible else "lost"
        a, b = _cost(self.a), _cost(self.b)
        return "tied" if a == b else "won" if b < a else "lost"

    @property
    def difference(self) -> float | None:
        """`(b - a) / a` of the costs; None = one is not feasible, or a's cost is 0 and b's is not."""
        if not (self.a.is_feasible and self.b.is_feasible):
            return None
        a, b = _cost(self.a), _cost(self.b)
        if a == b:
            return 0.0
        return (b - a) / a if a else None


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Pairs, and the runs of either side that have no partner."""

    pairs: tuple[Pair, ...]
    only_a: tuple[Run, ...]
    only_b: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What the pairs show; differences as shares of a's cost.

    Attributes
    ----------
    pairs, instances
        Counts.
    priced
        Pairs that have a difference; `mean`, `median`, `best`, `worst` are of these, None without any.
    won, tied, lost
        Pairs by b's outcome; an answer that is not feasible loses against one that is.
    low, high
        95 % confidence interval of the mean; None with fewer than two instances.
    p
        Two-sided, of "there is no difference".
    """

    pairs: int
    instances: int
    priced: int
    mean: float | None
    median: float | None
    best: float | None
    worst: float | None
    won: int
    tied: int
    lost: int
    low: float | None
    high: float | None
    p: float


def match(runs_a: Sequence[Run], runs_b: Sequence[Run]) -> Matched:
    """Pair runs by suite, instance, seed, limit and threads."""
    by_key_a: dict[RunKey, Run] = {run.key: run for run in runs_a}
    by_key_b: dict[RunKey, Run] = {run.key: run for run in runs_b}
    return Matched(
        pairs=tuple(Pair(a=run, b=by_key_b[key]) for key, run in by_key_a.items() if key in by_key_b),
        only_a=tuple(run for key, run in by_key_a.items() if key not in by_key_b),
        only_b=tuple(run for key, run in by_key_b.items() if key not in by_key_a),
    )


def compare_pairs(pairs: Sequence[Pair]) -> Comparison:
    """Return what the pairs show; at least one pair."""
    of_instance: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_instance[pair.a.suite, pair.a.instance].append(pair)
    differences = [pair.difference for pair in pairs if pair.difference is not None]
    outcomes = [pair.outcome for pair in pairs]
    low, high = _interval([[p.difference for p in group if p.difference is not None] for group in of_instance.values()])
    return Comparison(
        pairs=len(pairs),
        instances=len(of_instance),
        priced=len(differences),
        mean=fmean(differences) if differences else None,
        median=median(differences) if differences else None,
        best=min(differences, default=None),
        worst=max(differences, default=None),
        won=outcomes.count("won"),
        tied=outcomes.count("tied"),
        lost=outcomes.count("lost"),
        low=low,
        high=high,
        p=_p_value(list(of_instance.values())),
    )


def _cost(run: Run) -> int:
    return run.variable_cost or 0


def _interval(groups: Sequence[Sequence[float]]) -> tuple[float | None, float | None]:
    """Return the confidence interval of the mean over all values, drawing whole groups with replacement."""
    filled = [group for group in groups if group]
    if len(filled) < 2:
        return None, None
    sums = np.array([sum(group) for group in filled])
    counts = np.array([float(len(group)) for group in filled])
    found = bootstrap(
        (sums, counts),
        _ratio_of_sums,
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _ratio_of_sums(sums: NDArray[np.float64], counts: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    return np.asarray(sums.sum(axis=axis) / counts.sum(axis=axis))


def _p_value(groups: Sequence[Sequence[Pair]]) -> float:
    """Test the instances' mean differences; where more answers are missing on one side, that side loses by most."""
    means = []
    for group in groups:
        known = [pair.difference for pair in group if pair.difference is not None]
        unknown = [pair.outcome for pair in group if pair.difference is None]
        surplus = unknown.count("lost") - unknown.count("won")
        means.append(float(np.sign(surplus)) * np.inf if surplus else fmean(known) if known else 0.0)
    finite = max((abs(mean) for mean in means if np.isfinite(mean)), default=0.0)
    ranked = np.clip(means, -2 * finite - 1, 2 * finite + 1)
    return float(wilcoxon(ranked).pvalue) if np.any(ranked) else 1.0
