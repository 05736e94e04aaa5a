"""A day of a city's traffic within minutes: nothing may fail, nothing may be lost, memory may not grow."""

from __future__ import annotations

import heapq
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from statistics import linear_regression
from typing import Any, Final, cast

import httpx
import psutil  # type: ignore[import-untyped]

from benchmarks.cities.spec import Size
from benchmarks.service.ledger import LISTED, Ledger
from benchmarks.service.people import Field, People, customers, dispatcher
from benchmarks.service.running import running_service
from benchmarks.service.running_city import begin_city, city_of_today
from benchmarks.service.status_page import links_of
from dispatch.policy.settings import load_policy

STEPS_OF_A_DAY: Final = 90
"""Calls of a technician in a day: some seven visits with a dozen each."""
ORDERS_OF_A_DAY: Final = 0.5
"""New orders during the day, for each that was open in the evening before."""
CALLS_PER_ORDER: Final = 8
CUSTOMERS: Final = 4
PAGES: Final = 60
SAMPLE_EVERY_S: Final = 1.0
WARM_UP: Final = 1 / 3
"""Share of the time in which caches fill."""
REMINDERS: Final = ("warning", "escalation")
"""Entries of the audit that leave the order's version as it is."""
MIB: Final = 2**20


def measure_day(
    *, size: str, minutes: float, seed: int, clients: int, search_s: float, database_url: str | None, workers: int
) -> Iterator[str]:
    """Let a city's people use the service; give the figures, and a line for everything that was not as expected."""
    request = city_of_today(cast("Size", size), seed=seed, now=datetime.now(UTC))
    rng, ledger = random.Random(seed), Ledger()  # noqa: S311 - a simulation
    with running_service(database_url=database_url, workers=workers) as service, service.client() as client:
        begin_city(client, request, search_s=search_s)
        pages = links_of(service.settings, [order.id for order in request.orders[:PAGES]])
        begun, begun_cpu_s, memory = time.perf_counter(), service.cpu_s(), _Memory(service.pid)
        with ExitStack() as stack:
            hands = [stack.enter_context(service.client()) for _ in range(clients)]
            people: list[list[tuple[float, People]]] = [[] for _ in hands]
            pause_s = 60 * minutes / STEPS_OF_A_DAY
            for number, technician in enumerate(request.technicians):
                field = Field(hands[number % clients], ledger, load_policy(), random.Random(rng.random()))  # noqa: S311
                people[number % clients].append((pause_s, field.technician(technician.id)))
            calls = CALLS_PER_ORDER * ORDERS_OF_A_DAY * len(request.orders)
            for number in range(CUSTOMERS):
                hand, own = number % clients, random.Random(rng.random())  # noqa: S311
                some = customers(hands[hand], ledger, request, pages, own, name=f"new-{number}")
                people[hand].append((60 * minutes * CUSTOMERS / calls, some))
            people[-1].append((pause_s, dispatcher(hands[-1], ledger, request, rng)))
            ends_at = begun + 60 * minutes
            threads = [threading.Thread(target=_live, args=(some, ends_at)) for some in people]
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                memory.sample()
                time.sleep(SAMPLE_EVERY_S)
        measured, cpu_s = ledger.measured(), service.cpu_s() - begun_cpu_s
        yield (
            f"{size}, {time.perf_counter() - begun:.0f} s: {ledger.done['visits']} visits, "
            f"{len(ledger.received)} orders taken in, {ledger.done['news']} times somebody off or back, "
            f"{ledger.overtaken} actions overtaken by a new plan (409, 412)"
        )
        yield f"answers: {measured.line()}"
        yield f"the service used {cpu_s:.0f} s of processor; load of the machine {os.getloadavg()[0]:.1f}"
        yield memory.line()
        _check_nothing_lost(client, ledger, expected={order.id for order in request.orders} | set(ledger.received))
        yield f"plans published on the day: {_published(client, str(request.horizon.start.date()))}"
        yield (
            f"looked for {sum(map(len, ledger.actions.values()))} actions of {len(ledger.actions)} orders in audits,"
            f" {sum(ledger.contacts.values())} contact attempts, {len(ledger.received)} new orders"
        )
        yield f"not as expected: {len(ledger.unexpected)}"
        yield from ledger.unexpected[:LISTED]


def _live(people: list[tuple[float, People]], ends_at: float) -> None:
    """Come round to everybody in turn, each at an own pace; who is late does not hurry afterwards."""
    begun = time.perf_counter()
    due = [(begun + pause_s * number / max(1, len(people)), number) for number, (pause_s, _) in enumerate(people)]
    heapq.heapify(due)
    while due:
        at, number = heapq.heappop(due)
        if at > ends_at or time.perf_counter() > ends_at:
            return
        time.sleep(max(0.0, at - time.perf_counter()))
        pause_s, person = people[number]
        next(person)
        heapq.heappush(due, (max(at + pause_s, time.perf_counter()), number))


def _check_nothing_lost(client: httpx.Client, ledger: Ledger, *, expected: set[str]) -> None:
    """Look for every order, action and contact attempt that the service said it had taken."""
    there = Counter(order["id"] for order in _all(client, "/v1/orders"))
    if set(there) != expected:
        ledger.fault(f"orders: lost {sorted(expected - set(there))[:5]}, unknown {sorted(set(there) - expected)[:5]}")
    for order, actions in ledger.actions.items():
        audit = _all(client, f"/v1/orders/{order}/audit")
        found = Counter(event.get("action_id") for event in audit)
        if wrong := {action: found[action] for action in actions if found[action] != 1}:
            ledger.fault(f"order {order}: its audit holds these actions so many times: {wrong}")
        versions = sorted(event["order_version"] for event in audit if event["action"] not in REMINDERS)
        if versions != list(range(1, len(versions) + 1)):
            ledger.fault(f"order {order}: the audit counts versions {versions}")
    attempts = Counter(one["order"] for one in _all(client, "/v1/contact-attempts"))
    if attempts != ledger.contacts:
        ledger.fault(
            f"contact attempts: lost {dict(ledger.contacts - attempts)}, more {dict(attempts - ledger.contacts)}"
        )


def _all(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    """Return a whole list."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 1_000}
    while True:
        page = client.get(path, params=query).raise_for_status().json()
        found += page["items"]
        if not page.get("next_cursor"):
            return found
        query["cursor"] = page["next_cursor"]


def _published(client: httpx.Client, day: str) -> str:
    states = Counter(one["state"] for one in _all(client, f"/v1/automatic-plans?dispatch_day={day}"))
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


class _Memory:
    """Resident memory of the service's process over time."""

    def __init__(self, pid: int) -> None:
        self._process, self._begun = psutil.Process(pid), time.perf_counter()
        self._samples: list[tuple[float, float]] = []

    def sample(self) -> None:
        """Take one."""
        self._samples.append((time.perf_counter() - self._begun, self._process.memory_info().rss / MIB))

    def line(self) -> str:
        """Return start, middle, end, and the slope after the warm-up."""
        sizes = [size for _, size in self._samples]
        warm = self._samples[int(len(self._samples) * WARM_UP) :]
        slope = (
            60 * linear_regression([at for at, _ in warm], [size for _, size in warm]).slope
            if len(warm) > 2
            else float("nan")
        )
        return (
            f"memory of the service: start {sizes[0]:.0f}, middle {sizes[len(sizes) // 2]:.0f}, end {sizes[-1]:.0f}, "
            f"most {max(sizes):.0f} MiB; {slope:+.1f} MiB a minute after the first third"
        )
