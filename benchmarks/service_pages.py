"""A running service with a few orders in several states, for pictures of its pages."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from dispatch.bootstrap import Service, build_service
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.note import Note
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.domain.records.roster import CommunityRecord, TechnicianRecord
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Order, Technician
from dispatch.settings import Settings
from dispatch.usecases.access.links import make_link
from dispatch.usecases.access.users import create_user

WORD: Final = "pictures of the pages"
SUPERVISOR: Final = "supervisor"
START_S: Final = 60.0
"""How long the service may take to start."""
PLACE: Final = {"lat": 34.26, "lon": 117.18}
COMMUNITIES: Final = {"c-1": "翠屏山小区", "c-2": "云龙湖花园", "c-3": "Garden Court"}
TECHNICIANS: Final = {"t-1": "王磊", "t-2": "Li Na"}
STATES: Final = (
    ("agreed", "t-1", 2),
    ("on_site", "t-1", 0),
    ("en_route", "t-2", 1),
    ("dispatched", "t-2", 4),
    ("booked", None, 26),
    ("qualified", None, 30),
)
"""State, technician and hours until the visit of each order."""


@dataclass(frozen=True, kw_only=True)
class RunningPages:
    """Where a service with pages runs.

    Attributes
    ----------
    customer
        Path of a customer's page.
    """

    url: str
    customer: str


@contextmanager
def running_pages(data_dir: Path) -> Iterator[RunningPages]:
    """Serve a small dispatch centre from an empty folder; exits if the service does not start."""
    subprocess.run([sys.executable, "-m", "dispatch", "db", "init", "--data-dir", data_dir], check=True)  # noqa: S603
    service = build_service(Settings(data_dir=data_dir))
    customer = _fill(service)
    service.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "dispatch", "serve", "--port", str(port), "--data-dir", str(data_dir)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield RunningPages(url=url, customer=customer)
    finally:
        process.terminate()
        process.wait()


def _fill(service: Service) -> str:
    """Store a centre with orders and a supervisor; return the path of a customer's page."""
    now = service.clock.now().replace(microsecond=0)
    store = service.store.of(MAIN_CENTRE)
    made: dict[str, Any] = {"created_at": now, "changed_at": now}
    with store.write() as transaction:
        if transaction.records(Centre).find(MAIN_CENTRE) is None:
            transaction.records(Centre).add(Centre(id=MAIN_CENTRE, name="云龙宽带服务", **made))
        for name, called in COMMUNITIES.items():
            community = Community.model_validate({"id": name, "name": called, "location": PLACE})
            transaction.records(CommunityRecord).add(CommunityRecord(id=name, community=community, **made))
        for number, (name, called) in enumerate(TECHNICIANS.items()):
            technician = Technician.model_validate({"id": name, "home": PLACE})
            known = {"name": called, "badge": f"XZ-047{number}", "relay_phone": f"4005550{number}01"}
            transaction.records(TechnicianRecord).add(TechnicianRecord(id=name, technician=technician, **known, **made))
        orders = [_order(number, now) for number in range(len(STATES))]
        transaction.records(WorkOrder).add_all(orders)
        transaction.records(Note).add(
            Note(id="n-1", order="o-001", author="customer", actor="customer", text="请带一根长网线，谢谢。", **made)
        )
        for kind, order, minutes in (("accept", "o-004", 6), ("close", "o-002", 55), ("arrival", "o-003", -4)):
            due = now + timedelta(minutes=minutes)
            fields = {"id": kind, "order": order, "kind": kind, "due_at": due, "warn_at": due, "next_at": due}
            transaction.records(Timer).add(Timer.model_validate({**fields, **made}))
        raised = {"id": "e-1", "order": "o-003", "kind": "arrival", "level": "warning", "audience": "supervisor"}
        transaction.records(Escalation).add(Escalation.model_validate({**raised, "at": now, "text": "late", **made}))
    create_user(
        SUPERVISOR,
        WORD,
        name="Supervisor",
        role="supervisor",
        technician=None,
        store=store,
        everywhere=service.store,
        clock=service.clock,
        passwords=service.passwords,
    )
    token = make_link(
        "order_page", "o-001", customer="k-1", valid_s=3600, store=store, clock=service.clock, signer=service.signer
    )
    return f"/c/{token}"


def _order(number: int, now: datetime) -> WorkOrder:
    state, technician, hours = STATES[number]
    start, received = now + timedelta(hours=hours), now - timedelta(hours=2)
    is_agreed = state in {"agreed", "on_site", "en_route"}
    asked: dict[str, Any] = {"id": f"o-{number + 1:03}", "kind": "repair" if number % 3 == 2 else "install"}
    asked |= {"community": f"c-{number % 3 + 1}", "accepted_at": received, "duration": "PT60M"}
    fields: dict[str, Any] = {"state": state, "technician": technician, "customer": "k-1", "in_scope": True}
    if technician is not None:
        fields |= {"planned_start": start, "planned_end": start + timedelta(hours=1), "p_on_time": 0.72 + 0.06 * number}
        window = {"start": start - timedelta(minutes=15), "end": start + timedelta(minutes=25)}
        fields |= {"arrival_window": window, "dispatched_at": received + timedelta(minutes=10)}
    if is_agreed:
        asked["agreed_start"] = start
        fields |= {"technician_accepted_at": received + timedelta(minutes=14)}
        fields |= {"agreed_at": received + timedelta(minutes=52)}
    return WorkOrder.model_validate(
        {
            "id": asked["id"],
            "created_at": received,
            "changed_at": received,
            "received_at": received,
            "order": Order.model_validate(asked),
            "due": received + timedelta(hours=24 if asked["kind"] == "repair" else 72),
            **fields,
        }
    )


def _wait_for(url: str) -> None:
    deadline_s = time.monotonic() + START_S
    while time.monotonic() < deadline_s:
        try:
            if httpx.get(f"{url}/login").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    sys.exit(f"the service at {url} did not start within {START_S:.0f} s")
