"""The queue that tells worker processes of queued runs, on a real PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from dispatch.domain.plan_version import StoredRequest
from dispatch.errors import NotFoundError, SchemaError
from dispatch.store.database import Database, open_engine
from dispatch.store.run_queue import RunQueue
from dispatch.store.schema import is_newest, require_newest, upgrade
from tests.fakes import a_request, a_run
from tests.postgres import PostgresServer

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
RUN = a_run(request_id="request-1")


@pytest.fixture
def engine(postgres: PostgresServer, postgres_template: str) -> Iterator[Engine]:
    engine = open_engine(postgres.new_database(template=postgres_template))
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine) -> Database:
    database = Database(engine, run_queue=RunQueue())
    with database.write() as transaction:
        transaction.requests.add(StoredRequest(id="request-1", digest="sha256:0", created_at=NOW), a_request())
    return database


def told(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        query = "SELECT args ->> 'run_id' FROM procrastinate.procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        return list(connection.execute(text(query)).scalars())


def test_a_queued_run_and_its_job_are_written_together_or_not_at_all(database: Database, engine: Engine) -> None:
    with pytest.raises(NotFoundError), database.write() as transaction:  # noqa: PT012 - the order is the point
        transaction.runs.add(RUN)
        transaction.runs.get("none")
    assert told(engine) == []
    with database.write() as transaction:
        transaction.runs.add(RUN)
        transaction.runs.save(replace(RUN, state="running", claimed_by="a"))
        transaction.runs.save(replace(RUN, attempt=2))
        transaction.runs.save(replace(RUN, state="cancelled", finished_at=NOW))
    assert told(engine) == [RUN.id, RUN.id]  # each time it began to wait


def test_the_store_as_one_centre_sees_it_tells_the_workers_too(database: Database, engine: Engine) -> None:
    with database.of("main").write() as transaction:
        transaction.runs.add(RUN)
    assert told(engine) == [RUN.id]


def test_runs_that_no_job_names_are_put_again_and_others_are_not(database: Database, engine: Engine) -> None:
    with Database(engine).write() as transaction:  # by a process that knows of no workers
        transaction.runs.add(RUN)
        transaction.runs.add(replace(RUN, id="run-2", state="done", finished_at=NOW))
    with database.write() as transaction:
        transaction.runs.add(replace(RUN, id="run-3"))
    with database.write() as transaction:
        assert transaction.runs.remind() == 1
    assert told(engine) == ["run-3", RUN.id]
    with database.write() as transaction:
        assert transaction.runs.remind() == 0


def test_a_queue_of_another_version_is_refused_and_made_anew_by_an_upgrade(database: Database, engine: Engine) -> None:
    with database.write() as transaction:
        transaction.runs.add(RUN)
    with engine.begin() as connection:
        connection.execute(text("COMMENT ON SCHEMA procrastinate IS 'older'"))
    with pytest.raises(SchemaError, match=r"has not the run queue .*\nMaybe run `dispatch db upgrade`"):
        require_newest(engine)
    upgrade(engine)
    assert is_newest(engine)
    assert told(engine) == []  # the runs are where they were
    with database.write() as transaction:
        assert transaction.runs.remind() == 1
