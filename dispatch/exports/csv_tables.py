"""Tables for spreadsheets: what is visited when, the routes, and the orders left out.

UTF-8 with a byte order mark, by which Excel knows the encoding, and otherwise RFC 4180: commas, CRLF, quotes where
needed. Times are local in the request's zone, without offset, as spreadsheets understand them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.plan import BreakStop, DepotStop, EndStop, PlanRoute, VisitStop
from dispatch.exports.exported_plan import ExportedPlan, arrival_of, departure_of
from dispatch.policy.promise import due_times

BYTE_ORDER_MARK: Final = "\ufeff"
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins with one of these could be taken for a formula (OWASP, "CSV Injection"); the wide ones are
their twins in Chinese and Japanese fonts."""
COORDINATE_DECIMALS: Final = 6

Cell = str | int | float | datetime | None

VISIT_COLUMNS: Final = (
    "day",
    "technician",
    "technician_name",
    "shift",
    "sequence",
    "order",
    "kind",
    "tier",
    "priority",
    "community",
    "community_name",
    "address",
    "arrival",
    "start",
    "end",
    "utc_offset",
    "appointment",
    "due",
    "tardiness_s",
    "wait_s",
    "travel_s",
    "distance_m",
    "status",
    "lock",
    "lat",
    "lon",
)
ROUTE_COLUMNS: Final = (
    "day",
    "technician",
    "technician_name",
    "shift",
    "profile",
    "shift_start",
    "shift_end",
    "departure",
    "return",
    "visits",
    "service_s",
    "travel_s",
    "wait_s",
    "break_s",
    "overtime_s",
    "distance_m",
)
UNASSIGNED_COLUMNS: Final = (
    "order",
    "kind",
    "tier",
    "priority",
    "community",
    "community_name",
    "address",
    "appointment",
    "due",
    "reasons",
    "details",
    "lat",
    "lon",
)


def csv_files(exported: ExportedPlan) -> dict[str, str]:
    """Return the tables of a plan by file name: visits, routes, orders in no route."""
    return {
        "visits.csv": table_text(VISIT_COLUMNS, _visit_rows(exported)),
        "routes.csv": table_text(ROUTE_COLUMNS, (_route_row(exported, route) for route in exported.plan.routes)),
        "unassigned.csv": table_text(UNASSIGNED_COLUMNS, _unassigned_rows(exported)),
    }


def table_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as the text of a CSV file.

    Texts that a spreadsheet could take for a formula get an apostrophe in front; None is an empty cell.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, dialect="excel")
    writer.writerow(columns)
    writer.writerows([_shown(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + stream.getvalue()


def _shown(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS):
        return f"'{cell}"
    return cell


def _visit_rows(exported: ExportedPlan) -> Iterable[Sequence[Cell]]:
    for route in exported.plan.routes:
        technician = exported.technician_of(route)
        for number, visit in enumerate(route.visits, 1):
            start = exported.local(visit.start)
            yield (
                start.date().isoformat(),
                route.technician,
                technician.name,
                route.shift,
                number,
                visit.order,
                *_order_cells(exported, visit.order),
                exported.local(visit.arrival),
                start,
                exported.local(visit.end),
                f"UTC{start.isoformat()[19:]}",
                _appointment(exported, visit.order),
                None if visit.due is None else exported.local(visit.due),
                visit.tardiness_s,
                visit.wait_s,
                visit.travel_s,
                visit.distance_m,
                visit.status,
                visit.effective_lock,
                *_coordinates(exported, visit.order),
            )


def _route_row(exported: ExportedPlan, route: PlanRoute) -> Sequence[Cell]:
    technician, shift = exported.technician_of(route), exported.shift_of(route)
    moves = [stop for stop in route.stops if isinstance(stop, VisitStop | DepotStop | EndStop)]
    return (
        exported.local(shift.start).date().isoformat(),
        route.technician,
        technician.name,
        route.shift,
        technician.profile,
        exported.local(shift.start),
        exported.local(shift.end),
        exported.local(departure_of(route)),
        exported.local(arrival_of(route)),
        len(route.visits),
        sum(_seconds(visit.end - visit.start) for visit in route.visits),
        sum(stop.travel_s for stop in moves),
        sum(visit.wait_s for visit in route.visits),
        sum(_seconds(stop.end - stop.start) for stop in route.stops if isinstance(stop, BreakStop)),
        max(0, _seconds(arrival_of(route) - shift.end)),
        sum(stop.distance_m for stop in moves),
    )


def _unassigned_rows(exported: ExportedPlan) -> Iterable[Sequence[Cell]]:
    for entry in exported.plan.unassigned:
        order = exported.request.orders_by_id[entry.order]
        due = due_times(order, exported.request, exported.policy).due
        yield (
            entry.order,
            *_order_cells(exported, entry.order),
            _appointment(exported, entry.order),
            None if due is None else exported.local(due),
            " ".join(reason.code for reason in entry.reasons),
            "; ".join(f"{reason.code}: {reason.detail}" for reason in entry.reasons),
            *_coordinates(exported, entry.order),
        )


def _order_cells(exported: ExportedPlan, order_id: str) -> tuple[Cell, ...]:
    """Return kind, tier, priority, community, its name, address."""
    order = exported.request.orders_by_id[order_id]
    community = exported.request.community_of(order)
    tier = exported.request.tier_of(order)
    return order.kind, tier, order.priority, community.id, community.name, order.address


def _appointment(exported: ExportedPlan, order_id: str) -> str:
    """Return the agreed time or the booked windows in words of local time; "" = any time."""
    order = exported.request.orders_by_id[order_id]
    if order.agreed_start is not None:
        return f"{exported.local(order.agreed_start):%Y-%m-%d %H:%M}"
    return "; ".join(exported.interval_text(window.start, window.end) for window in order.windows)


def _coordinates(exported: ExportedPlan, order_id: str) -> tuple[Cell, Cell]:
    point = exported.point_of_order[order_id]
    if point is None:
        return None, None
    return round(point.lat, COORDINATE_DECIMALS), round(point.lon, COORDINATE_DECIMALS)


def _seconds(duration: timedelta) -> int:
    return duration // timedelta(seconds=1)
