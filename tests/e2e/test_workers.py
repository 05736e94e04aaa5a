"""The processes of compose.yaml on this machine: PostgreSQL, the API, two workers; one of them dies."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.api.journey import finish
from tests.e2e.running_service import RunningService
from tests.e2e.running_worker import RunningWorker
from tests.e2e.test_service import start, wait_for_progress
from tests.postgres import PostgresServer

pytestmark = pytest.mark.slow

PATIENT = {"run_lost_after_s": "60"}
QUICK = {"runs": "workers", "heartbeat_every_s": "0.2", "run_lost_after_s": "1.5"}


def settings_of(postgres: PostgresServer) -> dict[str, str]:
    return QUICK | {"database_url": postgres.new_database().render_as_string(hide_password=False)}


def claimed_by(url: str, run_id: str) -> str:
    """Return the runner that has a run in hand; it begins with host and process id."""
    return str(_scalar(url, "SELECT claimed_by FROM runs WHERE id = :run_id", run_id))


def holder(workers: list[RunningWorker], url: str, run_id: str) -> RunningWorker:
    claim = claimed_by(url, run_id)
    return next(worker for worker in workers if f":{worker.pid}:" in claim)


def test_a_killed_workers_run_finishes_on_the_other_one(postgres: PostgresServer, tmp_path: Path) -> None:
    settings = settings_of(postgres)
    with RunningService(tmp_path, **settings) as client, ExitStack() as stack:
        workers = [stack.enter_context(RunningWorker(**settings)) for _ in range(2)]
        run_id = start(client, limit_s=2.5)
        wait_for_progress(client, run_id)
        victim = holder(workers, settings["database_url"], run_id)
        victim.kill()
        run = finish(client, run_id)
        assert (run["state"], run["attempt"], run["failure"]) == ("done", 2, None)
        other = next(worker for worker in workers if worker is not victim)
        assert f"run {run_id}: attempt 2 begins" in other.output
        assert plans_of(settings["database_url"], run_id) == 1


def test_a_stopped_worker_hands_its_run_over_with_the_best_plan(postgres: PostgresServer, tmp_path: Path) -> None:
    settings = settings_of(postgres) | PATIENT
    with RunningService(tmp_path, **settings) as client, ExitStack() as stack:
        workers = [stack.enter_context(RunningWorker(**settings)) for _ in range(2)]
        run_id = start(client, limit_s=2.5)
        wait_for_progress(client, run_id)
        stopped = holder(workers, settings["database_url"], run_id)
        assert stopped.stop() == 0
        run = finish(client, run_id)
        assert (run["state"], run["attempt"]) == ("done", 1)  # handed over, not lost


def test_runs_that_were_queued_while_no_worker_was_there_are_executed_once(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    settings = settings_of(postgres) | PATIENT
    with RunningService(tmp_path, **settings) as client:
        runs = [start(client, iterations=20) for _ in range(2)]
        forget_jobs(settings["database_url"])  # as if the queue had been made anew
        with ExitStack() as stack:
            for _ in range(2):
                stack.enter_context(RunningWorker(**settings))
            ended = [finish(client, run_id) for run_id in runs]
        assert [(run["state"], run["attempt"]) for run in ended] == [("done", 1)] * 2
        assert [plans_of(settings["database_url"], run_id) for run_id in runs] == [1] * 2


def test_an_urgent_run_does_not_wait_for_nights(postgres: PostgresServer, tmp_path: Path) -> None:
    settings = settings_of(postgres) | PATIENT
    with RunningService(tmp_path, **settings) as client, RunningWorker(**settings):
        nights = [start(client, limit_s=600) for _ in range(2)]
        wait_for_progress(client, nights[0])
        urgent = finish(client, start(client, kind="urgent", iterations=20))
        assert (urgent["state"], urgent["attempt"]) == ("done", 1)
        states = [client.get(f"/v1/runs/{run_id}").json()["state"] for run_id in nights]
        assert states == ["running", "queued"]


def test_two_services_share_a_database_and_take_over_each_others_runs(postgres: PostgresServer, tmp_path: Path) -> None:
    settings = settings_of(postgres) | {"runs": "embedded"}
    services = [RunningService(tmp_path / name, **settings) for name in "ab"]
    with services[0] as client, services[1] as other:
        run_id = start(client, limit_s=2.5)
        wait_for_progress(other, run_id)
        claim = claimed_by(settings["database_url"], run_id)
        victim = next(service for service in services if any(f":{pid}:" in claim for pid in service.runner_pids))
        victim.kill()
        run = finish(other if victim is services[0] else client, run_id)
    assert (run["state"], run["attempt"]) == ("done", 2)


def plans_of(url: str, run_id: str) -> int:
    return int(str(_scalar(url, "SELECT count(*) FROM plans WHERE run_id = :run_id", run_id)))


def forget_jobs(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL search_path TO procrastinate"))
        connection.execute(text("DELETE FROM procrastinate.procrastinate_jobs"))
    engine.dispose()


def _scalar(url: str, query: str, run_id: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found: object = connection.execute(text(query), {"run_id": run_id}).scalar_one()
    engine.dispose()
    return found
