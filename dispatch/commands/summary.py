"""What a plan looks like in a terminal: figures, cost by term, promises, reasons, the fullest routes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from dispatch.domain.plan import Plan, PlanRoute, Stop, TravelUsed
    from dispatch.domain.request import Request

SHOWN_ROUTES: Final = 3
_HOUR_S: Final = 3_600
_KINDS: Final = {
    "deferred": "deferred",
    "crowded_out": "crowded out",
    "on_hold": "on hold",
    "after_horizon": "after the horizon",
    "nobody_can_serve": "that nobody can serve",
}


def print_summary(plan: Plan, request: Request, *, console: Console | None = None) -> None:
    """Print a summary of a plan to stdout, or to `console`; names are shown as they are, square brackets included."""
    console = console or Console(highlight=False)
    for line in _headlines(plan.kpis):
        console.print(line)
    if "reserve" in plan.kpis:
        console.print("room kept for {kept} of {wanted} urgent orders expected".format(**plan.kpis["reserve"]))
    if plan.run.travel is not None:
        console.print(Text(stand_in_text(plan.run.travel), style="yellow"))
    if plan.bound is not None and plan.gap is not None:
        console.print(f"no plan costs less than {plan.bound:,}: at most {plan.gap:.2%} of this one's cost can be saved")
    for violation in plan.violations:
        console.print(Text(f"forced by a lock: {violation}", style="yellow"))
    console.print(_cost(plan))
    if plan.kpis.get("promises", {}).get("by_tier"):
        console.print(_promises(plan.kpis["promises"]))
    if plan.unassigned:
        console.print(_reasons(plan))
    for route in sorted(plan.routes, key=lambda route: -len(route.visits))[:SHOWN_ROUTES]:
        console.print(_route(route, request))


def stand_in_text(used: TravelUsed) -> str:
    """Say that travel comes from elsewhere than the request asks, and why."""
    return f"travel is the straight line's, not that of {used.asked}: {used.reason}"


def _headlines(kpis: dict[str, Any]) -> Iterator[str]:
    kinds = [f"{count} {_KINDS[kind]}" for kind, count in kpis["unassigned_by_kind"].items() if count]
    orders = f"{kpis['planned']} of {kpis['orders']} orders planned, {kpis['unassigned']} unassigned"
    yield f"{orders}: {', '.join(kinds)}" if kinds else orders
    kept = "none made" if kpis["on_time_share"] is None else f"{kpis['on_time_share']:.1%}"
    shifts = f"{kpis['routes']} of {kpis['shifts_available']} shifts"
    visits = kpis["visits_per_route"] or 0
    yield f"promises kept: {kept}; {kpis['technicians_used']} technicians on {shifts}, {visits} visits a route"
    travel = f"travel {_hours(kpis['travel_s'])} over {kpis['distance_m'] / 1000:,.0f} km"
    share = "-" if kpis["utilisation"] is None else f"{kpis['utilisation']:.0%}"
    service, overtime = _hours(kpis["service_s"]), _hours(kpis["overtime_s"])
    yield f"{travel}, service {service}, overtime {overtime}, utilisation {share}"


def _cost(plan: Plan) -> Table:
    table = _table("cost", ("term", "cost"))
    for name, price in plan.cost.terms.items():
        if price:
            table.add_row(name, f"{price:,}")
    table.add_row("total", f"{plan.cost.total:,}", style="bold")
    return table


def _promises(promises: dict[str, dict[str, dict[str, int]]]) -> Table:
    table = _table("promises", ("", "kept", "missed", "open"))
    for counts_of_name in promises.values():
        for name, counts in counts_of_name.items():
            table.add_row(name, *(str(counts[outcome]) for outcome in ("kept", "missed", "open")))
        table.add_section()
    return table


def _reasons(plan: Plan) -> Table:
    """Reasons by how many unassigned orders have them, and for how many it is the one that keeps the able away."""
    orders = Counter(reason.code for entry in plan.unassigned for reason in entry.reasons)
    deciding = Counter(entry.reasons[-1].code for entry in plan.unassigned if entry.reasons)
    table = _table("reasons for unassigned orders", ("reason", "orders", "as the last one"))
    for code, count in orders.most_common():
        table.add_row(code, str(count), str(deciding[code]))
    return table


def _route(route: PlanRoute, request: Request) -> Table:
    table = _table(f"technician {route.technician}, shift {route.shift}", ("time", "stop", "travel", "due", "late"))
    for stop in route.stops:
        table.add_row(*map(Text, _stop(stop, request)))
    return table


def _stop(stop: Stop, request: Request) -> tuple[str, str, str, str, str]:
    def clock(moment: datetime) -> str:
        return f"{moment.astimezone(request.zone):%d. %H:%M}"

    match stop.kind:
        case "start":
            return clock(stop.departure), "departs", "", "", ""
        case "visit":
            order = request.orders_by_id[stop.order]
            due = "" if stop.due is None else clock(stop.due)
            late = _minutes(stop.tardiness_s) if stop.tardiness_s else ""
            what = f"{stop.order} {order.kind} in {order.community}, until {clock(stop.end)[4:]}"
            return clock(stop.start), what, _minutes(stop.travel_s), due, late
        case "break":
            return clock(stop.start), f"break until {clock(stop.end)[4:]}", "", "", ""
        case "depot":
            return clock(stop.arrival), f"depot {stop.depot}", _minutes(stop.travel_s), "", ""
        case "end":
            return clock(stop.arrival), "returns", _minutes(stop.travel_s), "", ""


def _table(title: str, columns: tuple[str, ...]) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 or column == "stop" else "right")
    return table


def _hours(seconds: int) -> str:
    return f"{seconds / _HOUR_S:,.1f} h"


def _minutes(seconds: int) -> str:
    return f"{-(-seconds // 60)} min"
