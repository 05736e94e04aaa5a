"""`dispatch check`: the independent checker alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add `check` to `app`."""
    app.command("check")(check)


def check(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    plan: Annotated[Path, typer.Argument(help="The plan to judge.", metavar="PLAN")],
    policy: Annotated[Path | None, typer.Option(help="Policy file (TOML); default: the built-in policy.")] = None,
) -> None:
    """Check a plan against its request: exit 0 if every rule and cost holds, 1 and a line per violation otherwise."""
    from dispatch.check import check as check_plan
    from dispatch.commands.summary import stand_in_text
    from dispatch.domain.files import read_plan, read_request
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources

    wanted, judged = read_request(request), read_plan(plan)
    sources = TravelSources(folder=request.parent)
    report = check_plan(wanted, judged, policy=load_policy(policy), sources=sources)
    if judged.run.travel is not None:
        print(f"note: {stand_in_text(judged.run.travel)}")
    for violation in report.violations:
        print(violation)
    for violation in report.declared:
        print(f"declared: {violation}")
    if not report.ok:
        raise typer.Exit(1)
    print(f"ok: every rule holds, cost {report.cost.total}")
