"""`dispatch export`: a plan in the format of another program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from dispatch.exports.exported_plan import ExportedPlan

ExportFormat = Literal["csv", "geojson", "ical", "vroom", "pragmatic"]


def register(app: typer.Typer) -> None:
    """Add `export` to `app`."""
    app.command("export")(export)


def export(
    request: Annotated[Path, typer.Argument(help="The planning request.", metavar="REQUEST")],
    plan: Annotated[Path, typer.Argument(help="A plan of it.", metavar="PLAN")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="OUT", help="A file for geojson, else a folder, made if missing.")
    ],
    *,
    to: Annotated[ExportFormat, typer.Option("--to", help="The format.")],
    technician: Annotated[
        str | None, typer.Option(metavar="ID", help="ical: only this technician; OUT is then a file.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML) the plan was made with.")
    ] = None,
) -> None:
    """Write a plan as spreadsheets, a map, calendars, or the problem and solution of another routing tool."""
    if technician is not None and to != "ical":
        raise typer.BadParameter("--technician goes with --to ical only")
    from dispatch.commands.summary import stand_in_text
    from dispatch.domain.files import read_plan, read_request
    from dispatch.exports.exported_plan import exported_plan
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources

    base = load_policy(policy)
    sources = TravelSources(folder=request.parent)
    exported = exported_plan(read_request(request), read_plan(plan), policy=base, sources=sources)
    if to == "geojson" or technician is not None:
        write_one(exported, output, technician=technician)
    else:
        write_several(exported, to, output)
    if exported.plan.run.travel is not None:
        print(f"warning: {stand_in_text(exported.plan.run.travel)}", file=sys.stderr)


def write_one(exported: ExportedPlan, output: Path, *, technician: str | None) -> None:
    """Write an export that is one file: the calendar of a technician, or without one the map."""
    from dispatch.domain.files import write_text
    from dispatch.errors import NotFoundError

    if technician is None:
        from dispatch.exports.geojson import geojson_text

        text = geojson_text(exported)
    else:
        from dispatch.exports.calendars import calendar_text

        if technician not in exported.request.technicians_by_id:
            raise NotFoundError(f"technician {technician!r} is not in the request")
        text = calendar_text(exported, exported.request.technicians_by_id[technician])
    write_text(output, text)
    print(output)


def write_several(exported: ExportedPlan, to: ExportFormat, output: Path) -> None:
    """Write an export that is a folder of files, and say on stderr what its format cannot tell."""
    from dispatch.exports.text_files import write_files

    warnings: tuple[str, ...] = ()
    match to:
        case "csv":
            from dispatch.exports.csv_tables import csv_files

            files = csv_files(exported)
        case "ical":
            from dispatch.exports.calendars import calendar_files

            files = calendar_files(exported)
        case "vroom":
            from dispatch.exports.routing_problem import routing_problem
            from dispatch.exports.vroom import vroom_files, vroom_losses

            problem = routing_problem(exported)
            files, warnings = vroom_files(exported, problem), problem.losses + vroom_losses(problem)
        case _:
            from dispatch.exports.pragmatic import pragmatic_files, pragmatic_losses
            from dispatch.exports.routing_problem import routing_problem

            problem = routing_problem(exported)
            files, warnings = pragmatic_files(exported, problem), problem.losses + pragmatic_losses(problem)
    write_files(output, files)
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for name in files:
        print(output / name)
