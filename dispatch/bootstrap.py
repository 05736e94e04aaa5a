"""Builds the real objects from settings: the one place that knows which adapter stands behind which port."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Engine

from dispatch.clock import SystemClock
from dispatch.errors import OutputError, SchemaError
from dispatch.planning_adapters import IndependentChecker, NightPlanner
from dispatch.policy.settings import Policy, load_policy
from dispatch.ports import Checker, Clock, NewId, Planner, Store
from dispatch.settings import Settings
from dispatch.store.database import Database, open_engine
from dispatch.store.schema import require_newest
from dispatch.usecases.execute_run import Runner
from dispatch.worker import BackgroundRunner


@dataclass(frozen=True, kw_only=True)
class Service:
    """What the service's use cases need."""

    settings: Settings
    store: Store
    planner: Planner
    checker: Checker
    clock: Clock
    new_id: NewId
    policy: Policy

    def close(self) -> None:
        """Close the store; nothing can be used afterwards."""
        self.store.close()


@contextmanager
def open_database(settings: Settings) -> Iterator[Engine]:
    """Give the database's engine for a while, to look at its tables or to change them."""
    engine = _make_engine(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def build_service(settings: Settings) -> Service:
    """Return the service's real objects.

    Raises
    ------
    SchemaError
        If the database is not at the newest revision.
    BadPolicyError
        If the policy file cannot be used.
    """
    policy = load_policy(settings.policy_path)
    engine = _make_engine(settings)
    try:
        require_newest(engine)
    except SchemaError:
        engine.dispose()
        raise
    clock = SystemClock()
    return Service(
        settings=settings,
        store=Database(engine),
        planner=NightPlanner(clock=clock),
        checker=IndependentChecker(),
        clock=clock,
        new_id=new_id,
        policy=policy,
    )


def build_background_runner(service: Service) -> BackgroundRunner:
    """Return the runner that executes the service's runs in this process; it is not started yet."""

    def make_runner() -> Runner:
        return Runner(
            id=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex}",
            store=service.store,
            planner=service.planner,
            clock=service.clock,
            new_id=service.new_id,
            progress_every_s=service.settings.progress_every_s,
            best_plan_every_s=service.settings.best_plan_every_s,
        )

    return BackgroundRunner(
        make_runner, threads=service.settings.runs_at_a_time, max_attempts=service.settings.max_attempts
    )


def new_id() -> str:
    """Return an identifier that was never used before."""
    return uuid4().hex


def _make_engine(settings: Settings) -> Engine:
    """Return an engine for the database; makes the data directory if the database is a file in it.

    Raises
    ------
    OutputError
        If the data directory cannot be made.
    """
    if settings.database_url is None:
        try:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            msg = f"{settings.data_dir}: cannot be made: {error.strerror or error}\nMaybe choose another --data-dir"
            raise OutputError(msg) from error
    return open_engine(settings.url)
