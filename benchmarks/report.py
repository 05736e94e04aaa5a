"""Writes benchmark results as Markdown tables and plots, and brings benchmarks/RESULTS.md up to date.

`python -m benchmarks.report results.jsonl -o FOLDER` writes report.md and two plots for each suite into the folder;
`--into benchmarks/RESULTS.md` puts each suite's tables between its markers there. docs/benchmarking.md says how to
read them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.report_plots import draw_gap_over_time, draw_mean_gap
from benchmarks.report_section import Section
from benchmarks.report_tables import section_tables
from benchmarks.results import Results, read_results, require_same
from dispatch.errors import BadInputError, DispatchError, OutputError, Problem

BASELINE: Final = "ours"


def sections(results: Results, *, baseline: str = BASELINE, is_mixed_allowed: bool = False) -> tuple[Section, ...]:
    """Sort runs by suite, in alphabetical order.

    Raises
    ------
    BadInputError
        If the runs of a suite come from several commits or machines, or those of a solver from several of its
        versions, unless that is allowed.
    """
    suites = sorted({run.suite for run in results.runs})
    found = [
        Section(suite=suite, runs=tuple(run for run in results.runs if run.suite == suite), baseline=baseline)
        for suite in suites
    ]
    for section in () if is_mixed_allowed else found:
        require_same("commit", (run.commit for run in section.runs), what=section.suite)
        require_same("machine", (run.machine for run in section.runs), what=section.suite)
        for row, runs in section.rows.items():
            require_same("version", (run.version for run in runs), what=f"{section.suite}, {row}")
    return tuple(found)


def write_report(found: Sequence[Section], folder: Path, *, torn: Sequence[Path] = ()) -> None:
    """Write report.md and the plots of each suite into `folder`, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = ["# Benchmark results\n"]
    parts += [f"{file}: the last line is unfinished and was left out.\n" for file in torn]
    for section in found:
        gaps, means = f"gap_over_time_{section.suite}.svg", f"mean_gap_{section.suite}.svg"
        draw_gap_over_time(section, folder / gaps)
        draw_mean_gap(section, folder / means)
        pictures = f"![Primal gap over time]({gaps})\n\n![Mean primal gap]({means})\n"
        parts.append(f"## {section.suite}\n\n{section_tables(section)}\n{pictures}")
    (folder / "report.md").write_text("\n".join(parts), encoding="utf-8")


def put_between_markers(document: str, tables: Mapping[str, str]) -> str:
    """Return a document with each suite's tables between `<!-- begin SUITE -->` and `<!-- end SUITE -->`.

    What stands between the markers of other suites stays.

    Raises
    ------
    BadInputError
        If a suite has no markers there.
    """
    for suite, text in tables.items():
        begin, end = f"<!-- begin {suite} -->", f"<!-- end {suite} -->"
        before, found_begin, rest = document.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            remedy = f"Maybe add the lines {begin} and {end}"
            raise BadInputError([Problem(path=suite, message="the document has no markers of it", remedy=remedy)])
        document = f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}"
    return document


def main(arguments: list[str]) -> None:
    """Read the options and write what they ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files of runs (results.jsonl)")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="where report.md and the plots go")
    parser.add_argument("--into", type=Path, metavar="DOCUMENT", help="Markdown file whose marked tables are replaced")
    parser.add_argument("--baseline", default=BASELINE, help=f"whom costs are relative to; default: {BASELINE}")
    parser.add_argument("--mixed", action="store_true", help="allow several commits, versions and machines")
    chosen = parser.parse_args(arguments)
    if chosen.output is None and chosen.into is None:
        parser.error("nothing to write: name a folder with -o, a document with --into, or both")
    try:
        results = read_results(chosen.files)
        found = sections(results, baseline=chosen.baseline, is_mixed_allowed=chosen.mixed)
        if chosen.output is not None:
            write_report(found, chosen.output, torn=results.torn)
        if chosen.into is not None:
            _refresh(chosen.into, found)
    except DispatchError as error:
        sys.exit(f"error: {error}")
    for file in results.torn:
        print(f"{file}: the last line is unfinished and was left out", file=sys.stderr)


def _refresh(document: Path, found: Sequence[Section]) -> None:
    tables = {section.suite: section_tables(section) for section in found}
    try:
        document.write_text(put_between_markers(document.read_text(encoding="utf-8"), tables), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{document}: cannot be brought up to date: {error.strerror or error}") from error


if __name__ == "__main__":
    main(sys.argv[1:])
