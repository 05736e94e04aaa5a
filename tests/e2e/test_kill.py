"""The service killed at random points while clients send, import, plan and publish: nothing is lost, nothing doubled.

Clients repeat what was not answered, with the same `Idempotency-Key`, until it is.
"""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import create_engine, text

from dispatch.domain.files import to_json
from dispatch.settings import Settings
from tests.api.journey import JSON
from tests.e2e.running_service import RunningService
from tests.e2e.test_service import VILLAGE

pytestmark = pytest.mark.slow

KILLS = 2
BATCH = 60
SOON_S = 40.0
"""How long the clients may take after the last kill."""
HASTY = {
    "heartbeat_every_s": "0.2",
    "run_lost_after_s": "3",
    "webhook_timeout_s": "2",
    "webhook_first_pause_s": "0.1",
    "outgoing_allowed": '["127.0.0.0/8"]',
    "outgoing_plain": "true",
    "max_attempts": "10",
    "address_rate_per_s": "0",
    "key_rate_per_s": "0",
}
COMMUNITY = {"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}}


class Receiver(ThreadingHTTPServer):
    """Takes in webhook calls."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: dict[str, set[bytes]] = {}
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        with self.server.lock:
            self.server.bodies.setdefault(self.headers["x-dispatch-delivery"], set()).add(body)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class MortalService:
    """A service that is killed and started again over the same data; clients ask for its present address."""

    def __init__(self, data_dir: Path, settings: dict[str, str]) -> None:
        self._data_dir = data_dir
        self._settings = settings
        self._client: httpx.Client | None = None
        self.is_given_up = threading.Event()

    def start(self) -> None:
        self._service = RunningService(self._data_dir, **self._settings)
        self._client = self._service.__enter__()

    def kill(self) -> None:
        self._service.kill()
        if self._client is not None:
            self._client.close()

    def stop(self) -> None:
        assert self._service.stop() in (0, -signal.SIGTERM), self._service.output

    def until_answered(self, method: str, path: str, *, key: str | None = None, **what: Any) -> httpx.Response:
        """Send a request until it is answered, always with the same key.

        An answer that was lost with the process is not known any more: then 409 `idempotency_in_progress` stays.
        """
        headers = what.pop("headers", {}) | ({"idempotency-key": key} if key else {})
        patience = 20
        while not self.is_given_up.is_set():
            client = self._client
            try:
                assert client is not None
                answer = client.request(method, path, headers=headers, **what)
            except (httpx.TransportError, RuntimeError):  # the latter: closed, the service has died
                time.sleep(0.05)
                continue
            is_in_progress = answer.status_code == 409 and "idempotency_in_progress" in answer.text
            if answer.status_code != 503 and not (is_in_progress and patience > 0):
                return answer
            patience -= 1
            time.sleep(0.05)
        raise RuntimeError(f"{method} {path}: the service did not come back")


def orders_of(batch: int) -> list[dict[str, Any]]:
    return [
        {
            "order": {
                "id": f"o-{batch}-{number}",
                "kind": "install",
                "community": "c-1",
                "accepted_at": "2026-03-09T10:00:00+08:00",
                "duration": "PT75M",
            }
        }
        for number in range(BATCH)
    ]


def send_orders(service: MortalService, is_over: threading.Event) -> int:
    """Take in batch after batch until the killing is over; return how many."""
    batch = 0
    while batch < 2 or not is_over.is_set():
        body = json.dumps({"orders": orders_of(batch)}).encode()
        answer = service.until_answered("POST", "/v1/orders/bulk", key=f"batch-{batch}", content=body, headers=JSON)
        if answer.status_code == 409:  # carried out, its answer was lost: the same list again, as the description says
            answer = service.until_answered("POST", "/v1/orders/bulk", content=body, headers=JSON)
        report = answer.json()
        assert len(report["received"]) + len(report["known"]) == BATCH, report
        batch += 1
    return batch


def plan_and_publish(service: MortalService) -> None:
    document = to_json(VILLAGE)
    submitted = service.until_answered("POST", "/v1/requests", key="request", content=document, headers=JSON)
    if submitted.status_code == 409:  # stored, its id was lost: a request more does no harm
        submitted = service.until_answered("POST", "/v1/requests", content=document, headers=JSON)
    assert submitted.status_code == 201, submitted.text
    run = {"request_id": submitted.json()["id"], "iterations": 150, "threads": 1}
    started = service.until_answered("POST", "/v1/runs", key="run", json=run)
    if started.status_code == 409:  # queued, its id was lost: look it up
        (found,) = service.until_answered("GET", "/v1/runs").json()["runs"]
    else:
        assert started.status_code == 202, started.text
        found = started.json()
    run_id = found["id"]
    deadline = time.monotonic() + SOON_S + 60
    while True:
        found = service.until_answered("GET", f"/v1/runs/{run_id}").json()
        if found["state"] in ("done", "failed", "cancelled"):
            break
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    assert found["state"] == "done", found
    published = service.until_answered("POST", f"/v1/plans/{found['plan_id']}/publish", json={"replaces": None})
    assert published.status_code == 200, published.text


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_or_doubled_whenever_the_service_is_killed(
    database: dict[str, str], seed: int, tmp_path: Path, receiver: Receiver
) -> None:
    service = MortalService(tmp_path, HASTY | database)
    service.start()
    url = Settings.model_validate({"data_dir": tmp_path} | database).url
    try:
        sent = work_while_it_dies(service, random.Random(seed), receiver)
        wait_for_deliveries(url)
        service.stop()
    finally:
        service.kill()
    expect_each_once(url, sent=sent, receiver=receiver)


def work_while_it_dies(service: MortalService, rng: random.Random, receiver: Receiver) -> int:
    """Let clients work while the service is killed and started again; return how many orders were sent."""
    hook = {"url": receiver.url, "events": ["order.state_changed", "run.finished", "plan.published"]}
    assert service.until_answered("POST", "/v1/webhooks", json=hook).status_code == 201
    assert service.until_answered("POST", "/v1/communities", json=COMMUNITY).status_code == 201
    is_over = threading.Event()
    with ThreadPoolExecutor(max_workers=2) as threads:
        batches = threads.submit(send_orders, service, is_over)
        planned = threads.submit(plan_and_publish, service)
        try:
            for _ in range(KILLS):
                time.sleep(rng.uniform(0.05, 2.0))  # the moment of death, drawn
                service.kill()
                service.start()
        except BaseException:
            service.is_given_up.set()
            raise
        finally:
            is_over.set()
        sent: int = result_of(batches) * BATCH
        result_of(planned)
    return sent


def result_of(future: Future[Any]) -> Any:
    return future.result(timeout=SOON_S + 60)


def wait_for_deliveries(url: Any) -> None:
    deadline = time.monotonic() + SOON_S
    while scalar(url, "SELECT count(*) FROM webhook_deliveries WHERE next_at IS NOT NULL"):
        assert time.monotonic() < deadline, "webhook calls still wait"
        time.sleep(0.2)


def expect_each_once(url: Any, *, sent: int, receiver: Receiver) -> None:
    assert scalar(url, "SELECT count(*) FROM work_orders") == sent
    assert scalar(url, "SELECT count(*) FROM audit_events WHERE action = 'receive'") == sent
    assert scalar(url, "SELECT count(DISTINCT \"order\") FROM audit_events WHERE action = 'receive'") == sent
    assert scalar(url, "SELECT count(*) FROM timers WHERE kind = 'promise'") == sent
    assert scalar(url, 'SELECT count(DISTINCT "order") FROM timers') == sent
    assert scalar(url, "SELECT count(*) FROM runs") == 1
    assert scalar(url, "SELECT count(*) FROM plans") == 1
    assert scalar(url, "SELECT count(*) FROM runs WHERE state = 'done'") == 1
    assert scalar(url, "SELECT count(*) FROM plans WHERE state = 'published'") == 1
    told = Counter(delivery.partition("-")[0] for delivery in receiver.bodies)
    assert told == Counter({"order": sent, "run": 1, "plan": 1})
    assert {len(bodies) for bodies in receiver.bodies.values()} == {1}  # a repetition says the same


def scalar(url: Any, query: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            found: int = connection.execute(text(query)).scalar_one()
            return found
    finally:
        engine.dispose()
