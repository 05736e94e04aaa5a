"""What a customer's page needs of a work order and a technician: smaller models of the same documents."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from dispatch.domain.records.note import Author
from dispatch.domain.records.order_state import State
from dispatch.domain.request import OrderKind


class _View(BaseModel):
    """A part of a stored document; it was checked when it was stored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class IntervalView(_View):
    """An interval."""

    start: datetime
    end: datetime


class AskedForView(_View):
    """What was asked for."""

    kind: OrderKind
    windows: tuple[IntervalView, ...] = ()
    agreed_start: datetime | None = None


class StatusView(_View):
    """A work order as its customer's page sees it; fields as in `WorkOrder`."""

    id: str
    state: State
    order: AskedForView
    in_scope: bool
    received_at: datetime
    technician: str | None = None
    technician_accepted_at: datetime | None = None
    agreed_at: datetime | None = None
    en_route_at: datetime | None = None
    arrived_at: datetime | None = None
    restored_at: datetime | None = None
    closed_at: datetime | None = None
    planned_start: datetime | None = None
    expected_arrival: datetime | None = None
    arrival_window: IntervalView | None = None


class NoteView(_View):
    """A note as it is shown; fields as in `Note`."""

    id: str
    order: str
    author: Author
    created_at: datetime
    text: str
