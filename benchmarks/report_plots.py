"""Draws the runs of one suite: primal gap over time and mean primal gap, a panel for each class.

Colours are those of Okabe & Ito (2008), which people with any colour vision can tell apart; line styles and markers
repeat what they say.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Final, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from benchmarks.report_integral import References, gaps_at, has_trajectory, mean_gap, primal_gap, reference_costs
from benchmarks.report_section import Section
from benchmarks.results import Run

_Style = tuple[str, Literal["-", "--", "-.", ":"] | tuple[float, tuple[float, ...]], str]
"""Colour, line, marker."""
_STYLES: Final[tuple[_Style, ...]] = (
    ("#0072B2", "-", "o"),
    ("#D55E00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
    ("#E69F00", (0, (5, 1, 1, 1, 1, 1)), "v"),
    ("#56B4E9", (0, (8, 2)), "P"),
    ("#000000", (0, (1, 3)), "X"),
)
_COLUMNS: Final = 3
_FIRST_S: Final = 0.1
"""Where the axis of time begins: before that there is only the start."""
_BAND: Final = (25, 75)
_ASIDE: Final = 1.05
"""Points of neighbouring rows stand side by side: their seconds are drawn with this factor in between."""


def draw_gap_over_time(section: Section, path: Path) -> None:
    """Write the median primal gap over time of the runs with the longest limit, with the middle half as a band.

    A solver that does not tell what it had when is drawn as one point for each limit: its answer at the end.
    """
    references = reference_costs(section.runs)
    figure, panels = _panels(section, height=2.7)
    for group, axes in panels:
        for number, (runs, style) in enumerate(zip(section.rows.values(), _styles(section), strict=True)):
            own = [run for run in runs if run.group == group]
            aside = _ASIDE ** (number - (len(section.rows) - 1) / 2)
            if own:
                _draw_solver(axes, own, section=section, references=references, style=style, aside=aside)
        axes.set_xscale("log")
        axes.set_yscale("symlog", linthresh=1.0)
        axes.set_ylim(0, 100)
        axes.set_yticks([0, 0.5, 1, 2, 5, 10, 20, 50, 100], labels=["0", "0.5", "1", "2", "5", "10", "20", "50", "100"])
        ticks = [second for second in (0.1, 1, 10, 60, 600) if second <= section.limits_s[-1]]
        axes.set_xticks(ticks, labels=[f"{second:g}" for second in ticks])
        axes.minorticks_off()
        axes.set_xlim(_FIRST_S, section.limits_s[-1] * 1.5)
        axes.set_title(group, fontsize=10)
        axes.grid(visible=True, color="#dddddd", linewidth=0.6)
        axes.set_xlabel("seconds")
    figure.supylabel("primal gap to the best cost known, percent", fontsize=10)
    figure.legend(handles=_handles(section), loc="outside lower center", ncols=5, fontsize=9, frameon=False)
    _finish(figure, section, path, title=f"{section.suite}: gap over time\n(median, middle half of the runs)")


def draw_mean_gap(section: Section, path: Path) -> None:
    """Write the mean primal gap over the longest limit, as a bar from least to most where it is not known exactly."""
    references = reference_costs(section.runs)
    figure, panels = _panels(section, height=0.9 + 0.25 * len(section.rows))
    for group, axes in panels:
        for number, (runs, (colour, _, marker)) in enumerate(zip(section.rows.values(), _styles(section), strict=True)):
            longest = [run for run in runs if run.group == group and run.limit_s == section.limits_s[-1]]
            if not longest:
                continue
            gaps = [mean_gap(run, references[run.suite, run.instance]) for run in longest]
            low, high = (100 * float(np.mean(ends)) for ends in ([g.low for g in gaps], [g.high for g in gaps]))
            axes.plot([low, high], [number, number], color=colour, linewidth=3, marker=marker, markersize=5)
        axes.set_xscale("symlog", linthresh=1.0)
        axes.set_xlim(0, 150)
        axes.set_xticks([0, 1, 2, 5, 10, 20, 50, 100], labels=["0", "1", "2", "5", "10", "20", "50", "100"], fontsize=8)
        axes.minorticks_off()
        axes.set_ylim(len(section.rows) - 0.5, -0.5)
        axes.set_yticks(range(len(section.rows)), labels=list(section.rows))
        axes.set_title(group, fontsize=10)
        axes.grid(visible=True, axis="x", color="#dddddd", linewidth=0.6)
        axes.set_xlabel("percent")
    _finish(
        figure,
        section,
        path,
        title=f"{section.suite}: mean primal gap over {section.limits_s[-1]:g} s\n(least to most)",
    )


def _draw_solver(
    axes: Axes,
    runs: Sequence[Run],
    *,
    section: Section,
    references: References,
    style: _Style,
    aside: float,
) -> None:
    colour, line, marker = style
    longest = [run for run in runs if run.limit_s == section.limits_s[-1]]
    if longest and all(has_trajectory(run) for run in longest):
        seconds = np.geomspace(_FIRST_S, section.limits_s[-1], 120)
        gaps = 100 * np.array([gaps_at(run, references[run.suite, run.instance], seconds) for run in longest])
        low, high = np.percentile(gaps, _BAND, axis=0)
        axes.fill_between(seconds, low, high, color=colour, alpha=0.18, linewidth=0, step="post")
        axes.plot(seconds, np.median(gaps, axis=0), color=colour, linestyle=line, drawstyle="steps-post")
        return
    for limit_s in section.limits_s:
        gaps = 100 * np.array([_gap_at_end(run, references) for run in runs if run.limit_s == limit_s])
        if gaps.size:
            middle, (low, high) = np.median(gaps), np.percentile(gaps, _BAND)
            axes.errorbar(
                [limit_s * aside],
                [middle],
                yerr=[[middle - low], [high - middle]],
                color=colour,
                marker=marker,
                capsize=3,
            )


def _gap_at_end(run: Run, references: References) -> float:
    if run.reported is None or not run.is_feasible:
        return 1.0
    return primal_gap(run.reported, references[run.suite, run.instance])


def _styles(section: Section) -> list[_Style]:
    return [_STYLES[number % len(_STYLES)] for number in range(len(section.rows))]


def _panels(section: Section, *, height: float) -> tuple[Figure, list[tuple[str, Axes]]]:
    columns = min(_COLUMNS, len(section.groups))
    rows = ceil(len(section.groups) / columns)
    figure = Figure(figsize=(1.0 + 3.2 * columns, 1.3 + height * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).flatten()
    for unused in panels[len(section.groups) :]:
        unused.set_axis_off()
    return figure, list(zip(section.groups, panels, strict=False))


def _handles(section: Section) -> list[Line2D]:
    return [
        Line2D([], [], color=colour, linestyle=line, marker=marker, markersize=5, label=label)
        for label, (colour, line, marker) in zip(section.rows, _styles(section), strict=True)
    ]


def _finish(figure: Figure, section: Section, path: Path, *, title: str) -> None:
    """Add the title and write the file: text stays text, and the same runs give the same bytes."""
    figure.suptitle(title, fontsize=11)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": section.suite}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=120)
