"""The reliability diagram: of visits said to be on time with some probability, how many are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.replay.foresight import Prediction
from dispatch.planner.calibration import Reliability, reliability

FEWEST: Final = 30
"""Deciles with fewer predictions are drawn pale."""
LEARNED_FROM_DAY: Final = 1
"""On the first day nothing has been learned."""


def deciles(predictions: Sequence[Prediction], *, is_learned: bool) -> tuple[Reliability, ...]:
    """Return predicted and observed frequencies: as packaged, or on the days after the first with what was learned."""
    said: Callable[[Prediction], float] = (lambda one: one.learned) if is_learned else (lambda one: one.packaged)
    return reliability(
        (said(one), one.came_true)
        for one in predictions
        if one.came_true is not None and (one.day >= LEARNED_FROM_DAY or not is_learned)
    )


def draw_reliability(predictions: Sequence[Prediction], title: str) -> str:
    """Return two panels as an SVG element: the packaged distributions, and those learned from earlier days."""
    figure = Figure(figsize=(9.0, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw(left, deciles(predictions, is_learned=False), "packaged distributions")
    _draw(right, deciles(predictions, is_learned=True), "learned from the days before")
    left.set_ylabel("came true, percent")
    figure.suptitle(title, fontsize=11)
    text = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    drawn = text.getvalue()
    return drawn[drawn.index("<svg") :]


def reliability_rows(predictions: Sequence[Prediction]) -> list[list[str]]:
    """Return head and rows of the table of deciles: said, came true and how many, packaged and learned."""
    both = [{one.low: one for one in deciles(predictions, is_learned=learned)} for learned in (False, True)]
    rows = [["said", "packaged: mean", "came true", "visits", "learned: mean", "came true", "visits"]]
    for low in sorted(both[0] | both[1]):
        row = [f"{100 * low:.0f} to {100 * low + 10:.0f} %"]
        for found in both:
            one = found.get(low)
            shown = (
                (f"{100 * one.predicted:.1f} %", f"{100 * one.observed:.1f} %", str(one.count)) if one else ("-",) * 3
            )
            row += shown
        rows.append(row)
    return rows


def _draw(axes: Axes, found: Sequence[Reliability], title: str) -> None:
    axes.plot([0, 100], [0, 100], color="#888888", linewidth=0.8)
    for one in found:
        alpha = 1.0 if one.count >= FEWEST else 0.3
        at = 100 * one.predicted
        axes.plot([at, at], [100 * one.observed_low, 100 * one.observed_high], color="#0072B2", alpha=alpha)
        axes.plot([at], [100 * one.observed], "o", color="#0072B2", alpha=alpha)
        axes.annotate(f"{one.count}", (at, 100 * one.observed), xytext=(4, -9), textcoords="offset points", fontsize=7)
    axes.set_title(title, fontsize=9)
    axes.set_xlim(0, 102)
    axes.set_ylim(0, 102)
    axes.set_xlabel("said, percent")
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
