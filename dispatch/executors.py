"""Builds whoever executes the service's runs, as its settings say: child processes, threads, or worker processes."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from uuid import uuid4

from dispatch.bootstrap import Service, build_service
from dispatch.domain.run import Run, RunKind
from dispatch.logs import configure_logging
from dispatch.ports import Runners
from dispatch.runners.child import execute_until_told
from dispatch.runners.distant import DistantRunners
from dispatch.runners.heart import Heart
from dispatch.runners.niceness import give_way_as_process
from dispatch.runners.processes import RunnerProcesses
from dispatch.runners.queue_worker import Pace, QueueWorker
from dispatch.runners.threads import RunnerThreads
from dispatch.settings import Settings
from dispatch.usecases.execute_run import Runner


def build_runners(service: Service) -> Runners:
    """Return who executes the service's runs, as its settings say; not started yet."""
    settings = service.settings
    is_alone = settings.database_url is None
    match settings.runs:
        case "workers":
            return DistantRunners(_heart(service))
        case "threads":
            return RunnerThreads(
                partial(_make_runner, service),
                threads=settings.runs_at_a_time,
                heart=_heart(service),
                is_alone=is_alone,
                make_urgent=partial(_make_runner, service, only="urgent"),
                niceness=settings.run_niceness,
            )
        case "embedded":
            return RunnerProcesses(
                [partial(execute_in_child, settings, kind) for kind in ("nightly", "urgent")],
                preload=__name__,
                heart=_heart(service),
                is_alone=is_alone,
                on_end=service.metrics.run_ended,
                pause_s=settings.progress_every_s,
            )


def execute_in_child(settings: Settings, kind: RunKind, wakes: Connection, ended: Connection) -> None:
    """Execute the queued runs of a kind in this process, until it is told to end or its parent is gone.

    What plans nights gives way to the rest of the machine; what plans urgent runs does not.
    """
    configure_logging(settings.log_format)
    os.setsid()  # what is typed at the terminal is the parent's business, and niceness is one's own
    if kind == "nightly":
        give_way_as_process(settings.run_niceness)
    service = build_service(settings)
    execute_until_told(
        lambda tell: RunnerThreads(
            partial(_make_runner, service, only=kind, on_end=tell),
            threads=settings.runs_at_a_time if kind == "nightly" else 1,
            heart=_heart(service),
            is_alone=False,  # there is the child for the other kind
        ),
        wakes=wakes,
        ended=ended,
        grace_s=settings.shutdown_grace_s,
    )


def build_queue_worker(service: Service) -> QueueWorker:
    """Return what a worker process does; it is not started yet."""
    settings = service.settings
    pace = Pace(
        runs_at_a_time=settings.runs_at_a_time,
        poll_every_s=settings.heartbeat_every_s,
        heartbeat_every_s=settings.heartbeat_every_s,
        lost_after_s=settings.run_lost_after_s,
        grace_s=settings.shutdown_grace_s,
    )
    return QueueWorker(
        partial(_make_runner, service), url=settings.url, store=service.store, heart=_heart(service), pace=pace
    )


def _heart(service: Service) -> Heart:
    return Heart(
        store=service.store,
        clock=service.clock,
        new_id=service.new_id,
        every_s=service.settings.heartbeat_every_s,
        lost_after_s=service.settings.run_lost_after_s,
        max_attempts=service.settings.max_attempts,
    )


def _make_runner(
    service: Service, *, only: RunKind | None = None, on_end: Callable[[Run], None] | None = None
) -> Runner:
    """Return a runner with an id of its own."""
    return Runner(
        id=f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex}",
        store=service.store,
        planner=service.planner,
        clock=service.clock,
        new_id=service.new_id,
        only=only,
        on_end=on_end or service.metrics.run_ended,
        progress_every_s=service.settings.progress_every_s,
        best_plan_every_s=service.settings.best_plan_every_s,
    )
