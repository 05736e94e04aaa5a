"""Number the news for the running day and store it, at the end of a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dispatch.domain.events import Event
from dispatch.domain.records.field_event import FieldDay, FieldEvent
from dispatch.ports import Transaction


def store_field_events(
    events: Sequence[Event], *, day: date, transaction: Transaction, now: datetime, actor: str | None = None
) -> None:
    """Store events of a dispatch day with the next numbers.

    The day's row is locked until the transaction ends, so that numbers appear in their order. It is the last thing a
    transaction locks: two of them can then not wait for each other.
    """
    if not events:
        return
    days, key = transaction.records(FieldDay), day.isoformat()
    counted = days.find(key)
    if counted is None:
        counted = FieldDay(id=key, created_at=now, changed_at=now)
        days.add(counted)
    days.save(counted.changed(now, events=counted.events + len(events)))
    transaction.records(FieldEvent).add_all(
        [
            FieldEvent(
                id=event.id,
                created_at=now,
                changed_at=now,
                dispatch_day=day,
                sequence=number,
                order=order_of(event),
                kind=event.kind,
                at=event.at,
                actor=actor,
                event=event,
            )
            for number, event in enumerate(events, start=counted.events + 1)
        ]
    )


def order_of(event: Event) -> str | None:
    """Return the id of the order an event is about; None if it is about none."""
    found = getattr(event, "order", None) or getattr(event, "parent", None)
    return found if found is None or isinstance(found, str) else str(found.id)
