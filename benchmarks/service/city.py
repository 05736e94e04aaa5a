"""A synthetic city, put into the service as its master data and orders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec, Size
from dispatch.domain.request import Request


def make_city(size: Size, *, seed: int = 7, days: int = 1) -> Request:
    """Return a city's planning request."""
    return generate_city(CitySpec(size=size, seed=seed, days=days))


def put_city(client: httpx.Client, city: Request) -> None:
    """Store communities, technicians and shifts of a city."""
    for community in city.communities:
        body: dict[str, Any] = {"community": _document(community)}
        client.post("/v1/communities", json=body).raise_for_status()
    for technician in city.technicians:
        person = technician.model_copy(update={"shifts": ()})
        body = {
            "technician": _document(person),
            "name": technician.id,
            "badge": technician.id,
            "relay_phone": "400 555 0101",
        }
        client.post("/v1/technicians", json=body).raise_for_status()
        for shift in technician.shifts:
            one = {"technician": technician.id, "shift": _document(shift)}
            client.post("/v1/shifts", json=one).raise_for_status()


def order_bodies(city: Request, count: int) -> Iterator[dict[str, Any]]:
    """Give so many orders like those of a city, each with an id of its own."""
    like = [_document(order) for order in city.orders]
    for number in range(count):
        yield {"order": like[number % len(like)] | {"id": f"order-{number:06d}"}, "channel": "benchmark"}


def bulk(bodies: Sequence[dict[str, Any]]) -> bytes:
    """Return the body that takes in many orders."""
    return json.dumps({"orders": bodies}).encode()


def _document(model: Any) -> dict[str, Any]:
    document: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return document
