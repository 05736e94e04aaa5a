"""Technicians, customers and a dispatcher who do what they do all day, one call to the service after another.

Each is a generator: it goes on to its next call whenever a thread comes round to it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from benchmarks.service.ledger import Ledger
from dispatch.domain.request import Request
from dispatch.policy.settings import Policy

NO_ACCESS_SHARE: Final = 0.04
OVERRUN_SHARE: Final = 0.05
URGENT_SHARE: Final = 0.06
TWICE_SHARE: Final = 0.1
"""Orders that are sent again, as after a lost answer."""
PAGES_OF_AN_ORDER: Final = 6
"""Status pages that are read for each order that comes in."""
AGREED_AHEAD: Final = timedelta(minutes=2)
CONTRACTED_KBPS: Final = 100_000

People = Iterator[None]


class Field:
    """What a technician's phone sends, against the version it has seen."""

    def __init__(self, client: httpx.Client, ledger: Ledger, policy: Policy, rng: random.Random) -> None:
        self._client, self._ledger, self._policy, self._rng = client, ledger, policy, rng
        self._number = 0

    def technician(self, technician: str) -> People:
        """Serve one order after another: look what comes next, take it on, call, go there, work, close."""
        while True:
            query = {"technician": technician, "state": "dispatched", "limit": "100"}
            answer = self._ledger.send(self._client, "GET", "/v1/orders", params=query)
            yield
            waiting = [] if answer is None else answer.json()["items"]
            if waiting:
                yield from self._serve(min(waiting, key=lambda order: str(order["planned_start"])))

    def _serve(self, order: dict[str, Any]) -> People:
        steps: list[tuple[str, dict[str, Any]]] = [("accept", {})]
        if order["order"].get("agreed_start") is None:
            start = (_now() + AGREED_AHEAD).isoformat()
            is_called = self._rng.random() < 0.5
            steps.append(
                ("contacts", {"result": "agreed", "agreed_start": start}) if is_called else ("agree", {"start": start})
            )
        steps.append(("set-out", {}))
        if self._rng.random() < NO_ACCESS_SHARE:
            steps.append(("no-access", {"note": "rang three times"}))
        else:
            steps.append(("arrive", {}))
            if self._rng.random() < OVERRUN_SHARE:
                steps.append(("overrun", {"expected_end": (_now() + timedelta(hours=2)).isoformat()}))
            steps += [("work", {}), ("finish", {}), ("close", {})]
        for action, body in steps:
            if action == "work":
                yield from self._write_down(order)
                continue
            changed = self._act(order, action, body)
            yield
            if changed is None:
                return
            order = changed
        self._ledger.count("visits")

    def _act(self, order: dict[str, Any], action: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Do something to an order; if somebody changed it meanwhile, look again, and do it if that is right."""
        self._number += 1
        action_id = f"{order['id']}-{action}-{self._number}-{self._rng.getrandbits(48):012x}"
        seen = order
        while True:
            answer = self._ledger.send(
                self._client,
                "POST",
                f"/v1/orders/{order['id']}/{action}",
                json=body | {"action_id": action_id},
                headers={"If-Match": f'"{seen["version"]}"', "Idempotency-Key": f"{action_id}-{seen['version']}"},
                expected=(200, 409, 412),
            )
            if answer is None:
                return None
            if answer.status_code == httpx.codes.OK:
                self._ledger.actions[order["id"]].append(action_id)
                if action == "contacts" or (action == "agree" and seen["state"] == "accepted"):
                    self._ledger.contacts[order["id"]] += 1
                changed: dict[str, Any] = answer.json()
                return changed
            self._ledger.count_overtaken()
            now = self._ledger.send(self._client, "GET", f"/v1/orders/{order['id']}")
            if now is None:
                return None
            refused, seen = seen, now.json()
            if refused["version"] == seen["version"]:
                self._ledger.fault(f"order {order['id']}: {action} was refused, but nobody was faster: {answer.text}")
                return None
            if (seen["state"], seen.get("technician")) != (order["state"], order.get("technician")):
                return None  # it went to somebody else

    def _write_down(self, order: dict[str, Any]) -> People:
        """Write down what closing the order asks for."""
        path, quality = f"/v1/orders/{order['id']}", self._policy.quality
        items = [item for stage in _STAGES for item in getattr(quality.checklist, stage)]
        self._ledger.send(self._client, "POST", f"{path}/ticks", json={"items": items})
        yield
        kind, tier = order["order"]["kind"], order["order"].get("tier", "standard")
        if kind in quality.speed_test.kinds:
            tests = {"measured_kbps": [CONTRACTED_KBPS] * quality.speed_test.least_tests}
            body = tests | {"contracted_kbps": CONTRACTED_KBPS}
            self._ledger.send(self._client, "POST", f"{path}/speed-tests", json=body, expected=(201,))
            yield
        if kind in quality.convenience.kinds and tier in quality.convenience.tiers:
            item = {"item": "screen_cleaning", "result": "done"}
            self._ledger.send(self._client, "POST", f"{path}/conveniences", json=item, expected=(201,))
            yield


_STAGES: Final = ("appointment", "arrival", "entry", "work", "leaving")


def customers(
    client: httpx.Client, ledger: Ledger, city: Request, pages: list[str], rng: random.Random, *, name: str
) -> People:
    """Order, sometimes twice and sometimes urgently, and look what has become of it, over and over."""
    number = 0
    while True:
        order_id = f"{name}-{number}"
        number += 1
        like = rng.choice(city.orders)
        is_urgent = rng.random() < URGENT_SHARE
        order = {
            "id": order_id,
            "kind": "repair" if is_urgent else like.kind,
            "community": like.community,
            "accepted_at": _now().isoformat(),
            "duration": "PT45M",
            "priority": 3 if is_urgent else 0,
        }
        sent = {"json": {"order": order, "channel": "app"}, "headers": {"Idempotency-Key": order_id}}
        answer = ledger.send(client, "POST", "/v1/orders", expected=(201,), **sent)
        if answer is not None:
            ledger.received.append(order_id)
            if rng.random() < TWICE_SHARE:
                again = ledger.send(client, "POST", "/v1/orders", expected=(201,), **sent)
                if again is not None and again.content != answer.content:
                    ledger.fault(f"order {order_id} sent twice was answered differently")
        yield
        for _ in range(PAGES_OF_AN_ORDER):
            ledger.send(client, "GET", f"/c/{rng.choice(pages)}")
            yield
        ledger.send(client, "GET", f"/v1/orders/{order_id}", expected=(200,) if answer is not None else (404,))
        yield


def dispatcher(client: httpx.Client, ledger: Ledger, city: Request, rng: random.Random) -> People:
    """Watch the board; now and then somebody falls ill, and is back later."""
    day = str(city.horizon.start.date())
    board = (
        "/v1/countdowns?limit=50",
        "/v1/escalations?limit=20",
        f"/v1/plan-changes?dispatch_day={day}&limit=5",
        "/v1/orders?sort=-received_at&limit=50",
        f"/v1/kpis?first_day={day}&last_day={day}",
        f"/v1/schedule?day={day}",
    )
    number = 0
    while True:
        for path in board:
            ledger.send(client, "GET", path)
            yield
        technician = rng.choice(city.technicians).id
        for kind in ("technician_off", "technician_back"):
            number += 1
            event = {"kind": kind, "id": f"news-{number}", "at": _now().isoformat(), "technician": technician}
            ledger.send(client, "POST", "/v1/events", json={"event": event}, expected=(201,))
            ledger.count("news")
            for path in board:
                ledger.send(client, "GET", path)
                yield


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
