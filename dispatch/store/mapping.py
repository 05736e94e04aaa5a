"""Between records of the domain and rows of the tables; no query."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain.files import to_json
from dispatch.domain.plan import BreakStop, DepotStop, EndStop, Plan, PlanRoute, StartStop, Stop, VisitStop
from dispatch.domain.plan_version import PlanVersion, StoredRequest
from dispatch.domain.request import Request
from dispatch.domain.run import Run, RunFailure, RunParameters, RunProgress
from dispatch.store.tables import PlanRow, RequestRow, RunRow, StopRow

Values = dict[str, Any]
"""The values of one row by column, for bulk statements."""


def request_row(stored: StoredRequest, request: Request) -> RequestRow:
    """Return the row of a request."""
    return RequestRow(
        id=stored.id,
        centre=stored.centre,
        digest=stored.digest,
        created_at=stored.created_at,
        now=request.now,
        horizon_start=request.horizon.start,
        horizon_end=request.horizon.end,
        time_zone=request.time_zone,
        document=to_json(request),
    )


def stored_request(row: RequestRow) -> StoredRequest:
    """Return what is known of a stored request."""
    return StoredRequest(id=row.id, digest=row.digest, created_at=row.created_at, centre=row.centre)


def run_values(run: Run) -> Values:
    """Return the columns of a run's row, its id included."""
    values = asdict(run)
    del values["parameters"], values["failure"]
    return values | {
        **asdict(run.parameters),
        "failure_code": run.failure.code if run.failure else None,
        "failure_detail": run.failure.detail if run.failure else None,
    }


def run_of(row: RunRow) -> Run:
    """Return the run of a row."""
    values = row.model_dump(
        exclude={"limit_s", "iterations", "seed", "threads", "progress", "failure_code", "failure_detail"}
    )
    failure = None
    if row.failure_code is not None:
        failure = RunFailure(code=row.failure_code, detail=row.failure_detail or "")
    return Run(
        **values,
        parameters=RunParameters(limit_s=row.limit_s, iterations=row.iterations, seed=row.seed, threads=row.threads),
        progress=RunProgress(**row.progress) if row.progress else None,
        failure=failure,
    )


def plan_row(version: PlanVersion, plan: Plan) -> PlanRow:
    """Return the row of a plan."""
    return PlanRow(
        **asdict(version),
        cost=plan.cost.total,
        cost_terms=dict(plan.cost.terms),
        unassigned=len(plan.unassigned),
        document=to_json(plan),
    )


def plan_version(row: PlanRow) -> PlanVersion:
    """Return what is known of a stored plan."""
    return PlanVersion(**row.model_dump(exclude={"cost", "cost_terms", "unassigned", "document"}))


def route_values(plan_id: str, plan: Plan, request: Request) -> list[Values]:
    """Return the rows of a plan's routes."""
    start_of_shift = {
        (technician.id, shift.id): shift.start for technician in request.technicians for shift in technician.shifts
    }
    return [
        {
            "plan_id": plan_id,
            "technician_id": route.technician,
            "shift_id": route.shift,
            "day": start_of_shift[route.technician, route.shift].astimezone(request.zone).date(),
            "overtime_odds": route.overtime_odds,
        }
        for route in plan.routes
    ]


_STOP_COLUMNS = (
    "order_id", "depot_id", "arrival", "starts_at", "ends_at", "departure", "travel_s", "distance_m", "wait_s", "due",
    "tardiness_s", "status", "lock", "odds",
)  # fmt: skip
_COLUMN_OF_FIELD = {"order": "order_id", "depot": "depot_id", "start": "starts_at", "end": "ends_at"}
"""Where a column is not called like the stop's field: `end` is a word of SQL."""


def stop_values(plan_id: str, plan: Plan) -> list[Values]:
    """Return the rows of all stops of a plan's routes."""
    return [
        {
            "plan_id": plan_id,
            "technician_id": route.technician,
            "shift_id": route.shift,
            "position": position,
            "kind": stop.kind,
            **dict.fromkeys(_STOP_COLUMNS),
            **{_COLUMN_OF_FIELD.get(name, name): getattr(stop, name) for name in type(stop).model_fields},
            "odds": stop.odds.model_dump(mode="json") if isinstance(stop, VisitStop) and stop.odds else None,
        }
        for route in plan.routes
        for position, stop in enumerate(route.stops)
    ]


_STOP_OF_KIND: dict[str, type[StartStop | VisitStop | BreakStop | DepotStop | EndStop]] = {
    "start": StartStop,
    "visit": VisitStop,
    "break": BreakStop,
    "depot": DepotStop,
    "end": EndStop,
}


def stop_of(row: StopRow, zone: ZoneInfo) -> Stop:
    """Return the stop of a row, its moments written in local time."""
    model = _STOP_OF_KIND[row.kind]
    values = {name: getattr(row, _COLUMN_OF_FIELD.get(name, name)) for name in model.model_fields}
    return model(
        **{name: value.astimezone(zone) if isinstance(value, datetime) else value for name, value in values.items()}
    )


def route_of(rows: list[StopRow], zone: ZoneInfo, overtime_odds: float | None = None) -> PlanRoute:
    """Return the route of the rows of its stops, which are at least one and in sequence."""
    return PlanRoute(
        technician=rows[0].technician_id,
        shift=rows[0].shift_id,
        stops=tuple(stop_of(row, zone) for row in rows),
        overtime_odds=overtime_odds,
    )
