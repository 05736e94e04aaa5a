"""Draws what replays show: figures of the policies side by side, and week by week against ours."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from math import ceil
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.replay.intervals import kpi_estimate, paired_estimate
from benchmarks.replay.kpis import KPI_BY_NAME, Kpi
from benchmarks.replay.results import Result
from benchmarks.replay.spec import POLICIES, PolicyName
from benchmarks.replay.tables import BASELINE, policies_of

SHOWN: Final = (
    "kept_net",
    "kept_gross",
    "agreed_kept",
    "half_days_kept",
    "disturbed",
    "jobs",
    "travel_min",
    "overtime_min",
)
_COLOURS: Final[dict[PolicyName, str]] = dict(zip(POLICIES, ("#E69F00", "#56B4E9", "#CC79A7", "#0072B2"), strict=True))
"""Of Okabe & Ito (2008), which people with any colour vision can tell apart."""
_MARKERS: Final[dict[PolicyName, str]] = dict(zip(POLICIES, ("^", "D", "s", "o"), strict=True))
_COLUMNS: Final = 4


def draw_means(results: Sequence[Result]) -> str:
    """Return a panel for each figure shown: means of the policies with their intervals, and every week as a dot."""
    policies = policies_of(results)
    figure, panels = _panels(height=0.9 + 0.3 * len(policies))
    for axes, kpi in panels:
        for row, policy in enumerate(policies):
            values = [
                v for result in results if result.policy == policy and (v := result.kpis.get(kpi.name)) is not None
            ]
            axes.plot(values, [row] * len(values), ".", color=_COLOURS[policy], alpha=0.35)
            found = kpi_estimate(results, policy, kpi.name)
            if found is None:
                continue
            if found.low is not None and found.high is not None:
                axes.plot([found.low, found.high], [row, row], color=_COLOURS[policy], linewidth=3)
            axes.plot([found.mean], [row], _MARKERS[policy], color=_COLOURS[policy], markersize=7)
        _label(axes, kpi, policies)
    return _svg(figure, "Means over the weeks, with 95 % intervals; dots are weeks")


def draw_differences(results: Sequence[Result]) -> str:
    """Return a panel for each figure shown: ours minus each other policy, week by week and as a mean with interval."""
    others = [policy for policy in policies_of(results) if policy != BASELINE]
    figure, panels = _panels(height=0.9 + 0.3 * len(others))
    for axes, kpi in panels:
        axes.axvline(0, color="#555555", linewidth=0.8)
        for row, other in enumerate(others):
            mine = {r.seed: v for r in results if r.policy == BASELINE and (v := r.kpis.get(kpi.name)) is not None}
            pairs = [
                mine[r.seed] - v
                for r in results
                if r.policy == other and r.seed in mine and (v := r.kpis.get(kpi.name)) is not None
            ]
            axes.plot(pairs, [row] * len(pairs), ".", color=_COLOURS[other], alpha=0.35)
            found = paired_estimate(results, BASELINE, other, kpi.name)
            if found is not None and found.low is not None and found.high is not None:
                axes.plot([found.low, found.high], [row, row], color=_COLOURS[other], linewidth=3)
                axes.plot([found.mean], [row], _MARKERS[other], color=_COLOURS[other], markersize=7)
        _label(axes, kpi, others)
    return _svg(figure, f"{BASELINE} minus the others, on the same days")


def _panels(*, height: float) -> tuple[Figure, list[tuple[Axes, Kpi]]]:
    rows = ceil(len(SHOWN) / _COLUMNS)
    figure = Figure(figsize=(3.3 * _COLUMNS, 0.6 + height * rows), layout="constrained")
    panels = figure.subplots(rows, _COLUMNS, squeeze=False).flatten()
    return figure, [(axes, KPI_BY_NAME[name]) for axes, name in zip(panels, SHOWN, strict=False)]


def _label(axes: Axes, kpi: Kpi, policies: Sequence[PolicyName]) -> None:
    axes.set_title(f"{kpi.label}\n({kpi.better} is better)", fontsize=9)
    axes.set_yticks(range(len(policies)), labels=list(policies), fontsize=9)
    axes.set_ylim(len(policies) - 0.5, -0.5)
    axes.set_xlabel({"%": "percent", "1": "", "min": "minutes"}[kpi.unit], fontsize=8)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(visible=True, axis="x", color="#dddddd", linewidth=0.6)


def _svg(figure: Figure, title: str) -> str:
    """Return the figure as an SVG element: text stays text, and the same results give the same bytes."""
    figure.suptitle(title, fontsize=11)
    text = StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    drawn = text.getvalue()
    return drawn[drawn.index("<svg") :]
