"""Ordinary reads at a fixed rate, in peace and while a city is planned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import cast

from benchmarks.cities.spec import Size
from benchmarks.service.city import bulk, make_city, order_bodies, put_city
from benchmarks.service.load import Call, steady
from benchmarks.service.running import running_service
from dispatch.domain.files import to_json

ORDERS = 2_000
LISTED = 20


def measure_reads(
    *, rate_per_s: float, duration_s: float, database_url: str | None, workers: int, size: str
) -> Iterator[str]:
    """Read single orders, lists and runs, and give a line for each phase."""
    city = make_city(cast("Size", size))
    with running_service(database_url=database_url, workers=workers) as service, service.client() as client:
        put_city(client, city)
        bodies = list(order_bodies(city, ORDERS))
        client.post("/v1/orders/bulk", content=bulk(bodies)).raise_for_status()
        paths = [
            *(f"/v1/orders/order-{number:06d}" for number in range(0, ORDERS, ORDERS // 40)),
            *[f"/v1/orders?limit={LISTED}&sort=-received_at", "/v1/runs?limit=10"] * 5,
        ]
        calls = [Call(path=path, headers=service.headers) for path in paths]
        run = {"limit_s": duration_s}
        asyncio.run(steady(service.base_url, calls, rate_per_s=rate_per_s, duration_s=2))  # warm
        found = asyncio.run(steady(service.base_url, calls, rate_per_s=rate_per_s, duration_s=duration_s))
        yield f"in peace: {found.line()}"
        stored = client.post("/v1/requests", content=to_json(city)).raise_for_status().json()
        started = client.post("/v1/runs", json=run | {"request_id": stored["id"]}).raise_for_status().json()
        found = asyncio.run(steady(service.base_url, calls, rate_per_s=rate_per_s, duration_s=duration_s))
        state = client.get(f"/v1/runs/{started['id']}").json()["state"]
        yield f"while a {size} of {len(city.orders)} orders is planned (run {state}): {found.line()}"
