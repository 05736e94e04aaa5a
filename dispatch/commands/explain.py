"""`dispatch explain`: why an order is where it is in a plan, or why it is in no route."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.commands.limits import parse_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.domain.plan import Unassigned
    from dispatch.domain.request import Request
    from dispatch.planner.order_story import OrderStory


def register(app: typer.Typer) -> None:
    """Add `explain` to `app`."""
    app.command("explain")(explain)


def explain(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    plan: Annotated[Path, typer.Argument(help="A plan of it.", metavar="PLAN")],
    order: Annotated[str | None, typer.Option("--order", metavar="ID", help="The order to explain.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Explain every unassigned order.")] = False,
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
    """Tell who serves an order and why, or prove why nobody does; or say what more hours would be worth."""
    if [order is not None, everything, worth is not None].count(True) != 1:
        raise typer.BadParameter("give one of --order ID, --all and --worth TIME")
    from dispatch.domain.files import read_plan, read_request
    from dispatch.planner.order_story import PlanReader
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources

    wanted = read_request(request)
    sources = TravelSources(folder=request.parent)
    reader = PlanReader(wanted, read_plan(plan), policy=load_policy(policy), sources=sources)
    if worth is not None:
        from dispatch.planner.plan import available_cores

        print("one more technician-hour would lower the bound by at most (cost, at the margin):")
        for hour in reader.worth_of_hours(limit_s=worth, threads=available_cores(), clock=time.monotonic):
            who = "1 technician" if hour.technicians == 1 else f"{hour.technicians} technicians"
            print(f"  {hour.day} {hour.half_day:<9} {hour.skill:<12} {hour.cost_per_hour:>12,}  (mean over {who})")
        return
    if order is not None:
        for line in _story_lines(reader.story(order), wanted):
            print(line)
        return
    unassigned = reader.unassigned()
    for entry in unassigned:
        print(f"order {entry.order}")
        for line in _reason_lines(entry):
            print(f"  {line}")
    if not unassigned:
        print("every order is planned")


def _story_lines(story: OrderStory, request: Request) -> Iterator[str]:
    from dispatch.planner.reason_details import local_text

    order = story.order
    yield f"order {order.id}: {order.kind} in community {order.community}, tier {request.tier_of(order)}"
    for promise in story.due.promises:
        yield f"  promise {promise.rule}: due {local_text(promise.due, request)} ({promise.reason})"
    if order.due is not None:
        yield f"  due {local_text(order.due, request)}, as the order says itself"
    if story.due.due is None:
        yield "  nothing is promised"
    if story.unassigned is not None:
        yield "in no route:"
        yield from (f"  {line}" for line in _reason_lines(story.unassigned))
    if story.route is None or story.visit is None:
        return
    visit = story.visit
    yield f"served by technician {story.route.technician} on shift {story.route.shift}"
    yield f"  arrival {local_text(visit.arrival, request)} after {visit.travel_s} s of travel, wait {visit.wait_s} s"
    yield f"  service {local_text(visit.start, request)} to {local_text(visit.end, request)}, lock {visit.lock}"
    if story.due.due is not None:
        early_s = int((story.due.due - visit.end).total_seconds())
        yield f"  ends {early_s} s before it is due" if early_s >= 0 else f"  ends {-early_s} s late"
    if story.slack_s is not None:
        yield f"  slack {story.slack_s} s: it may start so much later without making its route late or impossible"


def _reason_lines(entry: Unassigned) -> Iterator[str]:
    for reason in entry.reasons:
        count = "1 technician" if reason.technicians == 1 else f"{reason.technicians} technicians"
        yield f"{reason.code} ({count}): {reason.detail}"
