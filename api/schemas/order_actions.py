"""What is sent with each action on an order."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from dispatch.domain.records.contact import ContactChannel, ContactResult
from dispatch.domain.records.survey import SurveyAnswer
from dispatch.domain.records.work_order import OperatorCause, Stage
from dispatch.domain.request import Location, Order, Window
from dispatch.domain.values import Count, Document, Identifier, Instant
from dispatch.policy.withdrawal import WithdrawalReason

Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class ActionBody(Document):
    """An action without details."""

    at: Instant | None = Field(
        default=None, description="When it happened, if that was before now: a phone without signal tells later (R31)."
    )
    action_id: Identifier | None = Field(
        default=None, description="The client's own id of the action; one that comes twice counts once (R31)."
    )


class AmendBody(ActionBody):
    """What is asked for, anew."""

    document: Order = Field(description="The order; its id, kind and community stay.")


class BookBody(ActionBody):
    """A booking (R07)."""

    windows: Annotated[tuple[Window, ...], Field(min_length=1, max_length=20)] = Field(
        description="Days or half-days in one of which service starts."
    )
    operator_cause: OperatorCause | None = Field(default=None, description="Why the operator changes a booking (T7).")


class RefuseBody(ActionBody):
    """Why an order cannot be carried out (R04)."""

    reason: Identifier = Field(description="Code of the reason.")
    text: Words | None = Field(default=None, description="The same in words, for the customer.")


class ReasonBody(ActionBody):
    """Why something is not done."""

    reason: Identifier | None = Field(default=None, description="Code or words.")


class ReopenBody(ActionBody):
    """Why an order is opened again."""

    reason: Identifier = Field(description="Code or words.")


class ContactBody(ActionBody):
    """An attempt to reach the customer (R08, R10)."""

    result: ContactResult = Field(description="What came of it.")
    channel: ContactChannel = Field(default="phone", description="How.")
    agreed_start: Instant | None = Field(default=None, description="The exact time agreed; with the result `agreed`.")
    note: Words | None = Field(default=None, description="For people.")


class AgreeBody(ActionBody):
    """The exact time the customer was told."""

    start: Instant = Field(description="When the technician comes; R09 allows an hour before and after.")
    is_customers_wish: Annotated[bool, Strict()] = Field(
        default=False, description="The customer asked for a later time than was promised (T7)."
    )
    operator_cause: OperatorCause | None = Field(default=None, description="Why the operator changes the time (T7).")


class SetOutBody(ActionBody):
    """On the way."""

    expected_arrival: Instant | None = Field(default=None, description="When the technician thinks to be there.")


class OverrunBody(ActionBody):
    """The visit takes longer."""

    expected_end: Instant = Field(description="When it will be over.")


class ArriveBody(ActionBody):
    """At the door (R09)."""

    position: Location | None = Field(default=None, description="Where the phone is; null = a tap only.")


class StageBody(ActionBody):
    """A stage of the visit is done (R25)."""

    stage: Stage = Field(description="Which.")


class FinishBody(ActionBody):
    """The work is done (T4)."""

    restored_at: Instant | None = Field(default=None, description="When the service worked; null = now.")
    parts_used: dict[Identifier, Count] | None = Field(default=None, description="Parts used up.")


class HoldBody(ActionBody):
    """The customer makes the order wait (T7)."""

    until: Instant | None = Field(default=None, description="Until then; null = until somebody says so.")
    note: Words | None = Field(default=None, description="For people.")


class NoAccessBody(ActionBody):
    """Nobody opened."""

    retry_at: Instant | None = Field(default=None, description="When to try again; null = unknown.")
    note: Words | None = Field(default=None, description="For people.")


class WithdrawBody(ActionBody):
    """Why an order is given up (R11)."""

    reason: WithdrawalReason = Field(description="Code of the reason.")
    text: Words | None = Field(default=None, description="The same in words; needed with `other`.")


class OutageBody(ActionBody):
    """Orders that one fault has caused (R03)."""

    children: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=10_000)] = Field(
        description="Ids of the orders that wait for this one."
    )


class ProposeBody(ActionBody):
    """Who might go (R33)."""

    technician: Identifier = Field(description="Id of the technician.")
    start: Instant = Field(description="When service would begin.")


class OperatorChangeBody(ActionBody):
    """An appointment changed by the operator (T7)."""

    cause: OperatorCause = Field(description="Why.")


class SurveyBody(ActionBody):
    """What the customer said about the visit (R37)."""

    answer: SurveyAnswer = Field(description="The answer, with its channel and source.")
