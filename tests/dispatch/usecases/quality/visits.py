"""A work order at hand, and a store that holds it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from dispatch.domain.records.checklist import Checklist
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Order
from dispatch.policy.settings import load_policy
from dispatch.usecases.quality.at_visit import record_convenience, record_speed_test, tick
from dispatch.usecases.work_orders.turn import Means
from tests.dispatch.domain.documents import community_document, order_document
from tests.fakes import FakeClock, FakeStore, counting_ids

TECHNICIAN = "technician:t-1"
POLICY = load_policy()
MONDAY = datetime(2026, 3, 9, 1, tzinfo=UTC)


def a_work_order(order_id: str = "o-1", *, order: dict[str, Any] | None = None, **changes: Any) -> WorkOrder:
    """Return an order of customer-1 that t-1 is working on."""
    document = Order.model_validate(order_document(**{"id": order_id, "tier": "standard", **(order or {})}))
    fields: dict[str, Any] = {
        "id": order_id,
        "created_at": MONDAY,
        "changed_at": MONDAY,
        "state": "on_site",
        "order": document,
        "customer": "customer-1",
        "received_at": MONDAY,
        "in_scope": True,
        "technician": "t-1",
    }
    return WorkOrder(**{**fields, **changes})


def a_community() -> CommunityRecord:
    """Return the premium community of all these orders."""
    community = Community.model_validate(community_document(tier="premium"))
    return CommunityRecord(id=community.id, created_at=MONDAY, changed_at=MONDAY, community=community)


class Visit:
    """A store of one centre with an order in it, and a clock."""

    def __init__(self, order: WorkOrder | None = None) -> None:
        self.every_centre = FakeStore()
        self.store = self.every_centre.of("xuzhou")
        self.clock = FakeClock()
        self.new_id = counting_ids()
        self.order = order or a_work_order()
        with self.store.write() as transaction:
            transaction.records(WorkOrder).add(self.order)
            transaction.records(CommunityRecord).add(a_community())

    def means(self, actor: str = "dispatcher:chen") -> Means:
        """Return what use cases of the life cycle are handed."""
        return Means(store=self.store, clock=self.clock, new_id=self.new_id, actor=actor, policy=POLICY)

    def change(self, **changes: Any) -> WorkOrder:
        """Change the order in the store."""
        with self.store.write() as transaction:
            orders = transaction.records(WorkOrder)
            self.order = orders.save(orders.get(self.order.id).changed(self.clock.now(), **changes))
        return self.order


def ticked(visit: Visit, *items: str, actor: str = TECHNICIAN, **changes: Any) -> Checklist:
    given = {"store": visit.store, "clock": visit.clock, "policy": POLICY, **changes}
    return tick(visit.order.id, items=items, actor=actor, **given)


def measured(visit: Visit, *measured_kbps: int, actor: str = TECHNICIAN, **changes: Any) -> SpeedTest:
    given = {"store": visit.store, "clock": visit.clock, "policy": POLICY, "new_id": counting_ids("test"), **changes}
    return record_speed_test(visit.order.id, measured_kbps=measured_kbps, contracted_kbps=100_000, actor=actor, **given)


def offered(visit: Visit, item: str, result: str = "done", *, actor: str = TECHNICIAN, **changes: Any) -> Convenience:
    given = {"store": visit.store, "clock": visit.clock, "policy": POLICY, **changes}
    return record_convenience(visit.order.id, item=item, result=result, actor=actor, **given)
