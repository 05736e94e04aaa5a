"""Webhooks: who is told of what, and every single telling with its log."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Document, Identifier

WebhookEvent = Literal[
    "plan.published", "order.state_changed", "escalation.raised", "run.finished", "webhook.test"
]  # fmt: skip
"""What can be told: a plan came into force; an order came into another state; something is about to run out or has;
a planning run ended; somebody tried the webhook."""


DeliveryState = Literal["waiting", "delivered", "given_up"]


class Webhook(Record):
    """An address that is told of events by signed HTTP calls.

    The secrets sign, so they are kept as they are; nobody is shown them again.
    """

    url: str = Field(description="Where to; https unless the operator allows http.")
    events: tuple[WebhookEvent, ...] = Field(min_length=1, description="What it is told of.")
    description: str = Field(default="", description="What it is for, for people.")
    secret: str = Field(repr=False, description="Signs every call.")
    older_secret: str | None = Field(default=None, repr=False, description="Signs beside it after a rotation.")
    older_secret_until: Moment | None = Field(default=None, description="Until when the older one signs, too.")
    is_enabled: Annotated[bool, Strict()] = Field(default=True, description="Whether it is told of anything.")
    failing_since: Moment | None = Field(default=None, description="When calls began to fail; null = they do not.")
    disabled_reason: str | None = Field(default=None, description="Why it is disabled, unless somebody did that.")


class DeliveryAttempt(Document):
    """One call, and what came of it."""

    at: Moment = Field(description="When it was made.")
    status: int | None = Field(default=None, description="HTTP status of the answer; null = there was none.")
    error: str | None = Field(default=None, description="Why it failed; null = it did not.")
    duration_ms: Annotated[int, Strict(), Field(ge=0)] = Field(description="How long it took.")


class WebhookDelivery(Record):
    """One event for one webhook, written in the transaction that caused the event: the outbox and the log in one."""

    webhook: Identifier = Field(description="Id of the webhook.")
    event: WebhookEvent = Field(description="What happened.")
    body: str = Field(description="What is sent, as it is signed; no personal data.")
    state: DeliveryState = Field(default="waiting", description="How it stands.")
    next_at: Moment | None = Field(default=None, description="When it is tried next; null = never again.")
    begun: Annotated[int, Strict(), Field(ge=0)] = Field(
        default=0, description="Attempts begun; one more than the log has if a process died in its middle."
    )
    log: tuple[DeliveryAttempt, ...] = Field(default=(), description="The attempts, oldest first.")
