"""Compares two solvers, or two states of one, run by run on the same instances and seeds.

`python -m benchmarks.compare a.jsonl b.jsonl` compares our solver of two files; `--solvers ours,pyvrp` names who is
compared, also with one file only. Negative percentages mean that b is cheaper.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from benchmarks.compare_pairs import Comparison, Matched, Pair, compare_pairs, match
from benchmarks.report_markdown import markdown_table
from benchmarks.results import Run, read_results, require_same
from dispatch.errors import BadInputError, DispatchError, Problem

SIGNIFICANT: Final = 0.05
FEWEST_INSTANCES: Final = 6
"""With fewer, Wilcoxon's test cannot reach p = 0.05 however clear the difference is (2 / 2**5 > 0.05)."""

_HEADER: Final = (
    *("suite, group", "limit s", "threads", "pairs", "mean %", "median %", "best %", "worst %"),
    *("won", "tied", "lost", "unassigned", "missed"),
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is compared: suites and limits, () = all; whether runs of several commits or machines may be mixed."""

    suites: tuple[str, ...] = ()
    limits_s: tuple[float, ...] = ()
    is_mixed_allowed: bool = False

    def admits(self, run: Run) -> bool:
        """Whether the run is one of those."""
        return run.suite in (self.suites or (run.suite,)) and run.limit_s in (self.limits_s or (run.limit_s,))


def compare(files: Sequence[Path], *, solvers: Sequence[str], choice: Choice) -> str:
    """Compare the first solver of the first file with the last solver of the last file; Markdown.

    Raises
    ------
    BadInputError
        If a file cannot be read, a solver has no runs there, no runs form a pair, or runs of several commits,
        versions or machines would be mixed unasked.
    """
    read = [read_results([file]) for file in files]
    file_a, file_b, solver_a, solver_b = files[0], files[-1], solvers[0], solvers[-1]
    side_a = _side(read[0].runs, file=file_a, solver=solver_a, choice=choice)
    side_b = _side(read[-1].runs, file=file_b, solver=solver_b, choice=choice)
    if not choice.is_mixed_allowed:
        require_same("machine", (run.machine for run in (*side_a, *side_b)), what=f"{file_a}, {file_b}")
    matched = match(side_a, side_b)
    if not matched.pairs:
        message = f"no run of {solver_a} in {file_a} has a partner of {solver_b} in {file_b}"
        remedy = "Maybe run both with the same instances, seeds, limits and threads"
        raise BadInputError([Problem(path="", message=message, remedy=remedy)])
    name_a, name_b = (solver_a, solver_b) if solver_a != solver_b else _names(file_a, file_b)
    lines = [
        f"a: {name_a}, {_origin(side_a)} ({file_a})",
        f"b: {name_b}, {_origin(side_b)} ({file_b})",
        "",
        verdict(compare_pairs(matched.pairs), name_a=name_a, name_b=name_b),
        "",
        markdown_table(_HEADER, _rows(matched.pairs)),
        *_unpaired(matched, name_a=name_a, name_b=name_b),
        *_unanswered(matched.pairs, name_a=name_a, name_b=name_b),
        *(f"{file}: the last line is unfinished and was left out" for found in read for file in found.torn),
    ]
    return "\n".join(lines).rstrip() + "\n"


def verdict(found: Comparison, *, name_a: str, name_b: str) -> str:
    """Say in one sentence what the comparison shows and what it does not."""
    counts = f"{found.won} of {found.pairs} pairs won, {found.tied} tied"
    if found.tied == found.pairs:
        return f"No difference: {counts}."
    if found.mean is None:
        answered, silent = (name_b, name_a) if found.won else (name_a, name_b)
        both = "" if not (found.won and found.lost) else "; neither is feasible where the other is"
        return f"No pair with two feasible answers: {answered} answers where {silent} does not, {counts}{both}."
    word = "cheaper" if found.mean < 0 else "dearer"
    share = f"{name_b} is {abs(found.mean):.2%} {word}".replace("%", " %")
    if found.low is not None and found.high is not None:
        ends = (found.low, found.high) if found.mean >= 0 else (-found.high, -found.low)
        share += f" ({100 * ends[0]:.2f} to {100 * ends[1]:.2f})"
    figures = f"{share}, {counts}, p = {found.p:.2g}"
    if found.priced < found.pairs:
        figures += f"; percentages of {found.priced} pairs with two feasible answers"
    if found.instances < FEWEST_INSTANCES:
        some = "one instance says" if found.instances == 1 else f"{found.instances} instances say"
        return f"No verdict: {some} nothing of others, {FEWEST_INSTANCES} at least could. {figures}."
    is_clear = found.low is not None and found.high is not None and (found.high < 0 or found.low > 0)
    is_one_way = (found.won > found.lost) == (found.mean < 0)
    if found.p > SIGNIFICANT or not is_clear or not is_one_way:
        return f"No difference that these runs can show: {figures}."
    return f"{figures}."


def main(arguments: list[str]) -> None:
    """Read the options, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="one or two files of runs: a, b")
    parser.add_argument("--solvers", default="ours", help="one name, or two with a comma: of a, of b; default: ours")
    parser.add_argument("--suite", help="only these: vrptw,trsp")
    parser.add_argument("--limit", help="only runs of so many seconds: 10,60")
    parser.add_argument("--mixed", action="store_true", help="allow several commits, versions and machines")
    chosen = parser.parse_args(arguments)
    solvers = chosen.solvers.split(",")
    if len(chosen.files) > 2 or len(solvers) > 2:
        parser.error("two sides are compared: name one or two files and one or two solvers")
    if len(chosen.files) == len(solvers) == 1:
        parser.error("with one file name two solvers, as in --solvers ours,pyvrp")
    try:
        limits_s = tuple(float(limit) for limit in chosen.limit.split(",")) if chosen.limit else ()
    except ValueError:
        parser.error(f"argument --limit: {chosen.limit!r} is not a list of seconds. Maybe as in --limit 10,60")
    suites = tuple(chosen.suite.split(",")) if chosen.suite else ()
    choice = Choice(suites=suites, limits_s=limits_s, is_mixed_allowed=chosen.mixed)
    try:
        print(compare(chosen.files, solvers=solvers, choice=choice), end="")
    except DispatchError as error:
        sys.exit(f"error: {error}")


def _side(runs: Sequence[Run], *, file: Path, solver: str, choice: Choice) -> tuple[Run, ...]:
    chosen = tuple(run for run in runs if run.solver == solver and choice.admits(run))
    if not chosen:
        there = sorted({f"{run.solver} on {run.suite} for {run.limit_s:g} s" for run in runs})
        message = f"no run of {solver} as asked; there are: {', '.join(there)}"
        raise BadInputError([Problem(path="", message=message, remedy="Maybe choose with --solvers")], source=str(file))
    if not choice.is_mixed_allowed:
        require_same("commit", (run.commit for run in chosen), what=f"{file}, {solver}")
        require_same("version", (run.version for run in chosen), what=f"{file}, {solver}")
    return chosen


def _names(file_a: Path, file_b: Path) -> tuple[str, str]:
    return ("a", "b") if file_a.stem == file_b.stem else (file_a.stem, file_b.stem)


def _origin(runs: Sequence[Run]) -> str:
    versions, commits = sorted({run.version for run in runs}), sorted({run.commit for run in runs})
    return f"version {', '.join(versions)}, commit {', '.join(commits)}"


def _rows(pairs: Sequence[Pair]) -> list[list[str]]:
    of_row: dict[tuple[str, float, int], list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_row[f"{pair.a.suite}, {pair.a.group}", pair.a.limit_s, pair.a.threads].append(pair)
    rows = []
    for (name, limit_s, threads), group in sorted(of_row.items()):
        found = compare_pairs(group)
        shares = (found.mean, found.median, found.best, found.worst)
        rows.append(
            [name, f"{limit_s:g}", str(threads), str(found.pairs)]
            + ["-" if share is None else f"{100 * share:+.2f}" for share in shares]
            + [str(found.won), str(found.tied), str(found.lost)]
            + [_totals([p.a.unassigned for p in group], [p.b.unassigned for p in group])]
            + [_totals([p.a.missed for p in group], [p.b.missed for p in group])]
        )
    return rows


def _totals(of_a: Iterable[int | None], of_b: Iterable[int | None]) -> str:
    return f"{sum(count or 0 for count in of_a)} -> {sum(count or 0 for count in of_b)}"


def _unpaired(matched: Matched, *, name_a: str, name_b: str) -> list[str]:
    sides = ((name_a, matched.only_a), (name_b, matched.only_b))
    return [f"{len(runs)} unpaired runs of {name}: {_listed(runs)}" for name, runs in sides if runs]


def _unanswered(pairs: Sequence[Pair], *, name_a: str, name_b: str) -> list[str]:
    sides = ((name_a, [pair.a for pair in pairs]), (name_b, [pair.b for pair in pairs]))
    without = [(name, [run for run in runs if not run.is_feasible]) for name, runs in sides]
    return [f"{len(runs)} runs of {name} without a feasible answer: {_listed(runs)}" for name, runs in without if runs]


def _listed(runs: Iterable[Run]) -> str:
    """Name runs, the seeds of an instance together."""
    by_all_but_seed = sorted(runs, key=lambda run: (run.suite, run.instance, run.limit_s, run.threads, run.seed))
    parts = []
    for (suite, instance, limit_s, threads), group in groupby(
        by_all_but_seed, key=lambda run: (run.suite, run.instance, run.limit_s, run.threads)
    ):
        seeds = ", ".join(str(run.seed) for run in group)
        parts.append(f"{suite} {instance} {limit_s:g} s on {threads} thread(s), seeds {seeds}")
    return "; ".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
