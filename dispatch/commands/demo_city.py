"""A dispatch centre to look around in: a synthetic city of today, filled in once, its plan begun."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from dispatch.errors import OutputError

if TYPE_CHECKING:
    from dispatch.domain.request import Request
    from dispatch.settings import Settings

MAKER: Final = "demo_city"
"""Packages that contribute commands may also contribute a city: a function of this name that takes a moment."""

SEARCH_S: Final = 10.0
"""A village needs no longer search."""


def fill_demo(settings: Settings) -> None:
    """Fill the main dispatch centre with a synthetic city, unless it holds something, and begin the plan of today."""
    from zoneinfo import ZoneInfo

    from dispatch.bootstrap import build_service
    from dispatch.domain.records.centre import NightlyRules
    from dispatch.domain.records.record import MAIN_CENTRE
    from dispatch.usecases.planning.nightly import Office, plan_day
    from dispatch.usecases.take_over import take_over

    service = build_service(settings)
    try:
        now = service.clock.now()
        city = make_city(now)
        taken = take_over(
            city,
            centre=MAIN_CENTRE,
            name="Demo",
            store=service.store,
            clock=service.clock,
            new_id=service.new_id,
            actor="system:demo",
            policy=service.policy,
            nightly=NightlyRules(search_s=SEARCH_S),
        )
        if taken is None:
            print("demo city: there is something in this database already; it stays as it is")
            return
        office = Office(
            store=service.store,
            policy=service.policy,
            clock=service.clock,
            new_id=service.new_id,
            code_version=service.planner.version,
        )
        today = now.astimezone(ZoneInfo(city.time_zone)).date()
        plan_day(today, centre=MAIN_CENTRE, publishes=True, office=office)
        print(
            f"demo city: {taken.communities} communities, {taken.technicians} technicians, {taken.shifts} shifts, "
            f"{taken.orders} orders; the plan of {today} is made as soon as the service runs"
        )
    finally:
        service.close()


def print_addresses(host: str, port: int) -> None:
    """Say where to look."""
    base = f"http://{host}:{port}"
    print(f"API: {base}/v1/orders (docs/api.md; send the key above)  description: {base}/openapi.json")
    print(f"pages: {base}/login (make a user: dispatch users create --help)")


def make_city(now: datetime) -> Request:
    """Return a synthetic city whose first day is today.

    Raises
    ------
    OutputError
        If no installed package can make one.
    """
    from dispatch.cli import CONTRIBUTED

    for entry_point in entry_points(group=CONTRIBUTED):
        maker = getattr(import_module(entry_point.module), MAKER, None)
        if maker is not None:
            city: Request = maker(now)
            return city
    raise OutputError("demo: no installed package makes a city\nMaybe install the whole project")
