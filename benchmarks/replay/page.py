"""The results of replays as one HTML page that needs no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from benchmarks.replay.foresight import Prediction
from benchmarks.replay.plots import draw_differences, draw_means
from benchmarks.replay.reliability_plot import draw_reliability, reliability_rows
from benchmarks.replay.results import Result, of_one_setting
from benchmarks.replay.spec import PolicyName
from benchmarks.replay.tables import difference_rows, policies_of, rows_of

_STYLE: Final = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { font-weight: bold; text-align: left; }
th, td { padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
"""
_POLICIES: Final = {
    "nearest": "first come, first served, by the nearest technician who is free and able; no plan",
    "insertion": "the night's plan; a new order goes where it is cheapest, nothing else is moved",
    "periodic": "the night's plan; every so often all that is left is searched anew, changes cost nothing",
    "ours": "the night's plan; insertion at once, then a search in which changes have their price",
}

_SAME: Final = "All policies meet the same orders, durations, travel and mishaps."

_ODDS: Final = (
    "Every hour the odds of the visits of the next two hours were noted: on time by what the customer was told, "
    "promise kept. Bars are 95 % intervals, numbers count predictions. Orders given up and customers who were out do "
    "not count; all other mishaps and later changes of the plan do."
)


def build_page(results: Sequence[Result], predictions: Mapping[PolicyName, Sequence[Prediction]]) -> str:
    """Return the page of results of one setting.

    Parameters
    ----------
    predictions
        What was said about visits under each policy, and what came of it.

    Raises
    ------
    BadInputError
        If the results come from several settings, or there are none.
    """
    setting = of_one_setting(results)
    seeds = sorted({result.seed for result in results})
    listed = "".join(f"<li><b>{policy}</b>: {escape(_POLICIES[policy])}</li>" for policy in policies_of(results))
    parts = [
        "<h1>Replayed days</h1>",
        f"<p>{escape(setting)}; {len(seeds)} stretches, seeds {escape(', '.join(map(str, seeds)))}. {_SAME}</p>",
        f"<ul>{listed}</ul>",
        "<h2>Figures</h2><p>Mean over the stretches ± half of the 95 % interval (Student's t).</p>",
        _table(rows_of(results)),
        draw_means(results),
    ]
    if len(policies_of(results)) > 1:
        parts += [
            "<h2>Differences on the same days</h2><p>A star: the 95 % interval excludes 0.</p>",
            _table(difference_rows(results)),
            draw_differences(results),
        ]
    said = {policy: found for policy, found in predictions.items() if found}
    if said:
        parts.append(f"<h2>Odds</h2><p>{_ODDS}</p>")
        for policy, found in said.items():
            parts += [draw_reliability(found, policy), _table(reliability_rows(found), caption=policy)]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Replay</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def _table(rows: Sequence[Sequence[str]], *, caption: str | None = None) -> str:
    name = "" if caption is None else f"<caption>{escape(caption)}</caption>"
    head, *body = rows
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in body)
    return f'<div class="wide"><table>{name}<tr>{top}</tr>{lines}</table></div>'
