"""Every migration, down and up again, with a row in every table: what the older tables can hold stays."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, URL, Boolean, Date, DateTime, Engine, Float, Integer, MetaData, func, insert, select

from dispatch.store.database import open_engine
from dispatch.store.schema import MIGRATIONS, current_revision, downgrade, upgrade

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
"""Newest first."""


DERIVED = {"communities", "technicians", "shifts", "orders"}
"""Tables that revision 0003 drops: the request's document has what they had."""


def value_of(column: Any, centre: str) -> Any:
    """Return a value for a column; columns of the same name get the same, so that rows refer to each other."""
    if column.name == "centre":
        return centre
    if column.name == "document":
        return '{"name": "a"}'
    kind = column.type
    for of, value in (
        (Boolean, False),
        (Integer, 1),
        (Float, 1.0),
        (DateTime, NOW),
        (Date, date(2026, 3, 10)),
        (JSON, {}),
    ):
        if isinstance(kind, of):
            return value
    return "a"


def fill(engine: Engine, *, centre: str = "main") -> dict[str, int]:
    """Put a row into every table, those that others refer to first; return rows by table."""
    tables = MetaData()
    with engine.execution_options(is_writing=True).begin() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                row = {
                    column.name: value_of(column, centre)
                    for column in table.columns
                    if not column.nullable or column.primary_key or column.foreign_keys
                }
                connection.execute(insert(table), row)
    return rows(engine)


def rows(engine: Engine) -> dict[str, int]:
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables.sorted_tables
            if table.name != "alembic_version" and table.name not in DERIVED
        }


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_migration_keeps_what_was_there_before_it(empty_url: URL, revision: str) -> None:
    engine = open_engine(empty_url)
    try:
        upgrade(engine, f"{revision}")
        before = fill(engine)
        downgrade(engine, "-1" if revision != REVISIONS[-1] else "base")
        kept = rows(engine)
        assert {table: before[table] for table in kept} == kept  # no row of a table that stays is lost
        upgrade(engine, revision)
        again = rows(engine)
        assert set(again) == set(before)
        assert {table: again[table] for table in kept} == kept
        upgrade(engine)
        assert current_revision(engine) == REVISIONS[0]
        assert {table: found for table, found in rows(engine).items() if table in kept} == kept
    finally:
        engine.dispose()


def test_going_back_to_before_there_were_centres_drops_the_plans_of_others_whole(empty_url: URL) -> None:
    engine = open_engine(empty_url)
    try:
        upgrade(engine, "0003")
        fill(engine, centre="other")
        downgrade(engine, "0002")
        found = rows(engine)
        assert [found[table] for table in ("plans", "plan_routes", "plan_stops")] == [0, 0, 0]
    finally:
        engine.dispose()
