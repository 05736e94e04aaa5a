"""The work order: an order with its whole life, from acceptance to closing."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, Strict

from dispatch.domain.records.order_state import FINAL_STATES, State
from dispatch.domain.records.record import Record
from dispatch.domain.request import Order, OrderKind, Tier, Window
from dispatch.domain.values import Count, Document, Identifier, Instant

HoldCause = Literal["later_slot", "customer_request", "customer_unreachable", "no_access"]
"""Why the customer makes an order wait (T7); all of them are customer-caused."""

OperatorCause = Literal["no_resource", "speed_test_failed", "no_technician", "operator_request"]
"""Why the operator changed an appointment (T7)."""

Stage = Literal["appointment", "arrival", "entry", "work", "leaving"]
"""The five stages of a visit (R25)."""

STAGES: Final[tuple[Stage, ...]] = ("appointment", "arrival", "entry", "work", "leaving")

Outcome = Literal["done", "remedy_pending", "restored_by_parent", "withdrawn", "rejected"]
"""How an order ended; remedy_pending: served, but a speed remedy order follows (R15)."""

ArrivalSource = Literal["tap", "position"]
"""How the arrival became known: the technician said so, or a position inside the geofence proved it (R09)."""


class Hold(Document):
    """An interval for which the customer makes an order wait (T7)."""

    cause: HoldCause = Field(description="Why.")
    start: Instant = Field(description="From this moment on.")
    end: Instant | None = Field(default=None, description="Until then; null = it goes on.")
    note: str | None = Field(default=None, description="For people.")


class OperatorChange(Document):
    """An appointment changed by the operator; the second one makes the order late by itself (T7)."""

    cause: OperatorCause = Field(description="Why.")
    at: Instant = Field(description="When.")


class Proposal(Document):
    """The first assignment proposed for an order, seconds after its intake (R33)."""

    technician: Identifier = Field(description="Who would go.")
    start: Instant = Field(description="When service would begin.")
    made_at: Instant = Field(description="When it was proposed.")


class Withdrawal(Document):
    """What becomes of an order that is given up (R11-R13)."""

    requested_at: Instant = Field(description="When; its local day is D.")
    requested_by: str = Field(description="Who; the actor.")
    technician: Identifier | None = Field(default=None, description="Who had the order then: may not verify.")
    verify_by: Instant = Field(description="To be verified by then: D + 1, 24:00 (R12).")
    close_by: Instant = Field(description="To be closed by then (R13); two days after the verification, once there.")
    verified_at: Instant | None = Field(default=None, description="When it was verified.")
    verified_by: str | None = Field(default=None, description="Who verified; the actor.")


class WorkOrder(Record):
    """An order and where it stands. Its id is that of the planning order inside it."""

    # ---- what is asked for
    state: State = Field(description="Where it stands in its life.")
    order: Order = Field(description="The planning document, without personal data: no address text.")
    time_zone: Identifier = Field(default="Asia/Shanghai", description="Of its dispatch centre, when it was taken in.")
    customer: Identifier | None = Field(default=None, description="Id of the customer record; null = unknown.")
    sent_digest: str | None = Field(default=None, description="SHA-256 of the order as it was sent; null = not known.")
    channel: str | None = Field(default=None, description="How it came: counter, hotline, page, import ...")
    received_at: Instant = Field(description="When it was taken in. The promise counts from `order.accepted_at` (T3).")
    convenience_s: Count = Field(default=0, description="Of the order's duration, kept for convenience items (R21).")
    parent: Identifier | None = Field(default=None, description="The order of the mass outage it waits for (R03).")
    remedy_of: Identifier | None = Field(default=None, description="The order whose speed test it mends (R15).")
    reopened: Count = Field(default=0, description="How often it was opened again.")

    # ---- what is promised
    in_scope: Annotated[bool, Strict()] = Field(description="Whether the public promise applies (R04, T8).")
    scope_reason: str | None = Field(default=None, description="Why it does not; a truthful sentence for the customer.")
    due: Instant | None = Field(default=None, description="Promised due time (T6); null = nothing is promised.")
    soft_due: Instant | None = Field(default=None, description="Earlier due time that is aimed at.")
    rules: tuple[str, ...] = Field(default=(), description="Promises that apply, the earliest first: R17, R01.")
    booked_at: Instant | None = Field(default=None, description="When its booking was made (R07); `order.windows`.")
    holds: tuple[Hold, ...] = Field(default=(), description="What the customer made it wait for (T7).")
    broken_off: Count = Field(default=0, description="How many visits ended since their technician could do no more.")
    operator_changes: tuple[OperatorChange, ...] = Field(default=(), description="Appointments the operator changed.")

    # ---- who goes, and when
    proposal: Proposal | None = Field(default=None, description="First assignment proposal (R33).")
    technician: Identifier | None = Field(default=None, description="Who goes; null = nobody is named.")
    plan: Identifier | None = Field(default=None, description="Id of the published plan that says so.")
    planned_start: Instant | None = Field(default=None, description="Start of service by that plan.")
    planned_end: Instant | None = Field(default=None, description="End of service by that plan.")
    p_on_time: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="Chance that the visit is on time; null = not known."
    )
    arrival_window: Window | None = Field(default=None, description="10 % to 90 % of the arrivals; null = not known.")
    dispatched_at: Instant | None = Field(default=None, description="When the technician was told.")
    given_back: Count = Field(default=0, description="How often it was taken from technicians who did not answer.")
    technician_accepted_at: Instant | None = Field(default=None, description="When the technician took it on (R08).")

    # ---- the call
    first_contact_at: Instant | None = Field(default=None, description="First attempt to call after that (R08).")
    contact_attempts: Count = Field(default=0, description="Failed attempts that count towards the four of R10.")
    next_contact: Window | None = Field(default=None, description="When to call again (R10).")
    contacted_at: Instant | None = Field(default=None, description="When the customer was reached.")
    agreed_at: Instant | None = Field(default=None, description="When the exact time was agreed.")

    # ---- the visit
    en_route_at: Instant | None = Field(default=None, description="When the technician set out.")
    expected_arrival: Instant | None = Field(default=None, description="By the technician or the travel of the plan.")
    arrived_at: Instant | None = Field(default=None, description="When the technician was there.")
    arrival_source: ArrivalSource | None = Field(default=None, description="How that became known.")
    arrival_distance_m: Count | None = Field(default=None, description="How far away the position sent was.")
    arrival_deviation_s: int | None = Field(default=None, description="Arrival minus agreed time; early < 0 (R09).")
    expected_end: Instant | None = Field(default=None, description="When a visit under way will end.")
    stages: dict[Stage, Instant] = Field(default_factory=dict, description="When each stage was ticked (R25).")
    parts_used: dict[Identifier, Count] = Field(default_factory=dict, description="Parts used up by the visit.")

    # ---- the end
    restored_at: Instant | None = Field(default=None, description="Service works: what is judged (T4).")
    closed_at: Instant | None = Field(default=None, description="The order was closed, whatever its outcome (T4).")
    surveyed_at: Instant | None = Field(default=None, description="The survey was answered or given up (R37).")
    outcome: Outcome | None = Field(default=None, description="How it ended; null = it has not.")
    reason: str | None = Field(default=None, description="Code: why it is held, given up, rejected or reopened.")
    reason_text: str | None = Field(default=None, description="The same in words.")
    held_until: Instant | None = Field(default=None, description="Held or without access until then; null = open end.")
    withdrawal: Withdrawal | None = Field(default=None, description="Being given up, or given up.")

    @property
    def kind(self) -> OrderKind:
        """What was asked for."""
        return self.order.kind

    @property
    def community(self) -> str:
        """Id of the community."""
        return self.order.community

    @property
    def tier(self) -> Tier:
        """Promise class at acceptance (R16); fixed at intake."""
        return self.order.tier or "standard"

    @property
    def priority(self) -> int:
        """0 normal to 3 urgent."""
        return self.order.priority

    @property
    def agreed_start(self) -> datetime | None:
        """Exact time told to the customer; None = none."""
        return self.order.agreed_start

    @property
    def accepted_at(self) -> datetime:
        """When the operator accepted it: where the promise's clock starts (T3)."""
        return self.order.accepted_at

    @property
    def is_called_again(self) -> bool:
        """Whether somebody has to call again: nobody was reached so far, and calls are left (R10)."""
        return self.state == "accepted" and self.next_contact is not None

    @property
    def is_final(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in FINAL_STATES

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of its wall-clock rules."""
        return ZoneInfo(self.time_zone)
