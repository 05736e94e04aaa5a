"""`python -m benchmarks.service`: figures of the service, each by a command of its own."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from benchmarks.service.day import measure_day
from benchmarks.service.intake import measure_intake
from benchmarks.service.reads import measure_reads
from benchmarks.service.status_page import measure_status_page
from benchmarks.service.urgent import measure_urgent

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


@app.command()
def urgent(
    *,
    size: Annotated[Literal["village", "district", "city"], typer.Option(help="City whose day is running.")] = "city",
    events: Annotated[int, typer.Option(min=1, help="Urgent events, one after another.")] = 18,
    proposals: Annotated[int, typer.Option(min=0, help="Ordinary orders, one after another.")] = 20,
    search: Annotated[float, typer.Option(min=0.1, help="Seconds of search for the first plan.")] = 30.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another city.")] = 7,
    database_url: DatabaseUrl = None,
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 = the service plans itself.")] = 0,
) -> None:
    """Let urgent things happen to a running city; prints how soon the new plan is in force."""
    for line in measure_urgent(
        size=size,
        events=events,
        proposals=proposals,
        search_s=search,
        seed=seed,
        database_url=database_url,
        workers=workers,
    ):
        print(line, flush=True)


@app.command()
def day(
    *,
    size: Annotated[Literal["village", "district", "city"], typer.Option(help="City whose day it is.")] = "district",
    minutes: Annotated[float, typer.Option(min=0.1, help="How long its day takes.")] = 4.0,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another city and other people.")] = 7,
    clients: Annotated[int, typer.Option(min=1, help="Threads that people share.")] = 8,
    search: Annotated[float, typer.Option(min=0.1, help="Seconds of search for the first plan.")] = 10.0,
    database_url: DatabaseUrl = None,
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 = the service plans itself.")] = 0,
) -> None:
    """Let a city's technicians, customers and dispatcher do within minutes what they do in a day."""
    for line in measure_day(
        size=size,
        minutes=minutes,
        seed=seed,
        clients=clients,
        search_s=search,
        database_url=database_url,
        workers=workers,
    ):
        print(line, flush=True)


if __name__ == "__main__":
    app()
