"""`dispatch slots`: windows and exact times that can be kept for an order, and booking one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatch.domain.offers import SlotOffer
    from dispatch.domain.request import Order, Request
    from dispatch.planner.live_plan import LivePlan

REQUEST, PLAN = "request.json", "plan.json"
MOST_TIMES: Final = 5


def register(app: typer.Typer) -> None:
    """Add `slots` to `app`."""
    app.command("slots")(slots)


def slots(
    request: Annotated[Path, typer.Argument(help="The planning request.")],
    plan: Annotated[Path, typer.Argument(help="The plan in force, of that request.")],
    *,
    order: Annotated[
        str, typer.Option(metavar="FILE|ID", help="A new order as a JSON file, or the id of one in the request.")
    ],
    times: Annotated[
        bool, typer.Option("--times", help="Propose exact times, as for the call after acceptance, instead of windows.")
    ] = False,
    book: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Book number N of the list and write the plan with it.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help=f"For --book: where {REQUEST}, {PLAN} go."),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy file (TOML).  [default: as `dispatch policy` prints]")
    ] = None,
) -> None:
    """List the windows, or exact times, that can be kept for an order without breaking anybody else's; book one."""
    from dispatch.domain.files import read_plan, read_request, with_map_found
    from dispatch.domain.plan_fit import require_fit
    from dispatch.planner.live_plan import LivePlan
    from dispatch.policy.settings import load_policy
    from dispatch.travel_sources import TravelSources
    from dispatch.usecases.offer_slots import book_slot, offer_slots, propose_times

    if (book is None) != (output is None):
        raise typer.BadParameter("--book and --output go together: give both, or neither")
    rules, wanted, in_force = load_policy(policy), read_request(request), read_plan(plan)
    require_fit(wanted, in_force)
    asked = _order(order, wanted)
    live = LivePlan(
        with_map_found(wanted, request.parent), in_force, policy=rules, sources=TravelSources(folder=request.parent)
    )
    offers = (
        propose_times(asked, live, policy=rules, most=MOST_TIMES) if times else offer_slots(asked, live, policy=rules)
    )
    _print(offers, wanted, asked)
    if book is None or output is None:
        return
    if book > len(offers):
        raise typer.BadParameter(f"there are {len(offers)} to choose from", param_hint="--book")
    chosen = offers[book - 1]
    kept = book_slot(asked, chosen.slot, live, policy=rules)
    _write(output, live)
    print(f"booked {chosen.slot.label}: {kept.technician}, {kept.start.astimezone(wanted.zone):%H:%M}")


def _order(text: str, request: Request) -> Order:
    """Return the order of that id, or the one in that file."""
    if text in request.orders_by_id:
        return request.orders_by_id[text]
    from pydantic import ValidationError

    from dispatch.domain.json_text import read_json
    from dispatch.domain.problems import located_problems
    from dispatch.domain.request import Order
    from dispatch.errors import BadInputError, Problem

    try:
        document = read_json(Path(text).read_bytes(), source=text)
    except OSError as error:
        message = f"{text!r} is no order of the request and cannot be read as a file: {error.strerror or error}"
        raise BadInputError([Problem(path="order", message=message, remedy="check the id or the path")]) from None
    try:
        return Order.model_validate(document)
    except ValidationError as error:
        raise BadInputError(located_problems(error), source=text) from None


def _print(offers: Sequence[SlotOffer], request: Request, order: Order) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not offers:
        print(f"nothing can be kept for order {order.id} in the next days")
        return
    table = Table("", "offer", "costs", "technician", "start", "on time", "promise kept", "notes", title_justify="left")
    for number, offer in enumerate(offers, start=1):
        found = offer.insertion
        start = found.start.astimezone(request.zone)
        table.add_row(
            str(number),
            offer.slot.label,
            f"{found.cost:,}",
            Text(found.technician),
            f"{start:%m-%d %H:%M}",
            _percent(found.p_on_time),
            _percent(found.p_promise_kept),
            Text(_notes(offer)),
        )
    Console(width=140, highlight=False).print(table)


def _percent(probability: float | None) -> str:
    return "-" if probability is None else f"{100 * probability:.0f} %"


def _notes(offer: SlotOffer) -> str:
    notes = ["beyond the due time"] if offer.beyond_due else []
    if offer.insertion.disturbed:
        notes.append(f"delays {', '.join(offer.insertion.disturbed)}")
    if offer.insertion.at_risk:
        notes.append(f"puts at risk {', '.join(offer.insertion.at_risk)}")
    return "; ".join(notes)


def _write(folder: Path, live: LivePlan) -> None:
    from dispatch.domain.files import write_plan, write_request
    from dispatch.errors import OutputError

    plan = live.plan()
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from error
    write_request(folder / REQUEST, live.request)
    write_plan(folder / PLAN, plan)
