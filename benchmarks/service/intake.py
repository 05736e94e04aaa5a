"""Bulk intake: thousands of orders in one request."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.service.city import bulk, make_city, order_bodies, put_city
from benchmarks.service.running import running_service


def measure_intake(*, orders: int, requests: int, database_url: str | None) -> Iterator[str]:
    """Take in orders in bulk and give a line for each request; every order must be there afterwards."""
    city = make_city("district")
    bodies = list(order_bodies(city, orders * requests))
    with running_service(database_url=database_url) as service, service.client() as client:
        put_city(client, city)
        for number in range(requests):
            body = bulk(bodies[number * orders : (number + 1) * orders])
            begun_s, begun_cpu_s = time.perf_counter(), service.cpu_s()
            answer = client.post("/v1/orders/bulk", content=body).raise_for_status()
            took_s, took_cpu_s = time.perf_counter() - begun_s, service.cpu_s() - begun_cpu_s
            report = answer.json()
            if len(report["received"]) != orders:
                raise RuntimeError(
                    f"{len(report['received'])} of {orders} orders were taken in: {report['failed'][:3]}"
                )
            yield (
                f"request {number + 1}: {orders} orders in {took_s:.2f} s = {orders / took_s:.0f} orders/s; "
                f"{took_cpu_s:.2f} s of processor = {orders / took_cpu_s:.0f} orders/s of it"
            )
