"""The tables of one suite as Markdown: quality by class, tuning and held-out instances, answers, speed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean, median
from typing import Final, TypeVar

from benchmarks.report_integral import mean_gap, reference_costs
from benchmarks.report_markdown import markdown_table
from benchmarks.report_section import Figure, Section
from benchmarks.results import Run

_Sortable = TypeVar("_Sortable", str, int)
_NOTES_SHOWN: Final = 5
_AVERAGES: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {"mean": fmean, "median": median}


def section_tables(section: Section) -> str:
    """Return what was run, then every table that the suite's runs fill."""
    limits = " / ".join(f"{limit:g}" for limit in section.limits_s) + " s"
    parts = [origin(section)]
    if section.has_best_known:
        parts += _quality(section, section.gap_percent, f"Gap to the best known cost in percent after {limits}")
    else:
        caption = f"Percent dearer than {section.baseline} with the same seed, after {limits}"
        parts += _quality(section, section.above_baseline_percent, caption)
        parts += [f"Cost, thousands, after {limits}:", _by_group(section, _thousands, digits=1)]
        if len(section.limits_s) > 1:
            caption = f"Percent dearer than the solver's own answer after {section.limits_s[-1]:g} s, after {limits}:"
            parts += [caption, _by_group(section, section.above_own_longest_percent)]
    parts += [
        f"Answers, after {limits}; means over runs, spread = (max - min) / mean over seeds, median over instances:"
    ]
    parts += [_answers(section)]
    longest = f"the first {section.limits_s[-1]:g} s"
    parts += [
        f"Mean primal gap over {longest} in percent (least - most where the solver does not tell what it had when):"
    ]
    parts += [_speed(section)]
    parts += [_remarks(section)]
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def origin(section: Section) -> str:
    """Return what was run, where, when and on which state: one list."""
    runs = section.runs
    days = sorted({run.started_at[:10] for run in runs})
    versions = sorted({f"{run.solver} {run.version}" for run in runs})
    instances = [
        f"{group}: {', '.join(sorted({_marked(run) for run in runs if run.group == group}))}"
        for group in section.groups
    ]
    lines = [
        f"- runs of {' to '.join(dict.fromkeys((days[0], days[-1])))}, commit {_joined(run.commit for run in runs)}",
        f"- machine: {_joined((run.machine for run in runs), separator='; ')}",
        f"- solvers: {', '.join(versions)}",
        f"- seeds {_joined(run.seed for run in runs)}; threads {_joined(run.threads for run in runs)}",
        f"- instances (* = tuning may look at it): {'; '.join(instances)}",
    ]
    return "\n".join(lines)


def _quality(section: Section, figure: Figure, caption: str) -> list[str]:
    parts = [f"{caption}, means:", _by_group(section, figure, totals=True)]
    halves = [
        (name, tuple(run for run in section.runs if run.may_tune is wanted))
        for name, wanted in (("tuning", True), ("held out", False), ("not said", None))
    ]
    filled = [(name, runs) for name, runs in halves if runs]
    columns = [(f"{name}: {word}", runs, of) for name, runs in filled for word, of in _AVERAGES.items()]
    counts = ", ".join(f"{name} {len({run.instance for run in runs})}" for name, runs in filled)
    rows = [
        [
            label,
            *(
                _cells(section, [r for r in runs if section.row_of(r) == label], figure, of=of)
                for _, runs, of in columns
            ),
        ]
        for label in section.rows
    ]
    table = markdown_table(["solver", *(title for title, _, _ in columns)], rows)
    return [*parts, f"The same by what tuning may look at (instances: {counts}):", table]


def _by_group(section: Section, figure: Figure, *, totals: bool = False, digits: int = 2) -> str:
    header = ["solver", *section.groups, *(_AVERAGES if totals else ())]
    rows = []
    for label, own in section.rows.items():
        cells = [_cells(section, [r for r in own if r.group == g], figure, digits=digits) for g in section.groups]
        if totals:
            cells += [_cells(section, own, figure, of=of) for of in _AVERAGES.values()]
        rows.append([label, *cells])
    return markdown_table(header, rows)


def _cells(
    section: Section,
    runs: Sequence[Run],
    figure: Figure,
    *,
    of: Callable[[Sequence[float]], float] = fmean,
    digits: int = 2,
) -> str:
    """Return one average for each limit, and how many runs have the figure if not all do."""
    cells = []
    for limit_s in section.limits_s:
        asked = [figure(run) for run in runs if run.limit_s == limit_s]
        found = [value for value in asked if value is not None]
        cell = f"{of(found):.{digits}f}" if found else "-"
        cells.append(f"{cell} ({len(found)} of {len(asked)})" if 0 < len(found) < len(asked) else cell)
    return " / ".join(cells)


def _thousands(run: Run) -> float | None:
    return run.cost / 1000 if run.cost is not None and run.is_feasible else None


def _answers(section: Section) -> str:
    header = ["solver", "runs", "no feasible answer", "unassigned", "missed", "routes", "spread %", "seconds"]
    rows = []
    for label, runs in section.rows.items():
        by_limit = [[run for run in runs if run.limit_s == limit_s] for limit_s in section.limits_s]
        rows.append(
            [
                label,
                " / ".join(str(len(part)) for part in by_limit),
                " / ".join(str(sum(not run.is_feasible for run in part)) for part in by_limit),
                " / ".join(_mean(run.unassigned for run in part if run.is_feasible) for part in by_limit),
                " / ".join(_mean(run.missed for run in part if run.is_feasible) for part in by_limit),
                " / ".join(_mean(run.routes for run in part if run.is_feasible) for part in by_limit),
                " / ".join(_spread(part) for part in by_limit),
                " / ".join(_mean(run.runtime_s for run in part) for part in by_limit),
            ]
        )
    return markdown_table(header, rows)


def _mean(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{fmean(known):.1f}" if known else "-"


def _spread(runs: Sequence[Run]) -> str:
    costs: dict[tuple[str, int], list[int]] = defaultdict(list)
    for run in runs:
        if run.variable_cost is not None and run.is_feasible:
            costs[run.instance, run.threads].append(run.variable_cost)
    spreads = [(max(found) - min(found)) / fmean(found) for found in costs.values() if len(found) > 1 and any(found)]
    return f"{100 * median(spreads):.1f}" if spreads else "-"


def _speed(section: Section) -> str:
    references = reference_costs(section.runs)
    rows = []
    for label, runs in section.rows.items():
        longest = [run for run in runs if run.limit_s == section.limits_s[-1]]
        cells = []
        for group in (*section.groups, None):
            gaps = [mean_gap(r, references[r.suite, r.instance]) for r in longest if group in (r.group, None)]
            if not gaps:
                cells.append("-")
                continue
            low, high = fmean(gap.low for gap in gaps), fmean(gap.high for gap in gaps)
            cells.append(f"{100 * low:.2f}" if low == high else f"{100 * low:.2f} - {100 * high:.2f}")
        rows.append([label, *cells])
    return markdown_table(["solver", *section.groups, "mean"], rows)


def _remarks(section: Section) -> str:
    lines = []
    for label, runs in section.rows.items():
        missing = sorted({feature for run in runs for feature in run.cannot})
        if missing:
            lines.append(f"- {label} cannot be told: {', '.join(missing)}")
        broken = Counter(rule for run in runs for rule in run.violations)
        notes = Counter(run.note for run in runs if run.note)
        for name, counted in (("breaks", broken), ("says", notes)):
            shown = "; ".join(f"{text} ({count} runs)" for text, count in counted.most_common(_NOTES_SHOWN))
            more = f"; and {len(counted) - _NOTES_SHOWN} others" if len(counted) > _NOTES_SHOWN else ""
            if counted:
                lines.append(f"- {label} {name}: {shown}{more}")
    return "\n".join(lines)


def _marked(run: Run) -> str:
    return f"{run.instance}*" if run.may_tune else run.instance


def _joined(values: Iterable[_Sortable], *, separator: str = ", ") -> str:
    return separator.join(map(str, sorted(set(values))))
