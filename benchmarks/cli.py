"""Commands that this package contributes to `dispatch`: `city`, `demo`.

Everything heavy is imported inside the commands: `dispatch --help` reads this file.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from dispatch.domain.request import Request

STDOUT: Final = Path("-")


class SizeChoice(StrEnum):
    """Sizes of cities."""

    VILLAGE = "village"
    DISTRICT = "district"
    CITY = "city"


class TravelChoice(StrEnum):
    """Kinds of travel."""

    STRAIGHT_LINE = "straight_line"
    MATRIX = "matrix"


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(city)


def city(
    *,
    size: Annotated[
        SizeChoice, typer.Option(help="village: 60 orders, 10 technicians; district: 300, 45; city: 2,000, 300.")
    ] = SizeChoice.DISTRICT,
    seed: Annotated[int, typer.Option(help="Another seed, another city.", min=0)] = 7,
    load: Annotated[
        float,
        typer.Option(help="Work over technician time of one day: 0.7 slack, 0.9 as the sizes say, 1.3 too much."),
    ] = 0.9,
    days: Annotated[int, typer.Option(help="Days with shifts, 1 to 7; the orders stay as many.")] = 1,
    travel: Annotated[
        TravelChoice, typer.Option(help="matrix: travel times written out (not for a city).")
    ] = TravelChoice.STRAIGHT_LINE,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write; an existing one is replaced. - = standard output.")
    ] = STDOUT,
) -> None:
    """Write a synthetic city as a planning request: the same options, the same bytes."""
    from benchmarks.cities.generate import generate_city
    from benchmarks.cities.spec import CitySpec
    from dispatch.domain.files import to_json, write_request

    request = generate_city(CitySpec(size=size.value, seed=seed, load=load, days=days, travel=travel.value))
    if output == STDOUT:
        sys.stdout.write(to_json(request))
    else:
        write_request(output, request)
    typer.echo(f"{_summary(request)} -> {output}", err=True)


def _summary(request: Request) -> str:
    shifts = sum(len(technician.shifts) for technician in request.technicians)
    return f"{len(request.orders)} orders, {len(request.technicians)} technicians, {shifts} shifts"
