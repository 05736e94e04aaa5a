"""Whether what was predicted with some probability happens as often: the reliability of odds, by decile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final

DECILES: Final = 10
NORMAL_95: Final = 1.96
PRIOR_VISITS: Final = 20
"""As many visits weighs the guess that all of them are carried out."""


@dataclass(frozen=True, kw_only=True)
class Reliability:
    """Predictions of one decile.

    Attributes
    ----------
    low, high
        Predictions in [low, high); the last decile includes 1.
    count
        How many.
    predicted, observed
        Mean of the predictions; share of those that came true.
    observed_low, observed_high
        95 % interval of the true share (Wilson 1927), as if outcomes were independent.
    """

    low: float
    high: float
    count: int
    predicted: float
    observed: float
    observed_low: float
    observed_high: float

    @property
    def error(self) -> float:
        """How much more often it happened than was predicted."""
        return self.observed - self.predicted


def reliability(predictions: Iterable[tuple[float, bool]]) -> tuple[Reliability, ...]:
    """Return predicted and observed frequencies by decile of the prediction; empty deciles are left out.

    Parameters
    ----------
    predictions
        Probabilities, each with whether it came true.
    """
    of_decile: dict[int, list[tuple[float, bool]]] = {}
    for p, happened in predictions:
        of_decile.setdefault(min(DECILES - 1, int(p * DECILES)), []).append((p, happened))
    return tuple(_decile(number, of_decile[number]) for number in sorted(of_decile))


def carried_out(predictions: Iterable[tuple[float, bool]]) -> float:
    """Return the share of visits that come about, as earlier predictions speak for: `[risk] carried_out`.

    What odds of travel and service times leave out: technicians fall ill or turn an order down, and more urgent orders
    take the place of others. It is the number by which the sum of the predictions is to be multiplied to give as many
    as came true, drawn towards 1 as if 20 more sure visits had come true; between 0.5 and 1.

    Parameters
    ----------
    predictions
        Probabilities as counted with `carried_out = 1`, each with whether it came true.
    """
    said = came_true = float(PRIOR_VISITS)
    for p, happened in predictions:
        said, came_true = said + p, came_true + happened
    return min(1.0, max(0.5, came_true / said))


def _decile(number: int, found: list[tuple[float, bool]]) -> Reliability:
    count = len(found)
    observed = sum(happened for _, happened in found) / count
    low, high = _wilson(observed, count)
    return Reliability(
        low=number / DECILES,
        high=(number + 1) / DECILES,
        count=count,
        predicted=sum(p for p, _ in found) / count,
        observed=observed,
        observed_low=low,
        observed_high=high,
    )


def _wilson(share: float, count: int) -> tuple[float, float]:
    square = NORMAL_95**2 / count
    middle = (share + square / 2) / (1 + square)
    half = NORMAL_95 * sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
