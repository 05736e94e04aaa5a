"""The audit: every transition of an order, append-only, with who, when, before and after."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Strict

from dispatch.domain.records.order_state import State
from dispatch.domain.records.record import Record
from dispatch.domain.values import Identifier, Instant


class AuditEvent(Record):
    """One thing that happened to an order; never changed, never deleted while the order is kept.

    `created_at` is when it was recorded, `at` when it happened: a phone without signal tells later (R31). The fields
    that changed stand in `before` and `after`, in JSON's types; replaying `after` in the order of `order_version`
    gives the order as it is now.
    """

    order: Identifier = Field(description="Id of the order.")
    order_version: Annotated[int, Strict(), Field(ge=1)] = Field(description="Version of the order afterwards.")
    action: str = Field(description="What was done, as in the table of transitions; or warning, escalation.")
    at: Instant = Field(description="When it happened.")
    actor: str = Field(description='Who did it: "technician:t-1", "customer", "system:accept_timer", "key:crm".')
    action_id: Identifier | None = Field(default=None, description="The client's id of the action: twice counts once.")
    from_state: State | None = Field(default=None, description="State before; null = there was no order.")
    to_state: State = Field(description="State afterwards.")
    reason: str | None = Field(default=None, description="Code or words, where one was given.")
    before: dict[str, Any] = Field(default_factory=dict, description="Fields that changed, as they were.")
    after: dict[str, Any] = Field(default_factory=dict, description="The same fields, as they are now.")
