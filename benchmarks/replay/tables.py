"""The figures of a replay as text: one row a figure, one column a policy, and how much ours differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from benchmarks.replay.intervals import Estimate, kpi_estimate, paired_estimate
from benchmarks.replay.kpis import KPIS, Kpi
from benchmarks.replay.results import Result
from benchmarks.replay.spec import POLICIES, PolicyName

BASELINE: Final[PolicyName] = "ours"
_UNITS: Final = {"%": " %", "1": "", "min": " min"}


def policies_of(results: Sequence[Result]) -> tuple[PolicyName, ...]:
    """Return the policies that occur, in their usual order."""
    found = {result.policy for result in results}
    return tuple(policy for policy in POLICIES if policy in found)


def rows_of(results: Sequence[Result]) -> list[list[str]]:
    """Return head and rows of the table of means with their intervals."""
    policies = policies_of(results)
    rows = [["", *policies]]
    rows += [[kpi.label, *(shown(kpi_estimate(results, policy, kpi.name), kpi) for policy in policies)] for kpi in KPIS]
    return rows


def difference_rows(results: Sequence[Result]) -> list[list[str]]:
    """Return head and rows of the table of paired differences; a star marks those whose interval excludes 0."""
    others = [policy for policy in policies_of(results) if policy != BASELINE]
    rows = [["", *(f"{BASELINE} - {other}" for other in others)]]
    for kpi in KPIS:
        found = [paired_estimate(results, BASELINE, other, kpi.name) for other in others]
        rows.append([kpi.label, *(shown(one, kpi, is_difference=True) for one in found)])
    return rows


def shown(found: Estimate | None, kpi: Kpi, *, is_difference: bool = False) -> str:
    """Return an estimate as text: mean, and half the width of its interval."""
    if found is None:
        return "-"
    text = f"{found.mean:+.1f}" if is_difference else f"{found.mean:.1f}"
    if found.high is not None:
        text += f" ± {found.high - found.mean:.1f}"
    star = " *" if is_difference and found.excludes_zero else ""
    return f"{text}{_UNITS[kpi.unit]}{star}"


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join([row[0].ljust(widths[0]), *cells]))
    return "\n".join(lines)


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    head, *body = rows
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(row)} |" for row in body)]
    return "\n".join(lines)
