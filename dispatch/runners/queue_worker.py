"""A worker process: takes queued runs from procrastinate's queue over PostgreSQL and executes them."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import URL

from dispatch.errors import StoreError
from dispatch.ports import Store
from dispatch.runners.execution import execute_claimed
from dispatch.runners.heart import Heart
from dispatch.store.queue_schema import SCHEMA
from dispatch.store.run_queue import QUEUE_OF_KIND, TASK
from dispatch.usecases.execute_run import Runner, claim_run

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How a worker goes about its queue.

    Attributes
    ----------
    runs_at_a_time
        Runs of the night that are executed side by side; one urgent run beside them.
    poll_every_s
        Pause between two looks at the queue, if no notification of the database comes first.
    heartbeat_every_s, lost_after_s
        Pause between two signs of life; a worker that has given none for so long is dead.
    grace_s
        How long runs in hand may take to hand over their best plan when the worker is to end.
    """

    runs_at_a_time: int
    poll_every_s: float
    heartbeat_every_s: float
    lost_after_s: float
    grace_s: float


class QueueWorker:
    """Executes queued runs until it is asked to end; any number of such processes may serve one database.

    Parameters
    ----------
    make_runner
        Makes a runner with an id of its own; called once a run.
    url, store
        The database, as procrastinate reaches it and as we do.
    """

    def __init__(
        self,
        make_runner: Callable[[], Runner],
        *,
        url: URL,
        store: Store,
        heart: Heart,
        pace: Pace,
    ) -> None:
        self._make_runner = make_runner
        self._url = url
        self._heart = heart
        self._pace = pace
        self._store = store
        self._stopping = threading.Event()

    def run(self) -> None:
        """Execute runs until SIGTERM or SIGINT; then ask those in hand for their best plan and put them back."""
        self._heart.start()
        try:
            asyncio.run(self._work())
        finally:
            self._heart.stop()

    async def _work(self) -> None:
        """Serve the queue; begin anew whenever the database was away."""
        serving: asyncio.Task[None] | None = None

        def stop() -> None:
            self._stopping.set()
            # What is not handed over in time is taken over by another worker: nobody waits for it.
            reaper = threading.Timer(self._pace.grace_s, os._exit, args=(1,))
            reaper.daemon = True
            reaper.start()
            if serving is not None:
                serving.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        while not self._stopping.is_set():
            serving = asyncio.create_task(self._serve())
            try:
                await serving
            except asyncio.CancelledError:
                _log.info("the worker ends")
            except Exception as error:  # noqa: BLE001 - the database is away, or worse: the worker must live on
                _log.error("the queue cannot be served: %r\nThe worker tries again.", error)
            if not self._stopping.is_set():
                await asyncio.sleep(self._pace.poll_every_s)

    async def _serve(self) -> None:
        """Serve the queue until cancelled, or until the database goes away."""
        app = App(connector=_connector(self._url, size=self._pace.runs_at_a_time + 5))
        app.task(name=TASK)(self._execute)
        async with app.open_async():
            tidying = asyncio.create_task(self._tidy(app))
            try:
                await asyncio.gather(
                    self._serve_queue(app, QUEUE_OF_KIND["nightly"], at_a_time=self._pace.runs_at_a_time),
                    self._serve_queue(app, QUEUE_OF_KIND["urgent"], at_a_time=1),
                )
            finally:
                tidying.cancel()

    async def _serve_queue(self, app: App, queue: str, *, at_a_time: int) -> None:
        await app.run_worker_async(
            queues=[queue],
            concurrency=at_a_time,
            fetch_job_polling_interval=self._pace.poll_every_s,
            update_heartbeat_interval=self._pace.heartbeat_every_s,
            stalled_worker_timeout=self._pace.lost_after_s,
            delete_jobs="always",
            install_signal_handlers=False,
        )

    async def _tidy(self, app: App) -> None:
        """Remove the jobs of dead workers, and put every run into the queue that waits without a job."""
        while True:
            try:
                lost = await app.job_manager.get_stalled_jobs(
                    task_name=TASK, seconds_since_heartbeat=self._pace.lost_after_s
                )
                for job in lost:
                    await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
                put = await asyncio.to_thread(self._remind)
                if put:
                    _log.warning("%d queued runs were not in the queue and are now", put)
            except (
                ConnectorException,
                StoreError,
            ) as error:  # another worker removed the same job, or the database is away
                _log.debug("the queue could not be tidied: %r", error)
            await asyncio.sleep(self._pace.heartbeat_every_s)

    def _remind(self) -> int:
        with self._store.write() as transaction:
            return transaction.runs.remind()

    def _execute(self, run_id: str) -> None:
        """Execute a run, if it still waits."""
        runner = self._make_runner()
        self._heart.add(runner.id)
        try:
            run = claim_run(runner, run_id=run_id)
            if run is None:
                _log.info("run %s does not wait any more", run_id)
            else:
                execute_claimed(run, runner=runner, is_stopping=self._stopping.is_set)
        finally:
            # If the store failed, the run is still claimed by this runner: silent from now on, it is taken over.
            self._heart.remove(runner.id)


def _connector(url: URL, *, size: int) -> PsycopgConnector:
    """Return procrastinate's way to the queue's tables."""
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return PsycopgConnector(
        conninfo=conninfo, kwargs={"options": f"-c search_path={SCHEMA},public"}, min_size=1, max_size=size
    )
