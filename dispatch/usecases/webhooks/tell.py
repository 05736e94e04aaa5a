"""Write an event for the webhooks that want it, in the transaction that causes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.plan_version import PlanVersion
from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.webhook import Webhook, WebhookDelivery, WebhookEvent
from dispatch.domain.run import Run
from dispatch.ports import Transaction


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened and that webhooks may want to know.

    Attributes
    ----------
    id
        The same whenever the same event is written, so that it cannot be told twice.
    data
        Ids, states and moments, in JSON's types; never personal data.
    """

    id: str
    kind: WebhookEvent
    data: Mapping[str, object]


def tell(events: Sequence[Event], *, transaction: Transaction, now: datetime) -> int:
    """Write a delivery for each event and each webhook of the transaction's centre that wants it; return how many."""
    if not events:
        return 0
    webhooks = transaction.records(Webhook).all(where={"is_enabled": True})
    deliveries = [
        delivery_of(event, webhook, now=now) for webhook in webhooks for event in events if event.kind in webhook.events
    ]
    transaction.records(WebhookDelivery).add_all(deliveries)
    return len(deliveries)


def delivery_of(event: Event, webhook: Webhook, *, now: datetime) -> WebhookDelivery:
    """Return the delivery of an event to a webhook, due at once."""
    document = {"id": event.id, "event": event.kind, "at": now.isoformat(), "data": dict(event.data)}
    return WebhookDelivery(
        id=f"{event.id}.{webhook.id}",
        created_at=now,
        changed_at=now,
        webhook=webhook.id,
        event=event.kind,
        body=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        next_at=now,
    )


def order_changed(audit: AuditEvent) -> Event:
    """Return the event that an order came into another state."""
    data = {
        "order": audit.order,
        "order_version": audit.order_version,
        "action": audit.action,
        "from": audit.from_state,
        "to": audit.to_state,
        "at": audit.at.isoformat(),
    }
    return Event(id=f"order-{audit.id}", kind="order.state_changed", data=data)


def escalation_raised(escalation: Escalation) -> Event:
    """Return the event that something about an order is about to run out, or has."""
    data = {
        "order": escalation.order,
        "kind": escalation.kind,
        "level": escalation.level,
        "technician": escalation.technician,
        "due_at": escalation.due_at.isoformat() if escalation.due_at else None,
    }
    return Event(id=f"escalation-{escalation.id}", kind="escalation.raised", data=data)


def run_finished(run: Run) -> Event:
    """Return the event that a planning run ended."""
    failure = {"code": run.failure.code, "detail": run.failure.detail} if run.failure else None
    data = {
        "run_id": run.id,
        "kind": run.kind,
        "state": run.state,
        "request_id": run.request_id,
        "plan_id": run.plan_id,
        "cost": run.cost,
        "failure": failure,
    }
    return Event(id=f"run-{run.id}", kind="run.finished", data=data)


def plan_published(version: PlanVersion) -> Event:
    """Return the event that a plan came into force."""
    data = {
        "plan_id": version.id,
        "dispatch_day": version.dispatch_day.isoformat(),
        "version": version.version,
        "run_id": version.run_id,
    }
    return Event(id=f"plan-{version.id}", kind="plan.published", data=data)
