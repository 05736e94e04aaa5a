from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, event, inspect, text

from dispatch.errors import SchemaError
from dispatch.store.database import open_engine
from dispatch.store.schema import current_revision, downgrade, newest_revision, require_newest, upgrade
from dispatch.store.tables import Row


def test_upgrading_an_empty_database_makes_exactly_the_tables_of_the_models(empty_url: URL) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


def test_upgrading_twice_changes_nothing(empty_url: URL) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    upgrade(engine)
    assert current_revision(engine) == newest_revision()
    engine.dispose()


def test_downgrading_to_base_leaves_no_table_of_ours(empty_url: URL) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_a_database_without_tables_is_refused_with_the_remedy(empty_url: URL) -> None:
    engine = open_engine(empty_url)
    with pytest.raises(
        SchemaError, match=r"is at revision none, this program needs \d+\nMaybe run `dispatch db upgrade`"
    ):
        require_newest(engine)
    engine.dispose()


def test_sqlite_keeps_a_write_ahead_log_and_foreign_keys(tmp_path) -> None:
    engine = open_engine(URL.create("sqlite", database=str(tmp_path / "test.sqlite3")))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def test_a_database_that_cannot_grow_is_told_and_left_without_tables(tmp_path: Path) -> None:
    engine = open_engine(URL.create("sqlite", database=str(tmp_path / "a.sqlite3")))
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 4"))
    with pytest.raises(SchemaError, match=r"could not be changed: database or disk is full\nMaybe its disk is full"):
        upgrade(engine)
    assert current_revision(engine) is None
    engine.dispose()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.write_text("not a database at all")
    engine = open_engine(URL.create("sqlite", database=str(path)))
    with pytest.raises(SchemaError, match="cannot be read: file is not a database"):
        current_revision(engine)
    engine.dispose()


def test_a_database_of_a_newer_program_is_refused(empty_url: URL) -> None:
    engine = open_engine(empty_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"is at revision 9999, which this program does not know\nMaybe a newer"):
        current_revision(engine)
    engine.dispose()
