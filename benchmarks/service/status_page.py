"""The customer's status page, by many readers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from benchmarks.service.city import bulk, make_city, order_bodies, put_city
from benchmarks.service.load import Call, flood
from benchmarks.service.running import running_service
from dispatch.bootstrap import open_store
from dispatch.clock import SystemClock
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.settings import Settings
from dispatch.signing import Signer, signing_secret
from dispatch.usecases.access.links import make_link

LINK_VALID_S = 24 * 3600


def measure_status_page(*, orders: int, connections: int, duration_s: float, database_url: str | None) -> Iterator[str]:
    """Ask for the status pages of many orders as fast as they are answered, and give a line."""
    city = make_city("village")
    with running_service(database_url=database_url) as service, service.client() as client:
        put_city(client, city)
        bodies = list(order_bodies(city, orders))
        client.post("/v1/orders/bulk", content=bulk(bodies)).raise_for_status()
        tokens = links_of(service.settings, [body["order"]["id"] for body in bodies])
        calls = [Call(path=f"/c/{token}", headers=(("Accept", "text/html"),)) for token in tokens]
        asyncio.run(flood(service.base_url, calls, connections=connections))  # each page once, as after a quiet time
        begun_cpu_s = service.cpu_s()
        found = asyncio.run(flood(service.base_url, calls, connections=connections, duration_s=duration_s))
        per_cpu_s = len(found.seconds) / (service.cpu_s() - begun_cpu_s)
        yield f"{orders} pages, {connections} readers: {found.line()}; {per_cpu_s:.0f} pages a second of processor"


def links_of(settings: Settings, orders: list[str]) -> list[str]:
    """Make the links to orders that messages would carry."""
    signer, clock = Signer(signing_secret(settings)), SystemClock()
    with open_store(settings) as store:
        return [
            make_link(
                "order_page",
                order,
                valid_s=LINK_VALID_S,
                store=store.of(MAIN_CENTRE),
                clock=clock,
                signer=signer,
            )
            for order in orders
        ]
