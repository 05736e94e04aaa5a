"""The progress of the search as a curve: the best cost over time, both on a logarithmic scale where that helps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dispatch.domain.plan import TrajectoryPoint

WIDTH: Final = 320
HEIGHT: Final = 215
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 6, 30
_FIRST_S: Final = 0.01
"""What comes sooner is drawn here: zero has no logarithm."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A line of the grid and what it stands for."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A curve in a drawing of `WIDTH` x `HEIGHT`.

    Attributes
    ----------
    data
        Path data of its steps: each cost holds until the next is found.
    x_marks, y_marks
        Seconds and costs.
    """

    data: str
    x_marks: tuple[Mark, ...]
    y_marks: tuple[Mark, ...]
    first: TrajectoryPoint
    last: TrajectoryPoint


def progress_curve(trajectory: Sequence[TrajectoryPoint]) -> Curve | None:
    """Return the curve of a search; None if fewer than two points were kept."""
    if len(trajectory) < 2:
        return None
    seconds = [max(_FIRST_S, point.runtime_s) for point in trajectory]
    costs = [max(1, point.cost) for point in trajectory]
    x_low, x_high = math.log10(min(seconds)), math.log10(max(*seconds, 2 * min(seconds)))
    y_low, y_high = math.log10(min(costs)), math.log10(max(costs))
    y_high = max(y_high, y_low + 0.02)
    margin = 0.04 * (y_high - y_low)
    y_low, y_high = y_low - margin, y_high + margin

    def x(value: float) -> float:
        return round(LEFT + (math.log10(value) - x_low) / (x_high - x_low) * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(TOP + (y_high - math.log10(value)) / (y_high - y_low) * (HEIGHT - TOP - BOTTOM), 1)

    steps = [f"M{x(seconds[0])} {y(costs[0])}"]
    steps += [f"H{x(second)}V{y(cost)}" for second, cost in zip(seconds[1:], costs[1:], strict=True)]
    return Curve(
        data="".join(steps),
        x_marks=tuple(Mark(at=x(value), label=f"{value:g}") for value in _round_values(x_low, x_high)),
        y_marks=tuple(Mark(at=y(value), label=_short(value)) for value in _round_values(y_low, y_high)),
        first=trajectory[0],
        last=trajectory[-1],
    )


def _round_values(low: float, high: float) -> list[float]:
    """Return at most about six round numbers between two powers of ten, evenly spread on the logarithmic scale."""
    decades = range(math.floor(low), math.ceil(high) + 1)
    for digits in ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,)):
        values = [digit * 10.0**decade for decade in decades for digit in digits]
        inside = [value for value in values if low <= math.log10(value) <= high]
        if len(inside) <= 6:
            break
    if len(inside) >= 2:
        return inside
    step = 10.0 ** math.floor(math.log10((10**high - 10**low) / 2))
    first = math.ceil(10**low / step)
    values = [k * step for k in range(first, math.floor(10**high / step) + 1)]
    return values[:: max(1, len(values) // 4)]


def _short(value: float) -> str:
    """Return a cost in thousands or millions."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:.4g}M"
    return f"{value / 1_000:.4g}k" if value >= 1_000 else f"{value:.4g}"
