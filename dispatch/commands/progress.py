"""How a search is shown while it runs, on stderr: a live bar for people, lines of JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.console import Group

    from dispatch.domain.run import RunProgress
    from dispatch.planner.plan import PlanOptions
    from dispatch.ports import PlannerProgress

Report = Callable[["PlannerProgress"], None]


@contextmanager
def reporting(mode: Literal["auto", "json", "none"], options: PlanOptions) -> Iterator[Report | None]:
    """Give the function to report progress to; None if nobody looks. Whatever was shown is closed at the end."""
    if mode == "json":
        yield _print_json
    elif mode == "auto" and sys.stderr.isatty():
        with _live_bar(options) as report:
            yield report
    else:
        yield None


def _print_json(report: PlannerProgress) -> None:
    print(json.dumps(asdict(report.progress)), file=sys.stderr, flush=True)


@contextmanager
def _live_bar(options: PlanOptions) -> Iterator[Report]:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), transient=True, refresh_per_second=4) as live:
        yield lambda report: live.update(_picture(report.progress, options))


def _picture(progress: RunProgress, options: PlanOptions) -> Group:
    """How far the search is and what it has; below, what the plan costs by term."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    share = _share_done(progress, options)
    line = Table.grid(padding=(0, 2))
    line.add_row(
        ProgressBar(total=1.0, completed=share or 0.0, width=20, pulse=share is None),
        f"{progress.elapsed_s:.1f} s",
        f"cost {progress.cost:,}",
        f"{progress.unassigned} unassigned",
        f"{progress.iterations_per_s:,.0f} iterations/s",
    )
    terms = "   ".join(f"{name} {price:,}" for name, price in progress.cost_terms.items() if price)
    return Group(line, Text(terms, style="dim"))


def _share_done(progress: RunProgress, options: PlanOptions) -> float | None:
    """Return how much of the search is over; None if nothing but a cancel ends it."""
    shares = []
    if options.limit_s:
        shares.append(progress.elapsed_s / options.limit_s)
    if options.iterations:
        shares.append(progress.iterations / (options.iterations * (options.threads or 1)))
    return min(1.0, max(shares)) if shares else None
