"""How soon a running city has a new plan after something urgent, and a proposal for each new order."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, pairwise
from typing import Any, Final, cast

import httpx

from benchmarks.cities.spec import Size
from benchmarks.service.load import Measured
from benchmarks.service.running import Running, running_service
from benchmarks.service.running_city import RunningCity, begin_city, city_of_today, orders_in
from dispatch.domain.request import Community

KINDS: Final = ("repair", "technician off", "overrun")
TARGET_S: Final = 6.0
PROPOSAL_TARGET_S: Final = 5.0
LOOK_EVERY_S: Final = 0.05
"""How often it is looked for the new plan; what is measured is too long by half of it at most, on average."""
GIVEN_UP_S: Final = 120.0
OVERRUN: Final = timedelta(hours=2)


def measure_urgent(
    *, size: str, events: int, proposals: int, search_s: float, seed: int, database_url: str | None, workers: int
) -> Iterator[str]:
    """Send urgent events one after another, then ordinary orders; give a line for each kind."""
    request = city_of_today(cast("Size", size), seed=seed, now=datetime.now(UTC))
    with running_service(database_url=database_url, workers=workers) as service, service.client() as client:
        city = begin_city(client, request, search_s=search_s)
        yield (
            f"{size}: {len(request.orders)} orders, {len(request.technicians)} technicians; "
            f"{city.planned_s:.0f} s until the first plan was in force, {search_s:g} s of them search"
        )
        begun_cpu_s, begun = service.cpu_s(), time.perf_counter()
        taken: dict[str, list[float]] = {kind: [] for kind in KINDS}
        for number, kind in enumerate(islice(cycle(KINDS), events)):
            before_cpu_s = service.cpu_s()
            took_s, plan = _until_planned(client, city, kind, number)
            taken[kind].append(took_s)
            used_s = service.cpu_s() - before_cpu_s
            yield f"event {number + 1}, {kind}: {took_s:.2f} s, {used_s:.2f} s of processor{_parts(client, plan)}"
            _wait_until_quiet(client, city)
        for kind, seconds in taken.items():
            if seconds:
                yield f"{kind}: {_figures(seconds, TARGET_S)}"
        yield f"any event to new plan: {_figures([one for each in taken.values() for one in each], TARGET_S)}"
        found = [_until_proposed(client, city, number) for number in range(proposals)]
        fitting = [one for one in found if one is not None]
        yield f"order to proposal: {_figures(fitting, PROPOSAL_TARGET_S)}; {len(found) - len(fitting)} without one"
        yield _load_line(service, begun=begun, begun_cpu_s=begun_cpu_s)


def _until_planned(client: httpx.Client, city: RunningCity, kind: str, number: int) -> tuple[float, str]:
    """Cause an event; return the seconds until a plan that was made because of it is in force, and that plan's id."""
    headers: dict[str, str] = {}
    body: dict[str, Any]
    if kind == "repair":
        order = _new_order(city, f"urgent-{number}", kind="repair", duration="PT45M", priority=3)
        about, path, body = f"urgent-{number}", "/v1/orders", {"order": order}
    elif kind == "technician off":
        about = _busiest(client)
        event = {"kind": "technician_off", "id": f"off-{number}", "at": _now().isoformat(), "technician": about}
        path, body = "/v1/events", {"event": event}
    else:
        about, until = _begin_visit(client)
        path, body, headers = f"/v1/orders/{about}/overrun", {"expected_end": until}, {"If-Match": "*"}
        _wait_until_quiet(client, city)
    begun = time.perf_counter()
    client.post(path, json=body, headers=headers).raise_for_status()
    query = {"dispatch_day": str(city.day), "sort": "-created_at", "limit": "3"}
    while (took_s := time.perf_counter() - begun) < GIVEN_UP_S:
        changes = client.get("/v1/plan-changes", params=query).raise_for_status().json()["items"]
        for change in changes:
            if any(reason.endswith(f": {about}") for reason in change.get("reasons", ())):
                return took_s, change["id"]
        time.sleep(LOOK_EVERY_S)
    raise RuntimeError(f"no new plan {GIVEN_UP_S} s after {kind} of {about}")


def _parts(client: httpx.Client, plan: str) -> str:
    """Say how long the run of a plan waited, worked, and what came after it."""
    version = client.get(f"/v1/plans/{plan}").raise_for_status().json()["summary"]
    run = client.get(f"/v1/runs/{version['run_id']}").raise_for_status().json()
    names = ("created_at", "started_at", "finished_at")
    moments = [datetime.fromisoformat(at) for at in (*(run[name] for name in names), version["published_at"])]
    waited, worked, after = ((later - at).total_seconds() for at, later in pairwise(moments))
    return f" (run waited {waited:.1f} s, planned {worked:.1f} s, published {after:.1f} s later)"


def _until_proposed(client: httpx.Client, city: RunningCity, number: int) -> float | None:
    """Take in an ordinary order and return the seconds until it has a proposal; None = it fits nowhere."""
    order = _new_order(city, f"ordinary-{number}", kind="install", duration="PT60M", skills={"fiber": 1})
    begun = time.perf_counter()
    client.post("/v1/orders", json={"order": order}).raise_for_status()
    while (took_s := time.perf_counter() - begun) < 4 * PROPOSAL_TARGET_S:
        if client.get(f"/v1/orders/{order['id']}").raise_for_status().json().get("proposal"):
            return took_s
        time.sleep(LOOK_EVERY_S)
    return None


def _new_order(city: RunningCity, order_id: str, **more: Any) -> dict[str, Any]:
    """Return an order of now; a repair is in a community under the premium promise."""
    communities: list[Community] = [one for one in city.request.communities if one.tier == "premium"]
    there = communities[int(order_id.rpartition("-")[2]) % len(communities)]
    return {"id": order_id, "community": there.id, "accepted_at": _now().isoformat(), **more}


def _busiest(client: httpx.Client) -> str:
    """Return the technician to whom the most orders are handed out."""
    loads = Counter(str(order["technician"]) for order in orders_in(client, "dispatched"))
    return max(sorted(loads), key=lambda technician: loads[technician])


def _begin_visit(client: httpx.Client) -> tuple[str, str]:
    """Begin the first visit of a technician who is at none and has more to do; return order and a late end."""
    under_way = {order["technician"] for state in ("en_route", "on_site") for order in orders_in(client, state)}
    waiting = [order for order in orders_in(client, "dispatched") if order["technician"] not in under_way]
    loads = Counter(str(order["technician"]) for order in waiting)
    first = min(waiting, key=lambda order: (-loads[order["technician"]], order["planned_start"]))
    for action in ("accept", "set-out", "arrive"):
        client.post(f"/v1/orders/{first['id']}/{action}", headers={"If-Match": "*"}).raise_for_status()
    planned_end = max(_now(), datetime.fromisoformat(first["planned_end"]))
    return first["id"], (planned_end + OVERRUN).isoformat()


def _wait_until_quiet(client: httpx.Client, city: RunningCity) -> None:
    """Wait until no plan is being made and no news is being gathered."""
    query = {"dispatch_day": str(city.day), "state": "planning"}
    quiet = 0
    while quiet < 10:
        items = client.get("/v1/automatic-plans", params=query).raise_for_status().json()["items"]
        quiet = 0 if items else quiet + 1
        time.sleep(2 * LOOK_EVERY_S)


def _figures(seconds: list[float], target_s: float) -> str:
    if not seconds:
        return "none"
    found = Measured(seconds=tuple(sorted(seconds)), statuses=Counter(), took_s=sum(seconds))
    shown = ", ".join(f"p{percent} {found.percentile_ms(percent) / 1000:.2f} s" for percent in (50, 90, 99))
    kept = sum(one <= target_s for one in seconds)
    return f"{shown}, worst {max(seconds):.2f} s; {kept} of {len(seconds)} within {target_s:g} s"


def _load_line(service: Running, *, begun: float, begun_cpu_s: float) -> str:
    took_s, cpu_s = time.perf_counter() - begun, service.cpu_s() - begun_cpu_s
    return (
        f"the service used {cpu_s:.0f} s of processor in {took_s:.0f} s; load of the machine {os.getloadavg()[0]:.1f}"
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
