"""A small dispatch centre for pages: a technician and orders in several states."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.bootstrap import Service
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.record import MAIN_CENTRE
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.survey import Survey, survey_id
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Order, Shift, Technician
from dispatch.usecases.access.links import make_link

PLACE = {"lat": 34.26, "lon": 117.18}


def whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def work_order(now: datetime, order_id: str = "o-1", **changes: Any) -> WorkOrder:
    """An order that was received an hour ago, with further fields as given; `agreed_start` goes into the order."""
    received = whole(now) - timedelta(hours=1)
    order = Order.model_validate(
        {
            "id": order_id,
            "kind": changes.pop("kind", "install"),
            "community": "c-1",
            "accepted_at": received,
            "duration": "PT60M",
            "agreed_start": changes.pop("agreed_start", None),
        }
    )
    values: dict[str, Any] = {
        "id": order_id,
        "created_at": received,
        "changed_at": received,
        "state": "received",
        "order": order,
        "customer": "k-1",
        "received_at": received,
        "in_scope": True,
        "due": received + timedelta(hours=72),
        **changes,
    }
    return WorkOrder(**values)


def agreed_order(now: datetime, order_id: str = "o-1", **changes: Any) -> WorkOrder:
    """An order whose technician comes in two hours."""
    start = whole(now) + timedelta(hours=2)
    values: dict[str, Any] = {
        "state": "agreed",
        "technician": "t-1",
        "agreed_start": start,
        "planned_start": start,
        "planned_end": start + timedelta(hours=1),
        "p_on_time": 0.97,
        "arrival_window": {"start": start - timedelta(minutes=20), "end": start + timedelta(minutes=25)},
        "dispatched_at": whole(now) - timedelta(minutes=50),
        "technician_accepted_at": whole(now) - timedelta(minutes=45),
        "agreed_at": whole(now) - timedelta(minutes=30),
        **changes,
    }
    return work_order(now, order_id, **values)


def put(service: Service, *orders: WorkOrder, centre: str = MAIN_CENTRE) -> None:
    """Store orders, and once what they lie in: the centre, a community, a technician."""
    now = service.clock.now()
    made = {"created_at": now, "changed_at": now}
    with service.store.of(centre).write() as transaction:
        if transaction.records(Centre).find(centre) is None:
            transaction.records(Centre).add(Centre(id=centre, name=f"宽带服务 {centre}", **made))
        if transaction.records(TechnicianRecord).find("t-1") is None:
            technician = Technician.model_validate({"id": "t-1", "home": PLACE})
            known = {"name": "王磊", "badge": "XZ-0471", "relay_phone": "051600000000"}
            transaction.records(TechnicianRecord).add(
                TechnicianRecord(id="t-1", technician=technician, **known, **made)
            )
            community = Community.model_validate({"id": "c-1", "location": PLACE, "name": "翠屏山小区"})
            transaction.records(CommunityRecord).add(CommunityRecord(id="c-1", community=community, **made))
        transaction.records(WorkOrder).add_all(orders)


def ask_for_rating(service: Service, order_id: str = "o-1") -> None:
    """Store the open survey of an order."""
    now = service.clock.now()
    asked = {"id": survey_id(order_id), "order": order_id, "kind": "install", "asks_about_gifts": True}
    dates = {"created_at": now, "changed_at": now, "open_until": whole(now) + timedelta(days=3)}
    with service.store.of(MAIN_CENTRE).write() as transaction:
        transaction.records(Survey).add(Survey.model_validate({**asked, **dates}))


def give_shifts(service: Service, *, first: int = 1, days: int = 3) -> None:
    """Let technician t-1 work from 08:30 to 20:30, local time; 0 = from today on."""
    now = service.clock.now()
    today = now.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=8, minute=30, second=0, microsecond=0)
    with service.store.of(MAIN_CENTRE).write() as transaction:
        for number in range(first, first + days):
            start = today + timedelta(days=number)
            shift = Shift(id=f"s-{number}", start=start, end=start + timedelta(hours=12))
            record = ShiftRecord(id=f"s-{number}", technician="t-1", shift=shift, created_at=now, changed_at=now)
            transaction.records(ShiftRecord).add(record)


def link_to(service: Service, order_id: str = "o-1", *, centre: str = MAIN_CENTRE, valid_s: int | None = 3600) -> str:
    """Make a customer's link to an order; return its path."""
    token = make_link(
        "order_page",
        order_id,
        customer="k-1",
        valid_s=valid_s,
        store=service.store.of(centre),
        clock=service.clock,
        signer=service.signer,
    )
    return f"/c/{token}"
