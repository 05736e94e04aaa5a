"""`dispatch plan`: from a request file to a checked plan file."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from dispatch.commands.limits import parse_limit
from dispatch.commands.search_options import Iterations, PolicyFile, Seed, Threads

if TYPE_CHECKING:
    from dispatch.domain.plan import Plan
    from dispatch.domain.request import Request
    from dispatch.planner.plan import PlanOptions
    from dispatch.planner.timings import PlanningTimings
    from dispatch.policy.settings import Policy
    from dispatch.travel_sources import TravelSources

ProgressMode = Literal["auto", "json", "none"]
DEFAULT_LIMIT_S = 30.0


def register(app: typer.Typer) -> None:
    """Add `plan` to `app`."""
    app.command("plan")(plan)


def plan(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the plan goes.", metavar="PLAN")],
    *,
    limit: Annotated[
        float | None,
        typer.Option(parser=parse_limit, metavar="TIME", help="Time for the search, as in 30s or 2m.  [default: 30s]"),
    ] = None,
    iterations: Iterations = None,
    seed: Seed = 1,
    threads: Threads = None,
    prove: Annotated[
        float | None,
        typer.Option(
            parser=parse_limit,
            metavar="TIME",
            help="Time to prove a lower bound after the search: how far from optimal the plan can be at most.",
        ),
    ] = None,
    policy: PolicyFile = None,
    progress: Annotated[
        ProgressMode, typer.Option(help="On stderr: auto = a live bar on a terminal; json = a line per report.")
    ] = "auto",
    timings: Annotated[bool, typer.Option("--timings", help="Print how long each phase took, on stderr.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print no warnings and no summary.")] = False,
) -> None:
    """Plan a request and check the plan. Ctrl-C or SIGTERM during the search ends it and keeps its best plan."""
    from dispatch.commands.summary import print_summary, stand_in_text
    from dispatch.domain.files import read_request, write_plan
    from dispatch.planner.plan import PlanOptions
    from dispatch.planner.timings import PlanningTimings
    from dispatch.policy.settings import effective_policy, load_policy
    from dispatch.policy.warnings import request_warnings
    from dispatch.travel_sources import TravelSources

    phases = PlanningTimings(time.monotonic)
    check_writable(output)
    with phases.measure("read"):
        base = load_policy(policy)
        wanted = read_request(request)
        effective = effective_policy(wanted, base)
    if not quiet:
        for warning in request_warnings(wanted, effective):
            print(f"warning: {warning}", file=sys.stderr)
    options = PlanOptions(
        limit_s=DEFAULT_LIMIT_S if limit is None and iterations is None else limit,
        iterations=iterations,
        seed=seed,
        threads=threads,
        prove_s=prove,
    )
    sources = TravelSources(folder=request.parent)
    found = plan_interruptibly(
        wanted, policy=effective, options=options, progress=progress, timings=phases, sources=sources
    )
    if found.run.travel is not None:
        print(f"warning: {stand_in_text(found.run.travel)}", file=sys.stderr)
    with phases.measure("write"):
        write_plan(output, found)
    if not quiet:
        print_summary(found, wanted)
    if timings:
        total_s = sum(phases.seconds.values())
        for phase, seconds in [*phases.seconds.items(), ("total", total_s)]:
            print(f"{phase:>9} {seconds:8.3f} s", file=sys.stderr)


def plan_interruptibly(
    request: Request,
    *,
    policy: Policy,
    options: PlanOptions,
    progress: ProgressMode,
    timings: PlanningTimings,
    sources: TravelSources | None = None,
) -> Plan:
    """Return a checked plan, made under a progress display; Ctrl-C as in `dispatch.commands.interrupt`."""
    from dispatch.commands.interrupt import StopOnInterrupt
    from dispatch.commands.progress import reporting
    from dispatch.planner.plan import make_plan

    with StopOnInterrupt() as stop, reporting(progress, options) as report:
        return make_plan(
            request,
            policy=policy,
            options=options,
            clock=timings.clock,
            on_progress=report,
            is_cancelled=stop.was_interrupted,
            timings=timings,
            sources=sources,
        )


def check_writable(path: Path) -> None:
    """Refuse a place for the output before any work is done for it.

    Raises
    ------
    OutputError
        If the folder does not exist or cannot be written to, the path is a folder, or it can be no path at all.
    """
    from dispatch.errors import OutputError

    if path == Path("-"):
        raise OutputError("-: would be a file of that name. Maybe give /dev/stdout, with --quiet.")
    try:
        folder, is_folder, is_device = path.resolve().parent, path.is_dir(), path.exists() and not path.is_file()
        is_there = folder.is_dir()
    except (OSError, RuntimeError) as error:  # RuntimeError: symbolic links in a circle, up to Python 3.12
        reason = error.strerror if isinstance(error, OSError) else "a circle of symbolic links"
        raise OutputError(f"{path}: cannot be written: {reason}. Maybe choose another path.") from error
    if not is_there:
        raise OutputError(f"{path}: its folder does not exist. Maybe make it first.")
    if is_folder:
        raise OutputError(f"{path}: is a folder. Maybe name a file in it.")
    if not is_device and not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: its folder cannot be written to. Maybe choose another.")
