"""`dispatch replan`: plan the rest of the running day anew after what has happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatch.commands.limits import parse_limit
from dispatch.commands.search_options import Iterations, PolicyFile, Seed, Threads

if TYPE_CHECKING:
    from datetime import datetime

    from dispatch.domain.live_day import LiveDay
    from dispatch.usecases.replan_urgent import Replanned

DEFAULT_LIMIT_S: Final = 3.0
DAY, REQUEST, PLAN, DIFF = "day.json", "request.json", "plan.json", "diff.json"


def register(app: typer.Typer) -> None:
    """Add `replan` to `app`."""
    app.command("replan")(replan)


def replan(
    request: Annotated[
        Path,
        typer.Argument(
            help=f"The request of the night, or a folder that an earlier replan wrote: the day goes on there ({DAY}).",
            metavar="REQUEST|FOLDER",
        ),
    ],
    plan: Annotated[
        Path | None, typer.Argument(help="The plan in force; none with a folder.", metavar="[PLAN]")
    ] = None,
    *,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help=f"Where {PLAN}, the {REQUEST} it answers, {DIFF} and {DAY} go."
        ),
    ],
    events: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What has happened: events as JSON Lines, in their order.")
    ] = None,
    now: Annotated[
        str | None, typer.Option(metavar="TIME", help="The moment, RFC 3339.  [default: that of the last event]")
    ] = None,
    limit: Annotated[
        float | None, typer.Option(parser=parse_limit, metavar="TIME", help="Time for the search.  [default: 3s]")
    ] = None,
    iterations: Iterations = None,
    seed: Seed = 1,
    threads: Threads = None,
    policy: PolicyFile = None,
) -> None:
    """Plan the rest of the day after events: nothing done or under way moves, and changes have their price."""
    from dispatch.clock import SystemClock
    from dispatch.commands.diff import diff_lines
    from dispatch.commands.interrupt import StopOnInterrupt
    from dispatch.domain.event_log import read_events
    from dispatch.domain.run import RunParameters
    from dispatch.planner.unchanged import unchanged_cost
    from dispatch.planning_adapters import NightPlanner
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources
    from dispatch.usecases.replan_urgent import after_events
    from dispatch.usecases.replan_urgent import replan as replan_day

    base = load_policy(policy)
    day = after_events(_day(request, plan), read_events(events) if events is not None else ())
    if now is not None:
        day = day.at(_moment(now, day))
    parameters = RunParameters(
        limit_s=DEFAULT_LIMIT_S if limit is None and iterations is None else limit,
        iterations=iterations,
        seed=seed,
        threads=threads,
    )
    planner = NightPlanner(clock=SystemClock(), map_dir=request.parent, confined=False)
    sources = TravelSources(folder=request.parent)
    with StopOnInterrupt() as stop:
        found = replan_day(
            day,
            planner=planner,
            policy=base,
            parameters=parameters,
            is_cancelled=stop.was_interrupted,
            unchanged=lambda left, plan: unchanged_cost(left, plan, policy=base, sources=sources),
        )
    _write(output, found)
    for line in diff_lines(found.diff, found.request):
        print(line)
    print(_cost_line(found))
    for violation in found.plan.violations:
        print(f"forced by a lock or an event: {violation}")


def _day(request: Path, plan: Path | None) -> LiveDay:
    """Return the day as an earlier replan left it, or as a request and its plan begin it."""
    from dispatch.domain.files import read_plan, read_request, with_map_found
    from dispatch.domain.live_day import begin_day
    from dispatch.domain.live_day_file import read_day_file
    from dispatch.domain.plan_fit import require_fit

    if request.is_dir():
        if plan is not None:
            raise typer.BadParameter(f"{request} is a folder, whose plan is in force already: give no PLAN")
        return read_day_file(request / DAY)
    if plan is None:
        raise typer.BadParameter("give the PLAN in force, or a folder that an earlier replan wrote")
    wanted, in_force = read_request(request), read_plan(plan)
    require_fit(wanted, in_force)
    return begin_day(with_map_found(wanted, request.parent), in_force)


def _moment(text: str, day: LiveDay) -> datetime:
    from pydantic_core import PydanticCustomError

    from dispatch.domain.apply_event import reach_of
    from dispatch.domain.values import read_instant

    try:
        moment = read_instant(text)
    except PydanticCustomError as error:
        raise typer.BadParameter(str(error), param_hint="--now") from None
    last = reach_of(day)[1]
    if not day.now <= moment <= last:
        message = f"{text} does not lie between the last news, {day.now.isoformat()}, and {last.isoformat()}"
        raise typer.BadParameter(message, param_hint="--now")
    return moment


def _write(folder: Path, found: Replanned) -> None:
    """Write the four files, the day last: as long as it is the old one, the replan has not happened."""
    from dispatch.domain.files import write_plan, write_request, write_text
    from dispatch.domain.live_day_file import day_text
    from dispatch.errors import OutputError

    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
    write_request(folder / REQUEST, found.request)
    write_plan(folder / PLAN, found.plan)
    write_text(folder / DIFF, json.dumps(found.diff.to_document(), ensure_ascii=False, indent=2) + "\n")
    write_text(folder / DAY, day_text(found.day))


def _cost_line(found: Replanned) -> str:
    """Say what the search has saved against the plan in force with new orders inserted."""
    plan = found.plan
    inserted = plan.run.trajectory[0].cost if plan.run.trajectory else plan.cost.total
    return (
        f"cost {plan.cost.total:,}, {len(plan.unassigned)} unassigned; with insertions alone {inserted:,}: "
        f"the search saved {inserted - plan.cost.total:,} in {plan.run.runtime_s:.1f} s"
    )
