"""`dispatch report`: a plan as one HTML page."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ReportLanguage(StrEnum):
    """Languages of a report."""

    EN = "en"
    ZH = "zh"


def register(app: typer.Typer) -> None:
    """Add `report` to `app`."""
    app.command("report")(report)


def report(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    plan: Annotated[Path, typer.Argument(help="A plan of it.", metavar="PLAN")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")],
    language: Annotated[
        ReportLanguage, typer.Option("--language", help="en: English; zh: simplified Chinese.")
    ] = ReportLanguage.EN,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML) the plan was made with.")
    ] = None,
) -> None:
    """Write a plan as one HTML page to look at, send on or print: figures, schedule, map, reasons, cost."""
    from dispatch.check import check
    from dispatch.domain.files import read_plan, read_request, write_text
    from dispatch.errors import RoutingServerError
    from dispatch.policy.settings import load_policy
    from dispatch.report.build import build_report
    from dispatch.travel_sources import TravelSources

    wanted, shown = read_request(request), read_plan(plan)
    rules, sources = load_policy(policy), TravelSources(folder=request.parent)
    verdict, unchecked = None, ""
    try:
        verdict = check(wanted, shown, policy=rules, sources=sources)
    except RoutingServerError as error:  # the page needs no server
        unchecked = str(error)
    page = build_report(wanted, shown, verdict=verdict, policy=rules, sources=sources, language=language.value)
    write_text(output, page)
    if verdict is None:
        print(f"warning: the plan could not be checked: {unchecked}", file=sys.stderr)
    elif not verdict.ok:
        print(
            f"warning: the plan fails the check: {len(verdict.violations)} violation(s), listed in the page",
            file=sys.stderr,
        )
