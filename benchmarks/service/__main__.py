"""`python -m benchmarks.service`: figures of the service, each by a command of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from benchmarks.service.intake import measure_intake
from benchmarks.service.reads import measure_reads
from benchmarks.service.status_page import measure_status_page

app = typer.Typer(help="Measure the service over loopback.", no_args_is_help=True, pretty_exceptions_enable=False)
DatabaseUrl = Annotated[str | None, typer.Option(help="An empty PostgreSQL database; default: SQLite.")]


@app.command()
def intake(
    orders: Annotated[int, typer.Option(min=1, max=10_000, help="Orders of each request.")] = 10_000,
    requests: Annotated[int, typer.Option(min=1, help="Requests, one after the other.")] = 2,
    database_url: DatabaseUrl = None,
) -> None:
    """Take in orders in bulk; prints orders a second."""
    for line in measure_intake(orders=orders, requests=requests, database_url=database_url):
        print(line, flush=True)


@app.command()
def reads(
    rate: Annotated[float, typer.Option(min=1, help="Requests a second.")] = 100.0,
    seconds: Annotated[float, typer.Option(min=1, help="How long.")] = 30.0,
    database_url: DatabaseUrl = None,
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 = the service plans itself.")] = 0,
    size: Annotated[str, typer.Option(help="City that is planned meanwhile.")] = "city",
) -> None:
    """Read at a fixed rate, first in peace, then while a city is planned; prints percentiles."""
    for line in measure_reads(
        rate_per_s=rate, duration_s=seconds, database_url=database_url, workers=workers, size=size
    ):
        print(line, flush=True)


@app.command()
def status(
    orders: Annotated[int, typer.Option(min=1, help="Different pages.")] = 200,
    connections: Annotated[int, typer.Option(min=1, help="Readers at once.")] = 32,
    seconds: Annotated[float, typer.Option(min=1, help="How long.")] = 10.0,
    database_url: DatabaseUrl = None,
) -> None:
    """Read customers' status pages as fast as they are answered; prints pages a second."""
    for line in measure_status_page(
        orders=orders, connections=connections, duration_s=seconds, database_url=database_url
    ):
        print(line, flush=True)


if __name__ == "__main__":
    app()
