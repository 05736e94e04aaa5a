"""How much there is to do and what is late, over all dispatch centres: what an operator watches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from dispatch.domain.records.message import Message
from dispatch.domain.records.record import Below
from dispatch.domain.records.timer import Timer
from dispatch.domain.records.webhook import WebhookDelivery
from dispatch.domain.run import RunState
from dispatch.ports import Clock, Store


@dataclass(frozen=True, kw_only=True)
class ServiceFigures:
    """What a look into the store shows.

    Attributes
    ----------
    outbox
        What waits to be sent, by outbox.
    promises_at_risk
        Promises that run out within the hours asked for, and those that have.
    timers_overdue
        Timers whose moment has passed and that nobody has looked at since.
    """

    runs: Mapping[RunState, int]
    outbox: Mapping[str, int]
    promises_at_risk: int
    timers_overdue: int


def service_figures(*, risk_h: float, store: Store, clock: Clock) -> ServiceFigures:
    """Return what there is to do now."""
    now = clock.now()
    soon = now + timedelta(hours=risk_h)
    with store.read() as transaction:
        timers = transaction.records(Timer)
        return ServiceFigures(
            runs=transaction.runs.counts(),
            outbox={
                "webhooks": transaction.records(WebhookDelivery).count_across({"state": "waiting"}),
                "messages": transaction.records(Message).count_across({"state": "waiting"}),
            },
            promises_at_risk=timers.count_across({"kind": "promise", "is_running": True, "due_at": Below(soon)}),
            timers_overdue=timers.count_across({"is_running": True, "next_at": Below(now - timedelta(minutes=1))}),
        )
