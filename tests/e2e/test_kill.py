"""The service killed at random moments while clients send, plan and publish: nothing is lost, nothing doubled.

Clients repeat what was not answered, with the same `Idempotency-Key`, until it is.
"""

from __future__ import annotations

import json
import random
import signal
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dispatch.domain.files import to_json
from tests.api.journey import JSON
from tests.e2e.mortal_service import SOON_S, MortalService
from tests.e2e.receiver import Receiver, receiving
from tests.e2e.test_service import VILLAGE

pytestmark = pytest.mark.slow

KILLS = 2
BATCH = 60
COMMUNITY = {"community": {"id": "c-1", "location": {"lat": 34.26, "lon": 117.18}}}


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
    database: dict[str, str], seed: int, tmp_path: Path
) -> None:
    service = MortalService(tmp_path, database)
    service.start()
    with receiving() as receiver:
        try:
            sent = work_while_it_dies(service, random.Random(seed), receiver)
            service.wait_until_none("SELECT count(*) FROM webhook_deliveries WHERE next_at IS NOT NULL")
            assert service.stop() in (0, -signal.SIGTERM)
        finally:
            service.kill()
    expect_each_once(service, sent=sent, receiver=receiver)


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


def expect_each_once(service: MortalService, *, sent: int, receiver: Receiver) -> None:
    assert service.count("SELECT count(*) FROM work_orders") == sent
    assert service.count("SELECT count(*) FROM audit_events WHERE action = 'receive'") == sent
    assert service.count("SELECT count(DISTINCT \"order\") FROM audit_events WHERE action = 'receive'") == sent
    assert service.count("SELECT count(*) FROM timers WHERE kind = 'promise'") == sent
    assert service.count('SELECT count(DISTINCT "order") FROM timers') == sent
    assert service.count("SELECT count(*) FROM runs") == 1
    assert service.count("SELECT count(*) FROM plans") == 1
    assert service.count("SELECT count(*) FROM runs WHERE state = 'done'") == 1
    assert service.count("SELECT count(*) FROM plans WHERE state = 'published'") == 1
    told = Counter(delivery.partition("-")[0] for delivery in receiver.bodies)
    assert told == Counter({"order": sent, "run": 1, "plan": 1})
    assert {len(set(bodies)) for bodies in receiver.bodies.values()} == {1}  # a repetition says the same
