"""What a process measures of itself, for Prometheus: requests, runs, and what a look into the store shows."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from dispatch.domain.run import Run
from dispatch.errors import StoreError
from dispatch.usecases.service_figures import ServiceFigures

REQUEST_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
RUN_BUCKETS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
RUN_STATES: Final = ("queued", "running", "done", "failed", "cancelled")

_log: Final = logging.getLogger(__name__)


class Metrics:
    """The measurements of one process.

    Parameters
    ----------
    figures
        Looks into the store; asked at each scrape.
    """

    def __init__(self, figures: Callable[[], ServiceFigures]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._requests = Histogram(
            "dispatch_http_request_seconds",
            "Time from a request to the end of its answer.",
            ["method", "route", "status"],
            buckets=REQUEST_BUCKETS_S,
            registry=self._registry,
        )
        self._runs = Histogram(
            "dispatch_run_seconds",
            "Time from the start of a run to its end, of runs that this process executed.",
            ["kind", "state"],
            buckets=RUN_BUCKETS_S,
            registry=self._registry,
        )
        self._registry.register(_StoreFigures(figures))

    def request_answered(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request under the template of its route, never under its path."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def run_ended(self, run: Run) -> None:
        """Count a run that this process executed."""
        if run.started_at is not None and run.finished_at is not None:
            self._runs.labels(run.kind, run.state).observe((run.finished_at - run.started_at).total_seconds())

    def text(self) -> bytes:
        """Return all measurements as Prometheus reads them."""
        return generate_latest(self._registry)

    def serve(self, *, host: str, port: int) -> None:
        """Serve the measurements on a port of their own, in a thread that ends with the process."""
        server, _ = start_http_server(port, addr=host, registry=self._registry)
        _log.info("metrics on http://%s:%d/metrics", host, server.server_port)


class _StoreFigures(Collector):
    """Asks the store at each scrape; tells that it cannot be reached rather than failing."""

    def __init__(self, figures: Callable[[], ServiceFigures]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        is_up = GaugeMetricFamily("dispatch_store_up", "1 if the database answers, else 0.")
        try:
            figures = self._figures()
        except StoreError as error:
            _log.error("no figures of the store: %s", error)
            is_up.add_metric([], 0)
            yield is_up
            return
        is_up.add_metric([], 1)
        yield is_up
        runs = GaugeMetricFamily("dispatch_runs", "Planning runs by state.", labels=["state"])
        for state in RUN_STATES:
            runs.add_metric([state], figures.runs.get(state, 0))
        yield runs
        outbox = GaugeMetricFamily("dispatch_outbox_waiting", "What waits to be sent.", labels=["outbox"])
        for name, waiting in figures.outbox.items():
            outbox.add_metric([name], waiting)
        yield outbox
        for name, help_text, value in (
            ("dispatch_promises_at_risk", "Promises that run out soon or have run out.", figures.promises_at_risk),
            ("dispatch_timers_overdue", "Timers that should have been looked at a minute ago.", figures.timers_overdue),
        ):
            gauge = GaugeMetricFamily(name, help_text)
            gauge.add_metric([], value)
            yield gauge
