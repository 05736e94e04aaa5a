"""`dispatch explain`: why an order is where it is in a plan, or why it is in no route, and what would help."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.commands.limits import parse_limit

if TYPE_CHECKING:
    from dispatch.domain.request import Request
    from dispatch.planner.order_story import PlanReader


def register(app: typer.Typer) -> None:
    """Add `explain` to `app`."""
    app.command("explain")(explain)


def explain(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    plan: Annotated[Path, typer.Argument(help="A plan of it.", metavar="PLAN")],
    order: Annotated[str | None, typer.Option("--order", metavar="ID", help="The order to explain.")] = None,
    *,
    why_not: Annotated[
        str | None,
        typer.Option("--why-not", metavar="ID", help="With --order: what having this technician go would cost."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --order: print everything as one JSON object.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Explain every unassigned order.")] = False,
    remedies: Annotated[
        Path | None,
        typer.Option(
            "--remedies",
            metavar="FILE",
            help="With --all: find what would help those that are not deferred or on hold, too (seconds each), and "
            "write the plan with it.",
        ),
    ] = None,
    worth: Annotated[
        float | None,
        typer.Option(
            parser=parse_limit,
            metavar="TIME",
            help="Take so long to find what one more technician-hour is worth, by half-day and skill.",
        ),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML) the plan was made with.")
    ] = None,
) -> None:
    """Tell who serves an order and why, or prove why nobody does, and what would help; or what more hours are worth."""
    if [order is not None, everything, worth is not None].count(True) != 1:
        raise typer.BadParameter("give one of --order ID, --all and --worth TIME")
    if order is None and (why_not is not None or as_json):
        raise typer.BadParameter("--why-not and --json go with --order ID")
    if remedies is not None and not everything:
        raise typer.BadParameter("--remedies goes with --all; with --order, what would help is always told")
    from dispatch.commands.plan import check_writable
    from dispatch.domain.files import read_plan, read_request
    from dispatch.planner.order_story import PlanReader
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources

    if remedies is not None:
        check_writable(remedies)
    wanted = read_request(request)
    sources = TravelSources(folder=request.parent)
    reader = PlanReader(wanted, read_plan(plan), policy=load_policy(policy), sources=sources)
    if worth is not None:
        _print_worth(reader, worth)
    elif order is not None:
        _print_order(reader, wanted, order, why_not=why_not, as_json=as_json)
    else:
        _print_unassigned(reader, remedies)


def _print_order(reader: PlanReader, request: Request, order: str, *, why_not: str | None, as_json: bool) -> None:
    from dispatch.commands.explanation import explanation_lines

    found = reader.explanation(order, why_not=why_not)
    if as_json:
        print(json.dumps(found.to_document(), ensure_ascii=False, indent=2))
        return
    for line in explanation_lines(found, request):
        print(line)


def _print_unassigned(reader: PlanReader, output: Path | None) -> None:
    from dispatch.commands.explanation import reason_lines
    from dispatch.domain.files import write_plan

    if output is None:
        unassigned = reader.unassigned()
    else:
        plan = reader.plan_with_remedies()
        write_plan(output, plan)
        unassigned = plan.unassigned
    for entry in unassigned:
        print(f"order {entry.order}")
        for line in reason_lines(entry):
            print(f"  {line}")
        for text in entry.remedies:
            print(f"  would help: {text}")
    if not unassigned:
        print("every order is planned")


def _print_worth(reader: PlanReader, limit_s: float) -> None:
    from dispatch.planner.plan import available_cores

    print("one more technician-hour would lower the bound by at most (cost, at the margin):")
    for hour in reader.worth_of_hours(limit_s=limit_s, threads=available_cores(), clock=time.monotonic):
        who = "1 technician" if hour.technicians == 1 else f"{hour.technicians} technicians"
        print(f"  {hour.day} {hour.half_day:<9} {hour.skill:<12} {hour.cost_per_hour:>12,}  (mean over {who})")
