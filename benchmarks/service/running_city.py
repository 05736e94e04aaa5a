"""A city in the middle of its day: taken in over HTTP, planned by the service, its plan in force."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any, Final

import httpx

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec, Size
from benchmarks.service.city import bulk, put_city
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.domain.request import Request

MORNING_H: Final = 9
"""The clock of the service is the machine's; the city lies where it is this hour now, so that shifts have begun."""
FARTHEST_EAST_H: Final = 14
DAYS: Final = 2
LOOK_EVERY_S: Final = 0.25
PLAN_TIMEOUT_S: Final = 900


@dataclass(frozen=True, kw_only=True)
class RunningCity:
    """A city whose plan is in force.

    Attributes
    ----------
    day
        Its dispatch day, which is running.
    planned_s
        From asking for the plan until it was in force.
    """

    request: Request
    day: date
    planned_s: float


def city_of_today(size: Size, *, seed: int, now: datetime) -> Request:
    """Return a city that was planned last evening, in a zone where it is morning now."""
    offset_h = MORNING_H - now.astimezone(UTC).hour
    if offset_h + 24 <= FARTHEST_EAST_H:
        offset_h += 24
    spec = CitySpec(size=size, seed=seed, days=DAYS, time_zone=f"Etc/GMT{-offset_h:+d}" if offset_h else "Etc/GMT")
    evening = datetime.combine(now.astimezone(spec.zone).date() - timedelta(days=1), time_of_day(20))
    return generate_city(
        CitySpec(size=size, seed=seed, days=DAYS, time_zone=spec.time_zone, evening=evening),
    )


def begin_city(client: httpx.Client, request: Request, *, search_s: float) -> RunningCity:
    """Take a city in, have it planned, and wait until the plan is in force."""
    centre: dict[str, Any] = {"name": "City", "time_zone": request.time_zone, "nightly": {"search_s": search_s}}
    centre["depots"] = [depot.model_dump(mode="json", by_alias=True, exclude_none=True) for depot in request.depots]
    client.post("/v1/centres", json={"id": MAIN_CENTRE, **centre}).raise_for_status()
    put_city(client, request)
    orders = [order.model_dump(mode="json", by_alias=True, exclude_none=True) for order in request.orders]
    answer = client.post("/v1/orders/bulk", content=bulk([{"order": one} for one in orders])).raise_for_status()
    if answer.json()["failed"]:
        raise RuntimeError(f"orders of the city were not taken in: {answer.json()['failed'][:3]}")
    day = request.horizon.start.date()
    begun = time.perf_counter()
    plan = client.post(f"/v1/days/{day}/plan", params={"publish": True}).raise_for_status().json()["id"]
    while (found := automatic_plan(client, plan))["state"] == "planning":
        if time.perf_counter() - begun > PLAN_TIMEOUT_S:
            raise RuntimeError(f"the plan was not in force after {PLAN_TIMEOUT_S} s")
        time.sleep(LOOK_EVERY_S)
    if found["state"] != "published":
        raise RuntimeError(f"the plan did not come into force: {found}")
    return RunningCity(request=request, day=day, planned_s=time.perf_counter() - begun)


def automatic_plan(client: httpx.Client, plan: str) -> dict[str, Any]:
    """Return what became of a plan that the service makes."""
    found: dict[str, Any] = client.get(f"/v1/automatic-plans/{plan}").raise_for_status().json()
    return found


def orders_in(client: httpx.Client, state: str, **filters: str) -> list[dict[str, Any]]:
    """Return all orders in a state."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"state": state, "limit": 1_000, **filters}
    while True:
        page = client.get("/v1/orders", params=query).raise_for_status().json()
        found += page["items"]
        if not page.get("next_cursor"):
            return found
        query["cursor"] = page["next_cursor"]
