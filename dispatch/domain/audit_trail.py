"""What changed between two versions of an order, and the order again out of all its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dispatch.domain.records.audit import AuditEvent
from dispatch.domain.records.work_order import WorkOrder

UNTOLD: Final = frozenset({"id", "version", "created_at", "changed_at"})
"""Fields of a record that are not of the order; the audit event has its own."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Fields that differ between two versions, in JSON's types."""

    before: dict[str, Any]
    after: dict[str, Any]


def changes_between(before: WorkOrder | None, after: WorkOrder) -> Changes:
    """Return the fields that differ; of a new order all that are not at their default."""
    if before is None:
        told = after.model_dump(mode="json", by_alias=True, exclude=set(UNTOLD), exclude_none=True)
        return Changes(before={}, after=told)
    names = {
        name for name in WorkOrder.model_fields if name not in UNTOLD and getattr(before, name) != getattr(after, name)
    }
    return Changes(before=_told(before, names), after=_told(after, names))


def replayed(events: Sequence[AuditEvent]) -> WorkOrder:
    """Return the order that a whole audit leads to; its events in any order.

    Raises
    ------
    ValueError
        If there are none, or the first one is missing.
    """
    in_order = sorted(events, key=lambda event: event.order_version)
    if not in_order or in_order[0].from_state is not None:
        msg = "the audit does not begin with the order's intake"
        raise ValueError(msg)
    document: dict[str, Any] = {}
    for event in in_order:
        document.update(event.after)
    last = in_order[-1]
    return WorkOrder.model_validate(
        {
            **document,
            "id": last.order,
            "version": last.order_version,
            "created_at": in_order[0].created_at,
            "changed_at": max(event.created_at for event in in_order if event.after),
        }
    )


def _told(order: WorkOrder, names: set[str]) -> dict[str, Any]:
    told = order.model_dump(mode="json", by_alias=True, include=names, exclude_none=True)
    return {name: told.get(name) for name in sorted(names)}
