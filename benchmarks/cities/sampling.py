"""Draws that keep to their shares: even a village has the mix of a city."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from numpy.random import Generator


def systematic(shares: Iterable[float], count: int, rng: Generator) -> tuple[int, ...]:
    """Draw the index of a share `count` times, in random order, each as often as its share says.

    Systematic sampling: the points (k + u) / count with one random u. Each index comes up floor or ceil of its share
    times `count`, in the mean exactly that. Independent draws would give one village twice the installs of another.

    Parameters
    ----------
    shares
        Positive; they sum to 1.
    """
    bounds = list(accumulate(shares))
    offset = rng.random()
    points = ((k + offset) / count for k in rng.permutation(count))
    # Rounding may leave the last bound a little below 1.
    return tuple(min(bisect_right(bounds, point), len(bounds) - 1) for point in points)
