"""The tables: planning requests, plans with routes and stops, runs. Those of records are in `record_tables`.

A request and a plan are documents; the rows beside a plan are for querying and never the source of a document.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlmodel import Field, SQLModel

from dispatch.domain.records.record import MAIN_CENTRE

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that later migrations can address them on every database."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and aware on the way out; SQLite would lose the zone otherwise."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given
        """Turn an aware moment into UTC; refuse a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime {value!r}: every stored moment needs an offset"
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given
        """Make what the database returns aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """What all tables share: the names of constraints and the mapping of Python types to columns."""

    metadata = SQLModel.metadata


Row.metadata.naming_convention = NAMING


def _cascade(columns: list[str], referred: list[str]) -> ForeignKeyConstraint:
    """Return a foreign key whose rows go with the row they belong to."""
    return ForeignKeyConstraint(columns, referred, ondelete="CASCADE")


def _centre() -> Any:
    """Return the column of the dispatch centre that a row belongs to."""
    return Field(sa_column_kwargs={"server_default": MAIN_CENTRE})


class RequestRow(Row, table=True):
    """A planning request as submitted."""

    __tablename__ = "requests"

    id: str = Field(primary_key=True)
    centre: str = _centre()
    digest: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    now: datetime = Field(sa_type=UtcDateTime)
    horizon_start: datetime = Field(sa_type=UtcDateTime)
    horizon_end: datetime = Field(sa_type=UtcDateTime)
    time_zone: str
    document: str = Field(sa_column=Column(Text, nullable=False))


class RunRow(Row, table=True):
    """A planning run."""

    __tablename__ = "runs"
    __table_args__: ClassVar[Any] = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        Index("ix_runs_state_created_at", "state", "created_at"),
    )

    id: str = Field(primary_key=True)
    centre: str = _centre()
    request_id: str = Field(index=True)
    request_digest: str
    kind: str
    state: str
    limit_s: float | None
    iterations: int | None = Field(sa_type=BigInteger)
    seed: int = Field(sa_type=BigInteger)
    threads: int | None
    policy: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    code_version: str
    attempt: int
    claimed_by: str | None
    heartbeat_at: datetime | None = Field(sa_type=UtcDateTime)
    is_cancel_requested: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(sa_type=UtcDateTime)
    progress: dict[str, Any] | None = Field(sa_column=Column(JSON(none_as_null=True)))
    cost: int | None = Field(sa_type=BigInteger)
    cost_terms: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    plan_id: str | None
    failure_code: str | None
    failure_detail: str | None


class BestPlanRow(Row, table=True):
    """The best plan so far of an unfinished run; a crash goes on from here."""

    __tablename__ = "best_plans"
    __table_args__: ClassVar[Any] = (_cascade(["run_id"], ["runs.id"]),)

    run_id: str = Field(primary_key=True)
    document: str = Field(sa_column=Column(Text, nullable=False))


class PlanRow(Row, table=True):
    """A version of the plan of a dispatch day. The database itself allows one published version a day and centre."""

    __tablename__ = "plans"
    __table_args__: ClassVar[Any] = (
        ForeignKeyConstraint(["request_id"], ["requests.id"]),
        ForeignKeyConstraint(["run_id"], ["runs.id"]),
        UniqueConstraint("centre", "dispatch_day", "version"),
        Index(
            "uq_plans_published",
            "centre",
            "dispatch_day",
            unique=True,
            sqlite_where=sql_text("state = 'published'"),
            postgresql_where=sql_text("state = 'published'"),
        ),
    )

    id: str = Field(primary_key=True)
    centre: str = _centre()
    request_id: str = Field(index=True)
    run_id: str = Field(index=True)
    dispatch_day: date
    last_day: date
    version: int
    state: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(sa_type=UtcDateTime)
    superseded_at: datetime | None = Field(sa_type=UtcDateTime)
    cost: int = Field(sa_type=BigInteger)
    cost_terms: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    unassigned: int
    document: str = Field(sa_column=Column(Text, nullable=False))


class RouteRow(Row, table=True):
    """A route of a plan; `day` is the local day on which its shift starts."""

    __tablename__ = "plan_routes"
    __table_args__: ClassVar[Any] = (_cascade(["plan_id"], ["plans.id"]), Index("ix_plan_routes_day", "plan_id", "day"))

    plan_id: str = Field(primary_key=True)
    technician_id: str = Field(primary_key=True)
    shift_id: str = Field(primary_key=True)
    day: date
    overtime_odds: float | None


class StopRow(Row, table=True):
    """A stop of a route: start, visit, break, depot or end; columns that its kind does not have are null."""

    __tablename__ = "plan_stops"
    __table_args__: ClassVar[Any] = (
        _cascade(
            ["plan_id", "technician_id", "shift_id"],
            ["plan_routes.plan_id", "plan_routes.technician_id", "plan_routes.shift_id"],
        ),
        Index("ix_plan_stops_order_id", "order_id"),
    )

    plan_id: str = Field(primary_key=True)
    technician_id: str = Field(primary_key=True)
    shift_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    kind: str
    order_id: str | None
    depot_id: str | None
    arrival: datetime | None = Field(sa_type=UtcDateTime)
    starts_at: datetime | None = Field(sa_type=UtcDateTime)
    ends_at: datetime | None = Field(sa_type=UtcDateTime)
    departure: datetime | None = Field(sa_type=UtcDateTime)
    travel_s: int | None
    distance_m: int | None
    wait_s: int | None
    due: datetime | None = Field(sa_type=UtcDateTime)
    tardiness_s: int | None
    status: str | None
    lock: str | None
    odds: dict[str, Any] | None = Field(sa_column=Column(JSON(none_as_null=True)))
