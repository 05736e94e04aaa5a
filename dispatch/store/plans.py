"""Plans in the database: versions per dispatch day, at most one of them published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from dispatch.domain.files import parse_plan
from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion, Schedule
from dispatch.domain.request import Request
from dispatch.errors import NotFoundError, StalePlanError
from dispatch.store import mapping
from dispatch.store.scope import in_scope, own_centre
from dispatch.store.tables import PlanRow, RequestRow, RouteRow, StopRow


class SqlPlans:
    """The stored plans, inside one transaction."""

    def __init__(self, session: Session, *, centre: str | None = None) -> None:
        self._session = session
        self._centre = centre

    def lock_day(self, dispatch_day: date) -> None:
        """Keep other writers away from a dispatch day's plans until the transaction ends.

        On SQLite a writing transaction keeps all other writers away already.
        """
        if self._session.get_bind().dialect.name == "postgresql":
            key = {"centre": f"plans of {own_centre(self._centre)}", "day": dispatch_day.toordinal()}
            self._session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:centre), :day)"), key)

    def next_version(self, dispatch_day: date) -> int:
        """Return the number after the day's highest version; 1 for the first."""
        query = select(func.max(PlanRow.version)).where(
            col(PlanRow.dispatch_day) == dispatch_day, col(PlanRow.centre) == own_centre(self._centre)
        )
        return (self._session.exec(query).one() or 0) + 1

    def add(self, version: PlanVersion, plan: Plan, request: Request) -> None:
        """Store a plan with its routes and stops; `request` is the one it plans."""
        version = replace(version, centre=self._centre or version.centre)
        self._session.add(mapping.plan_row(version, plan))
        self._session.flush()
        routes = mapping.route_values(version.id, plan, request)
        if routes:
            self._session.execute(insert(RouteRow), routes)
            self._session.execute(insert(StopRow), mapping.stop_values(version.id, plan))

    def get(self, plan_id: str) -> PlanVersion:
        """Return what is known of a stored plan; raises `NotFoundError` if there is none."""
        query = _without_document().where(col(PlanRow.id) == plan_id, in_scope(PlanRow, self._centre))
        row = self._session.exec(query).one_or_none()
        if row is None:
            raise _no_plan(plan_id)
        return mapping.plan_version(row)

    def document(self, plan_id: str) -> Plan:
        """Return the plan itself; raises `NotFoundError` if there is none."""
        query = select(PlanRow.document).where(col(PlanRow.id) == plan_id, in_scope(PlanRow, self._centre))
        found = self._session.exec(query).one_or_none()
        if found is None:
            raise _no_plan(plan_id)
        return parse_plan(found, f"plan {plan_id}")

    def versions(self, dispatch_day: date) -> tuple[PlanVersion, ...]:
        """Return what is known of the plans of a dispatch day, the youngest first."""
        query = (
            _without_document()
            .where(col(PlanRow.dispatch_day) == dispatch_day, col(PlanRow.centre) == own_centre(self._centre))
            .order_by(col(PlanRow.version).desc())
        )
        return tuple(mapping.plan_version(row) for row in self._session.exec(query))

    def published(self, dispatch_day: date) -> PlanVersion | None:
        """Return the version in force for a dispatch day; None if nothing is published."""
        query = _without_document().where(
            col(PlanRow.dispatch_day) == dispatch_day,
            col(PlanRow.state) == "published",
            col(PlanRow.centre) == own_centre(self._centre),
        )
        row = self._session.exec(query).one_or_none()
        return None if row is None else mapping.plan_version(row)

    def save_state(self, version: PlanVersion) -> None:
        """Write `state`, `published_at` and `superseded_at` of a stored plan.

        Raises
        ------
        StalePlanError
            If another version of the day is published already.
        """
        statement = (
            update(PlanRow)
            .where(col(PlanRow.id) == version.id, in_scope(PlanRow, self._centre))
            .values(state=version.state, published_at=version.published_at, superseded_at=version.superseded_at)
        )
        try:
            self._session.execute(statement)
        except IntegrityError as error:
            msg = f"another version than {version.version} of {version.dispatch_day.isoformat()} is published already"
            raise StalePlanError(msg) from error

    def schedule(self, day: date) -> Schedule:
        """Return the day's part of the published plan in force; raises `NotFoundError` if none reaches the day.

        A plan of the day itself goes before one of an earlier day that looks ahead.
        """
        in_force = (
            _without_document()
            .where(
                col(PlanRow.centre) == own_centre(self._centre),
                col(PlanRow.state) == "published",
                col(PlanRow.dispatch_day) <= day,
                col(PlanRow.last_day) >= day,
            )
            .order_by(col(PlanRow.dispatch_day).desc())
            .limit(1)
        )
        plan = self._session.exec(in_force).one_or_none()
        if plan is None or plan.published_at is None:
            msg = f"no published plan reaches {day.isoformat()}\nMaybe a draft waits to be published"
            raise NotFoundError(msg)
        of_request = select(RequestRow.time_zone).where(col(RequestRow.id) == plan.request_id)
        zone = ZoneInfo(self._session.exec(of_request).one())
        stops = (
            select(StopRow, RouteRow.overtime_odds)
            .join(
                RouteRow,
                (col(RouteRow.plan_id) == col(StopRow.plan_id))
                & (col(RouteRow.technician_id) == col(StopRow.technician_id))
                & (col(RouteRow.shift_id) == col(StopRow.shift_id)),
            )
            .where(col(RouteRow.plan_id) == plan.id, col(RouteRow.day) == day)
            .order_by(col(StopRow.technician_id), col(StopRow.shift_id), col(StopRow.position))
        )
        rows = self._session.exec(stops).all()
        routes = [list(rows) for _, rows in groupby(rows, key=lambda row: (row[0].technician_id, row[0].shift_id))]
        return Schedule(
            day=day,
            dispatch_day=plan.dispatch_day,
            plan_id=plan.id,
            version=plan.version,
            published_at=plan.published_at,
            time_zone=zone.key,
            routes=tuple(mapping.route_of([stop for stop, _ in route], zone, route[0][1]) for route in routes),
        )


def _without_document() -> SelectOfScalar[PlanRow]:
    """Return a query for rows of plans that leaves out the document, which may be large."""
    document = defer(PlanRow.document, raiseload=True)  # type: ignore[arg-type] # SQLModel types it as its value
    return select(PlanRow).options(document)


def _no_plan(plan_id: str) -> NotFoundError:
    return NotFoundError(f"there is no plan {plan_id!r}")
