"""Means over weeks with their confidence intervals, and differences between policies, paired by week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from scipy.stats import t as student

from benchmarks.replay.results import Result
from benchmarks.replay.spec import PolicyName

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean with its 95 % confidence interval (Student's t); one sample has no interval.

    Attributes
    ----------
    count
        Samples behind it.
    """

    mean: float
    low: float | None
    high: float | None
    count: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def estimate(samples: Sequence[float]) -> Estimate:
    """Estimate the mean of at least one sample."""
    mean, count = fmean(samples), len(samples)
    if count < 2:
        return Estimate(mean=mean, low=None, high=None, count=count)
    half = float(student.ppf((1 + CONFIDENCE) / 2, count - 1)) * stdev(samples) / sqrt(count)
    return Estimate(mean=mean, low=mean - half, high=mean + half, count=count)


def kpi_estimate(results: Sequence[Result], policy: PolicyName, kpi: str) -> Estimate | None:
    """Estimate a figure of a policy over the weeks; None where no week has it."""
    samples = [value for result in results if result.policy == policy and (value := result.kpis.get(kpi)) is not None]
    return estimate(samples) if samples else None


def paired_estimate(results: Sequence[Result], first: PolicyName, second: PolicyName, kpi: str) -> Estimate | None:
    """Estimate `first` minus `second` over the weeks that both have; None where there is none."""
    values = {(result.policy, result.seed): value for result in results if (value := result.kpis.get(kpi)) is not None}
    seeds = sorted({seed for _, seed in values})
    samples = [
        values[first, seed] - values[second, seed]
        for seed in seeds
        if (first, seed) in values and (second, seed) in values
    ]
    return estimate(samples) if samples else None
