"""Builds the real objects from settings: the one place that knows which adapter stands behind which port."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Final
from uuid import uuid4

from sqlalchemy import Engine

from dispatch.background import BackgroundTasks, Task
from dispatch.clock import SystemClock
from dispatch.errors import InUseError, OutputError, SchemaError
from dispatch.messaging.channels import channels_of, require_callable_gateways
from dispatch.metrics import Metrics
from dispatch.passwords import Argon2Passwords
from dispatch.planning_adapters import IndependentChecker, NightPlanner, PlanExplainer, load_live_book
from dispatch.planning_tasks import planning_tasks
from dispatch.policy.settings import Policy, load_policy
from dispatch.ports import Checker, Clock, NewId, Planner, Store
from dispatch.quality_tasks import quality_tasks
from dispatch.settings import Settings
from dispatch.signing import Signer, signing_secret
from dispatch.store.database import Database, open_engine
from dispatch.store.run_queue import RunQueue
from dispatch.store.schema import require_newest
from dispatch.usecases.access.passwords import Passwords
from dispatch.usecases.access.sessions import sweep_sessions
from dispatch.usecases.answers import sweep_answers
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.messages.addressees import Addressees
from dispatch.usecases.messages.send import Sender, send_due
from dispatch.usecases.planning.explain import Explain
from dispatch.usecases.planning.nightly import Office
from dispatch.usecases.planning.order_books import OrderBooks
from dispatch.usecases.privacy.customers import customer_addresses
from dispatch.usecases.privacy.forgetting import sweep_retention
from dispatch.usecases.privacy.history import sweep_history
from dispatch.usecases.readiness import ReadinessCheck
from dispatch.usecases.service_figures import service_figures
from dispatch.usecases.work_orders.sweep import sweep_round
from dispatch.webhooks.tasks import webhook_tasks

SWEEP_ANSWERS_EVERY_S: Final = 600.0
SWEEP_SESSIONS_EVERY_S: Final = 600.0
SWEEP_CUSTOMERS_EVERY_S: Final = 3600.0
SWEEP_HISTORY_EVERY_S: Final = 3600.0
LOCK_FILE: Final = "field-dispatch.lock"
"""In the data directory; whoever serves it holds a lock on this file."""


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

    @cached_property
    def policies(self) -> CentrePolicies:
        """The policies of the dispatch centres."""
        return CentrePolicies(self.policy)

    @cached_property
    def metrics(self) -> Metrics:
        """Measures this process."""
        figures = partial(service_figures, risk_h=self.settings.promise_risk_h, store=self.store, clock=self.clock)
        return Metrics(figures)

    @cached_property
    def readiness(self) -> ReadinessCheck:
        """Tells whether this process is fit for work."""
        return ReadinessCheck(
            store=self.store,
            planner=self.planner,
            policy=self.policy,
            clock=self.clock,
            require_schema=self.require_schema,
            every_s=self.settings.ready_every_s,
        )

    def require_schema(self) -> None:
        """Raise `SchemaError` unless the database's tables are those of this program."""
        with open_database(self.settings) as engine:
            require_newest(engine)

    @cached_property
    def books(self) -> OrderBooks:
        """The order books of the dispatch centres, as this process keeps them."""
        return OrderBooks(build_office(self), partial(load_live_book, map_dir=self.settings.map_dir))

    @cached_property
    def explain(self) -> Explain:
        """Explains orders of plans."""
        return PlanExplainer(map_dir=self.settings.map_dir, at_a_time=self.settings.explanations_at_a_time)

    @cached_property
    def passwords(self) -> Passwords:
        """Hashes passwords at the costs of the settings."""
        return Argon2Passwords(self.settings)

    @cached_property
    def signer(self) -> Signer:
        """Signs links and forms with the installation's secret, which is made if there is none yet."""
        return Signer(signing_secret(self.settings))

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


@contextmanager
def open_store(settings: Settings) -> Iterator[Store]:
    """Give the store for a while, for a command beside the service.

    Raises
    ------
    SchemaError
        If the database is not at the newest revision.
    """
    with open_database(settings) as engine:
        require_newest(engine)
        yield Database(engine)


@contextmanager
def only_service(settings: Settings) -> Iterator[None]:
    """Keep other services away from the data directory meanwhile; a process that dies lets go of it.

    A second one would take over the runs of the first, and a file in a folder of the network can be broken by two.
    On PostgreSQL any number of services may share a database.

    Raises
    ------
    InUseError
        If another service is running there.
    OutputError
        If the directory cannot be made or written to.
    """
    if settings.database_url is not None:
        yield
        return
    _make_data_dir(settings)
    path = settings.data_dir / LOCK_FILE
    try:
        lock = path.open("ab")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}\nMaybe choose another --data-dir") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            msg = f"{settings.data_dir}: another service is running on it\nMaybe stop it, or choose another --data-dir"
            raise InUseError(msg) from error
        yield


def build_service(settings: Settings) -> Service:
    """Return the service's real objects.

    Raises
    ------
    SchemaError
        If the database is not at the newest revision.
    BadPolicyError
        If the policy file cannot be used.
    BadInputError
        If a gateway for messages may not be called.
    """
    require_callable_gateways(settings)
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
        store=Database(engine, run_queue=RunQueue() if settings.runs == "workers" else None),
        planner=NightPlanner(clock=clock, map_dir=settings.map_dir),
        checker=IndependentChecker(map_dir=settings.map_dir),
        clock=clock,
        new_id=new_id,
        policy=policy,
    )


def build_background_tasks(service: Service, *, wake: Callable[[], None] = lambda: None) -> BackgroundTasks:
    """Return what the service does by itself beside executing runs; not started yet.

    Parameters
    ----------
    wake
        Tells whoever executes runs that one was queued.
    """
    tasks = [
        Task(
            name="old answers",
            every_s=SWEEP_ANSWERS_EVERY_S,
            run=partial(
                sweep_answers,
                keep=timedelta(hours=service.settings.idempotency_keep_h),
                store=service.store,
                clock=service.clock,
            ),
        ),
        Task(
            name="ended sessions",
            every_s=SWEEP_SESSIONS_EVERY_S,
            run=partial(sweep_sessions, store=service.store, clock=service.clock),
        ),
        Task(
            name="retention",
            every_s=SWEEP_CUSTOMERS_EVERY_S,
            run=partial(sweep_retention, store=service.store, clock=service.clock, policies=service.policies),
        ),
        Task(
            name="old history",
            every_s=SWEEP_HISTORY_EVERY_S,
            run=partial(sweep_history, store=service.store, clock=service.clock, policies=service.policies),
        ),
        *planning_tasks(
            build_office(service),
            books=service.books,
            checker=service.checker,
            wake=wake,
            follow_every_s=service.settings.follow_every_s,
            look_every_s=service.settings.look_every_s,
        ),
        Task(
            name="timers",
            every_s=service.settings.timers_every_s,
            run=partial(
                sweep_round,
                store=service.store,
                clock=service.clock,
                new_id=service.new_id,
                policies=service.policies,
            ),
        ),
        *quality_tasks(
            store=service.store,
            clock=service.clock,
            policies=service.policies,
            every_s=service.settings.quality_every_s,
        ),
        *webhook_tasks(store=service.store, clock=service.clock, settings=service.settings),
        Task(name="messages", every_s=service.settings.message_every_s, run=partial(send_due, build_sender(service))),
    ]
    return BackgroundTasks(tasks)


def build_office(service: Service) -> Office:
    """Return what planning by itself needs."""
    return Office(
        store=service.store,
        policy=service.policy,
        clock=service.clock,
        new_id=service.new_id,
        code_version=service.planner.version,
    )


def build_sender(service: Service) -> Sender:
    """Return what sends the messages of the outbox, by the channels that are set up."""
    return Sender(
        store=service.store,
        clock=service.clock,
        policies=service.policies,
        channels=channels_of(service.settings, clock=service.clock),
        addressee_of=Addressees(
            public_url=service.settings.public_url or "",
            link_valid_s=service.settings.customer_link_valid_s,
            default_language=service.settings.default_language,
            clock=service.clock,
            signer=service.signer,
            addresses_of=customer_addresses,
        ),
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
        _make_data_dir(settings)
    return open_engine(settings.url)


def _make_data_dir(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{settings.data_dir}: cannot be made: {error.strerror or error}\nMaybe choose another --data-dir"
        raise OutputError(msg) from error
