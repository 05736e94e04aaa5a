"""`dispatch risk`: how likely each visit of a plan is to be on time, and each technician to work overtime."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dispatch.domain.plan import Plan, PlanRoute, VisitStop
    from dispatch.domain.request import Request


def register(app: typer.Typer) -> None:
    """Add `risk` to `app`."""
    app.command("risk")(risk)


def risk(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    plan: Annotated[Path, typer.Argument(help="A plan of it.", metavar="PLAN")],
    *,
    most: Annotated[int, typer.Option("--most", min=1, metavar="N", help="List so many visits and technicians.")] = 20,
    scenarios: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, metavar="N", help="Random courses of the day; default: the policy's."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random courses.")] = 1,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the plan with its odds.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML) the plan was made with.")
    ] = None,
) -> None:
    """Tell how likely visits are on time and promises kept, riskiest first, and who may work overtime."""
    from dispatch.domain.files import read_plan, read_request, write_plan
    from dispatch.planner.plan import available_cores
    from dispatch.planner.risk import odds_of_plan, with_odds
    from dispatch.policy.settings import load_policy

    wanted, shown = read_request(request), read_plan(plan)
    odds = odds_of_plan(
        wanted, shown, policy=load_policy(policy), scenarios=scenarios, seed=seed, threads=available_cores()
    )
    told = with_odds(shown, odds)
    for line in _lines(wanted, told, most):
        print(line)
    if output is not None:
        write_plan(output, told)


def _lines(request: Request, plan: Plan, most: int) -> Iterator[str]:
    visits = [(route, visit) for route in plan.routes for visit in route.visits if visit.odds is not None]
    yield from _expected(visits)
    yield "riskiest visits:"
    yield f"  {'order':<12} {'technician':<12} {'planned':<16} {'10-90 %':<13} {'on time':>8} {'promise':>8}"
    for route, visit in sorted(visits, key=lambda entry: _risk_of(entry[1]))[:most]:
        yield f"  {visit.order:<12} {route.technician:<12} {_visit_text(visit, request)}"
    yield "overtime:"
    routes = sorted(plan.routes, key=lambda route: -(route.overtime_odds or 0))
    for route in routes[:most]:
        yield f"  {route.technician:<12} {route.shift:<12} {_percent(route.overtime_odds):>8}"


def _expected(visits: list[tuple[PlanRoute, VisitStop]]) -> Iterator[str]:
    """Yield how many windows and promises will be missed, on average."""
    odds = [visit.odds for _, visit in visits if visit.odds is not None]
    on_time = [chances.on_time for chances in odds if chances.on_time is not None]
    kept = [chances.promise_kept for chances in odds if chances.promise_kept is not None]
    yield f"expected: {len(on_time) - sum(on_time):.1f} of {len(on_time):,} windows missed"
    yield f"expected: {len(kept) - sum(kept):.1f} of {len(kept):,} promises broken"


def _risk_of(visit: VisitStop) -> float:
    """Return the chance that all goes well, the smaller one."""
    odds = visit.odds
    known = [] if odds is None else [p for p in (odds.on_time, odds.promise_kept) if p is not None]
    return min(known, default=1.0)


def _visit_text(visit: VisitStop, request: Request) -> str:
    odds = visit.odds
    if odds is None:
        return ""
    arrival = " to ".join(f"{moment.astimezone(request.zone):%H:%M}" for moment in (odds.arrival_from, odds.arrival_to))
    planned = f"{visit.start.astimezone(request.zone):%Y-%m-%d %H:%M}"
    return f"{planned:<16} {arrival:<14} {_percent(odds.on_time):>7} {_percent(odds.promise_kept):>8}"


def _percent(p: float | None) -> str:
    return "-" if p is None else f"{100 * p:.1f} %"
