"""A dispatch centre in memory whose orders live: each method is one thing somebody does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.roster import CommunityRecord, TechnicianRecord
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Location, Order, Technician, Window
from dispatch.policy.settings import Policy, load_policy
from dispatch.ports import Store
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.work_orders.planned import Placement, dispatch, plan
from dispatch.usecases.work_orders.receive import receive
from dispatch.usecases.work_orders.sweep import Sweep, sweep_timers
from dispatch.usecases.work_orders.taking_on import accept
from dispatch.usecases.work_orders.turn import Means
from tests.fakes import FakeClock, FakeStore, counting_ids

PLACE = {"lat": 34.26, "lon": 117.18}


def local(text: str) -> datetime:
    """Return a moment of March 2026 in Shanghai: "09 16:59" or "09 16:59:59"; the 9th is a Monday."""
    day, time = text.split()
    return datetime.fromisoformat(f"2026-03-{day}T{time}+08:00")


def half_day(day: str, start: str, end: str) -> Window:
    return Window(start=local(f"{day} {start}"), end=local(f"{day} {end}"))


@dataclass
class Life:
    """Monday, 9 March 2026, 09:00 in Shanghai, until somebody says otherwise."""

    whole: Store = field(default_factory=FakeStore)
    clock: FakeClock = field(default_factory=FakeClock)
    policy: Policy = field(default_factory=load_policy)
    centre: str = "main"

    def __post_init__(self) -> None:
        self.new_id = counting_ids()
        self.store = self.whole.of(self.centre)
        self.at("09 09:00")
        tiers = {"c-1": "standard", "fast": "fast24", "best": "premium"}
        records = [self._community(name, tier=tier) for name, tier in tiers.items()]
        records += [self._community("village", urban=False), self._community("dark", served=False)]
        with self.store.write() as transaction:
            transaction.records(CommunityRecord).add_all(records)
            transaction.records(TechnicianRecord).add_all([self._technician(name) for name in ("t-1", "t-2")])

    def at(self, text: str) -> None:
        """Turn the clock."""
        self.clock.moment = local(text).astimezone(UTC)

    def means(self, actor: str = "dispatcher:li", **further: Any) -> Means:
        means = Means(store=self.store, clock=self.clock, new_id=self.new_id, actor=actor, policy=self.policy)
        return {**means, **further}  # type: ignore[typeddict-item]

    def document(self, order_id: str = "o-1", **fields: Any) -> Order:
        given = {"kind": "install", "community": "c-1", "accepted_at": self.clock.now(), "duration": "PT60M"}
        return Order.model_validate({"id": order_id, **given, **fields})

    def receive(self, order_id: str = "o-1", **fields: Any) -> WorkOrder:
        return receive(self.document(order_id, **fields), **self.means("integration:crm"))

    def planned(self, order_id: str = "o-1", *, technician: str = "t-1", start: str = "10 10:00") -> WorkOrder:
        begin = local(start)
        place = Placement(order=order_id, technician=technician, start=begin, end=begin + timedelta(hours=1))
        return plan(order_id, place, plan_id="p-1", **self.means("system:publish"))

    def dispatched(self, order_id: str = "o-1", **planned: Any) -> WorkOrder:
        self.planned(order_id, **planned)
        return dispatch(order_id, **self.means("system:publish"))

    def accepted(self, order_id: str = "o-1", *, technician: str = "t-1", **planned: Any) -> WorkOrder:
        self.dispatched(order_id, technician=technician, **planned)
        return accept(order_id, **self.means(f"technician:{technician}"))

    def sweep(self) -> Sweep:
        policies = CentrePolicies(self.policy)
        return sweep_timers(store=self.whole, clock=self.clock, new_id=self.new_id, policies=policies)

    def order(self, order_id: str = "o-1") -> WorkOrder:
        with self.store.read() as transaction:
            return transaction.records(WorkOrder).get(order_id)

    def audit(self, order_id: str = "o-1") -> list[AuditEvent]:
        with self.store.read() as transaction:
            found = transaction.records(AuditEvent).all(where={"order": order_id})
        return sorted(found, key=lambda event: (event.order_version, event.created_at))

    def actions(self, order_id: str = "o-1") -> list[str]:
        return [event.action for event in self.audit(order_id)]

    def timers(self, order_id: str = "o-1") -> dict[str, Timer]:
        """Return the timers that run, by kind."""
        with self.store.read() as transaction:
            found = transaction.records(Timer).all(where={"order": order_id, "is_running": True})
        return {timer.kind: timer for timer in found}

    def escalations(self, order_id: str = "o-1") -> list[tuple[str, str, str]]:
        with self.store.read() as transaction:
            found = transaction.records(Escalation).all(where={"order": order_id})
        ordered = sorted(found, key=lambda one: int(one.id.removeprefix("id-")))
        return [(one.kind, one.level, one.audience) for one in ordered]

    def news(self) -> list[str]:
        """Return the kinds of the field events, in their order."""
        with self.store.read() as transaction:
            found = transaction.records(FieldEvent).all()
        return [event.kind for event in sorted(found, key=lambda event: (event.dispatch_day, event.sequence))]

    def _community(self, name: str, **fields: Any) -> CommunityRecord:
        community = Community(id=name, location=Location(**PLACE), **fields)
        now = self.clock.now()
        return CommunityRecord(id=name, created_at=now, changed_at=now, community=community)

    def _technician(self, name: str) -> TechnicianRecord:
        technician, now = Technician(id=name, home=Location(**PLACE)), self.clock.now()
        return TechnicianRecord(id=name, created_at=now, changed_at=now, technician=technician, name=f"Name of {name}")
