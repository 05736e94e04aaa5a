"""Orders over the wire: taken in one by one or by the thousand, asked for, and what may be done to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from api.paging import ListQuery
from api.schemas.problem import FieldProblem
from dispatch.domain.life_cycle import Action
from dispatch.domain.records.contact import ContactResult
from dispatch.domain.records.customer import CustomerDetails
from dispatch.domain.records.escalation import EscalationKind, EscalationLevel
from dispatch.domain.records.message import Channel
from dispatch.domain.records.order_state import State
from dispatch.domain.records.record import Below, From
from dispatch.domain.records.timer import Timer, TimerKind
from dispatch.domain.records.work_order import Outcome, WorkOrder
from dispatch.domain.request import Order, OrderKind, Tier
from dispatch.domain.values import Document, Identifier, Instant


class OrderBody(Document):
    """An order to be taken in."""

    order: Order = Field(description="What is asked for. `address` is not kept: it belongs to the customer's record.")
    customer: Identifier | None = Field(default=None, description="Id of the customer record; null = unknown.")
    channel: Identifier | None = Field(default=None, description="How it came: counter, hotline, app ...")


class ImportedWishes(Document):
    """How a customer of a table wants to be written to."""

    language: Literal["zh", "en"] | None = Field(default=None, description="Of messages; null = the operator's.")
    channels: tuple[Channel, ...] | None = Field(default=None, description="In their order; null = the operator's.")


class OrderRow(OrderBody):
    """A row of a table of orders: an order, and its customer by id or with what is personal."""

    details: CustomerDetails | None = Field(default=None, description="Goes into the customer's record only.")
    wishes: ImportedWishes | None = Field(default=None, description="Of the customer.")


class BulkBody(Document):
    """Many orders to be taken in; each is judged by itself."""

    orders: tuple[OrderBody, ...] = Field(description="The orders.")


class RawBulkBody(Document):
    """The same before each order is looked at, so that a bad one does no harm to the others."""

    orders: Annotated[tuple[Any, ...], Field(min_length=1)] = Field(description="The orders.")


class FailedOrder(BaseModel):
    """An order that was not taken in, and why."""

    index: int = Field(description="Its place in the list, from 0.")
    id: str | None = Field(default=None, description="Its id, if it has one.")
    code: Literal["already_there", "bad_input"] = Field(description="What is wrong, for programs.")
    problems: list[FieldProblem] = Field(description="All faults found.")


class BulkReport(BaseModel):
    """What became of each order: received + known + failed = those sent."""

    received: list[str] = Field(description="Ids of those taken in now.")
    known: list[str] = Field(description="Ids of those taken in before just like this; nothing was changed.")
    failed: list[FailedOrder] = Field(description="Those that were not taken in.")


class OrderPage(BaseModel):
    """One page of orders."""

    items: list[WorkOrder] = Field(description="The orders.")
    next_cursor: str | None = Field(default=None, description="Ask for the next page with it; null = this is the last.")


class PossibleAction(BaseModel):
    """Something that can be done to an order now."""

    action: Action = Field(description="Its name in the life cycle.")
    path: str | None = Field(
        description="To POST it to, behind `/v1/orders/{id}/`; null = it comes about by a plan, an answer ..."
    )
    leads_to: list[State] = Field(description="States it may lead to.")


class PossibleActions(BaseModel):
    """What can be done to an order as it stands, by who asks."""

    state: State = Field(description="Where it stands.")
    actions: list[PossibleAction] = Field(description="By name.")


class Countdown(BaseModel):
    """A timer as a supervisor sees it."""

    timer: Timer = Field(description="What has to happen, by when.")
    left_s: int = Field(description="Seconds that are left; negative = it is overdue.")


class Countdowns(BaseModel):
    """Running timers, the most urgent first."""

    items: list[Countdown] = Field(description="The timers.")
    next_cursor: str | None = Field(default=None, description="Ask for the next page with it; null = this is the last.")


class OrderQuery(ListQuery):
    """Which orders."""

    sort: Literal["id", "-id", "received_at", "-received_at", "due", "-due", "planned_start", "-planned_start"] = "id"
    state: State | None = Field(default=None, description="Only in this state.")
    kind: OrderKind | None = Field(default=None, description="Only of this kind.")
    tier: Tier | None = Field(default=None, description="Only of this promise class (R39).")
    community: Identifier | None = Field(default=None, description="Only of this community.")
    technician: Identifier | None = Field(default=None, description="Only of this technician.")
    customer: Identifier | None = Field(default=None, description="Only of this customer.")
    plan: Identifier | None = Field(default=None, description="Only those that this plan names somebody for.")
    parent: Identifier | None = Field(default=None, description="Only those that wait for this mass outage (R03).")
    remedy_of: Identifier | None = Field(default=None, description="Only what mends this order's line (R15).")
    outcome: Outcome | None = Field(default=None, description="Only those that ended like this.")
    due_before: Instant | None = Field(default=None, description="Only those due earlier.")
    received_from: Instant | None = Field(default=None, description="Only those received then or later.")

    def where(self) -> dict[str, object]:
        """Return the filters by column."""
        bounds = {"due_before", "received_from"}
        found = {name: value for name, value in super().where().items() if name not in bounds}
        if self.due_before is not None:
            found["due"] = Below(self.due_before)
        if self.received_from is not None:
            found["received_at"] = From(self.received_from)
        return found


class CountdownQuery(ListQuery):
    """Which timers."""

    sort: Literal["due_at", "-due_at"] = "due_at"
    kind: TimerKind | None = Field(default=None, description="Only of this kind.")
    order: Identifier | None = Field(default=None, description="Only of this order.")
    technician: Identifier | None = Field(default=None, description="Only of orders that this technician has in hand.")

    def where(self) -> dict[str, object]:
        """Return the filters by column; only timers that run."""
        return {**super().where(), "is_running": True}


class EscalationQuery(ListQuery):
    """Which warnings and escalations."""

    sort: Literal["at", "-at", "id", "-id"] = "-at"
    order: Identifier | None = Field(default=None, description="Only about this order.")
    kind: EscalationKind | None = Field(default=None, description="Only of this kind.")
    level: EscalationLevel | None = Field(default=None, description="Only this grave.")
    technician: Identifier | None = Field(default=None, description="Only about this technician's orders.")


class ContactQuery(ListQuery):
    """Which contact attempts."""

    sort: Literal["at", "-at", "id", "-id"] = "-at"
    order: Identifier | None = Field(default=None, description="Only of this order.")
    result: ContactResult | None = Field(default=None, description="Only with this result.")
    technician: Identifier | None = Field(default=None, description="Only by this technician.")


class AuditQuery(ListQuery):
    """Which events of the audit."""

    sort: Literal["order_version", "-order_version", "at", "-at"] = "order_version"
    action: Identifier | None = Field(default=None, description="Only this action.")
    actor: Identifier | None = Field(default=None, description="Only by this actor.")
