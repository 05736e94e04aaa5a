"""Convenience items are planned with premium visits, and are the first thing a late route drops (R21)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Order
from dispatch.usecases.work_orders.receive import receive
from dispatch.usecases.work_orders.visit import report_overrun
from tests.dispatch.domain.documents import order_document
from tests.dispatch.usecases.quality.visits import TECHNICIAN, Visit, a_work_order


def test_r21_a_premium_order_is_taken_in_longer_by_its_item() -> None:
    visit = Visit()
    order = receive(Order.model_validate(order_document(id="new", duration="PT75M")), **visit.means())
    assert (order.tier, order.order.duration, order.convenience_s) == ("premium", timedelta(minutes=85), 600)


def planned(visit: Visit, name: str, *, hours: float, **changes: Any) -> WorkOrder:
    """Return an order of t-1 that is planned so many hours from now, a premium one of 85 minutes."""
    start = visit.clock.now() + timedelta(hours=hours)
    document = {"tier": "premium", "duration": "PT85M"}
    given = {"state": "accepted", "planned_start": start, "planned_end": start + timedelta(minutes=85), **changes}
    return a_work_order(name, order=document, **{"convenience_s": 600, **given})


def test_r21_a_late_route_drops_the_items_of_the_visits_still_to_come() -> None:
    visit = Visit()
    now = visit.clock.now()
    visit.change(planned_start=now, planned_end=now + timedelta(hours=1))
    others = [
        planned(visit, "next", hours=1),
        planned(visit, "agreed", hours=2, state="agreed"),
        planned(visit, "tomorrow", hours=26),
        planned(visit, "of another", hours=2, technician="t-2"),
        planned(visit, "without", hours=3, convenience_s=0),
        planned(visit, "done", hours=-2, state="done"),
    ]
    with visit.store.write() as transaction:
        transaction.records(WorkOrder).add_all(others)
    report_overrun("o-1", now + timedelta(minutes=60), **visit.means(TECHNICIAN))  # as planned: nothing is late
    assert shorter(visit) == []
    report_overrun("o-1", now + timedelta(minutes=61), **visit.means(TECHNICIAN))
    assert shorter(visit) == ["agreed", "next"]
    with visit.store.read() as transaction:
        assert transaction.records(WorkOrder).get("next").order.duration == timedelta(minutes=75)
        told = [event.order for event in transaction.records(FieldEvent).all(where={"kind": "order_changed"})]
        audited = transaction.records(AuditEvent).all(where={"action": "amend"})
    assert sorted(str(order) for order in told) == ["agreed", "next"]
    assert {event.actor for event in audited} == {"system:late_route"}


def shorter(visit: Visit) -> list[str]:
    with visit.store.read() as transaction:
        audited = transaction.records(AuditEvent).all(where={"action": "amend"})
    return sorted(event.order for event in audited)
