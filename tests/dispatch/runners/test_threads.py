"""The background runner with fakes; threads, but no waiting for time to pass."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dispatch.clock import SystemClock
from dispatch.domain.plan_version import StoredRequest
from dispatch.domain.run import Run
from dispatch.errors import StoreError
from dispatch.policy.settings import load_policy
from dispatch.ports import Planner, Store
from dispatch.runners.heart import Heart
from dispatch.runners.threads import RunnerThreads
from dispatch.usecases.execute_run import Runner
from dispatch.usecases.runs import get_run
from tests.fakes import FakePlanner, FakeStore, FakeTransaction, a_request, a_run, counting_ids

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
POLICY = load_policy().model_dump(mode="json")


class TellingPlanner(FakePlanner):
    """Says when it was asked for a plan."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.is_asked = threading.Event()

    def plan(self, *arguments, **options):
        self.is_asked.set()
        return super().plan(*arguments, **options)


class BrokenStore(FakeStore):
    """Fails the next `failures` writes."""

    failures = 0
    error: Exception = ConnectionError("the database is away")

    @contextmanager
    def write(self) -> Iterator[FakeTransaction]:
        if self.failures > 0:
            self.failures -= 1
            raise self.error
        with super().write() as transaction:
            yield transaction


def a_store(store: FakeStore, *runs: Run) -> FakeStore:
    with store.write() as transaction:
        transaction.requests.add(StoredRequest(id="request-1", digest="sha256:0", created_at=NOON), a_request())
        for run in runs:
            transaction.runs.add(replace(run, policy=POLICY))
    return store


def a_background_runner(store: Store, planner: Planner) -> RunnerThreads:
    def make_runner() -> Runner:
        return Runner(
            id="runner",
            store=store,
            planner=planner,
            clock=SystemClock(),
            new_id=counting_ids(),
            progress_every_s=0.005,
        )

    heart = Heart(store=store, clock=SystemClock(), new_id=counting_ids(), every_s=60, lost_after_s=120, max_attempts=3)
    return RunnerThreads(make_runner, threads=1, heart=heart, is_alone=True)


def test_queued_runs_are_executed_and_the_threads_end_when_asked() -> None:
    store, planner = a_store(FakeStore(), a_run()), TellingPlanner()
    runner = a_background_runner(store, planner)
    runner.start()
    assert planner.is_asked.wait(timeout=30)
    assert runner.stop(grace_s=30)
    assert get_run("run-1", store=store).state == "done"


def test_runs_of_a_process_that_died_are_brought_back_at_start() -> None:
    store, planner = a_store(FakeStore(), a_run(state="running", claimed_by="dead")), TellingPlanner()
    runner = a_background_runner(store, planner)
    runner.start()
    assert planner.is_asked.wait(timeout=30)
    assert runner.stop(grace_s=30)
    run = get_run("run-1", store=store)
    assert (run.state, run.attempt) == ("done", 2)


def test_an_unexpected_error_of_the_planner_fails_the_run(caplog: pytest.LogCaptureFixture) -> None:
    store, planner = a_store(FakeStore(), a_run()), TellingPlanner(error=ZeroDivisionError("oops"))
    runner = a_background_runner(store, planner)
    with caplog.at_level(logging.ERROR):
        runner.start()
        assert planner.is_asked.wait(timeout=30)
        assert runner.stop(grace_s=30)
    failure = get_run("run-1", store=store).failure
    assert failure is not None
    assert (failure.code, "ZeroDivisionError: oops" in failure.detail) == ("internal", True)
    assert "run run-1 failed" in caplog.text


def test_a_run_that_the_runner_lost_hold_of_when_the_store_was_away_is_tried_again() -> None:
    store = BrokenStore()
    a_store(store, a_run())
    attempts = threading.Semaphore(0)

    def lose_the_store_once() -> None:
        if planner.requests[1:] == []:
            store.failures = 3  # neither the plan nor the failure is stored, and the first try to recover fails too
        attempts.release()

    planner = TellingPlanner(reports=1, between=lose_the_store_once)
    runner = a_background_runner(store, planner)
    runner.start()
    assert attempts.acquire(timeout=30)
    assert attempts.acquire(timeout=30)
    assert runner.stop(grace_s=30)
    run = get_run("run-1", store=store)
    assert (run.state, run.attempt) == ("done", 2)


def test_a_run_that_met_a_full_disk_is_tried_again_and_not_failed(caplog: pytest.LogCaptureFixture) -> None:
    store = BrokenStore()
    store.error = StoreError("disk is full")
    a_store(store, a_run())
    attempts = threading.Semaphore(0)

    def fill_the_disk_once() -> None:
        if planner.requests[1:] == []:
            store.failures = 1
        attempts.release()

    planner = TellingPlanner(reports=1, between=fill_the_disk_once)
    runner = a_background_runner(store, planner)
    runner.start()
    assert attempts.acquire(timeout=30)
    assert attempts.acquire(timeout=30)
    assert runner.stop(grace_s=30)
    run = get_run("run-1", store=store)
    assert (run.state, run.attempt, run.failure) == ("done", 2, None)
    assert "disk is full" in caplog.text
    assert "Traceback" not in caplog.text


def test_a_planner_that_does_not_stop_in_time_is_reported() -> None:
    let_go = threading.Event()
    planner = TellingPlanner(reports=1, between=let_go.wait)
    runner = a_background_runner(a_store(FakeStore(), a_run()), planner)
    runner.start()
    assert planner.is_asked.wait(timeout=30)
    assert not runner.stop(grace_s=0.0)
    let_go.set()
    assert runner.stop(grace_s=30)
