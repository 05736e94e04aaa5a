"""What happens on the running day: orders come and go, technicians travel, visits begin, overrun and end."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field

from dispatch.domain.request import Order, Window
from dispatch.domain.values import Document, Identifier, Instant, TravelFactor


class _Event(Document):
    id: Identifier = Field(description="Unique among events; one that comes twice counts once.")
    at: Instant = Field(description="When it happened.")


class OrderAccepted(_Event):
    """The operator accepted an order."""

    kind: Literal["order_accepted"] = "order_accepted"
    order: Order = Field(description="The order.")


class OrderWithdrawn(_Event):
    """The customer or the operator gave an order up (R11)."""

    kind: Literal["order_withdrawn"] = "order_withdrawn"
    order: Identifier = Field(description="Id of the order.")
    reason: Annotated[str, Field(min_length=1)] = Field(description="Why.")


class OrderChanged(_Event):
    """An open order is another one than before: its work, place, windows or due time."""

    kind: Literal["order_changed"] = "order_changed"
    order: Order = Field(description="The order as it is now.")


class TechnicianAccepted(_Event):
    """A technician took an order on (R08): the two hours until the call begin."""

    kind: Literal["technician_accepted"] = "technician_accepted"
    technician: Identifier = Field(description="Id of the technician.")
    order: Identifier = Field(description="Id of the order.")


class TechnicianRejected(_Event):
    """A technician will not do an order; somebody else has to."""

    kind: Literal["technician_rejected"] = "technician_rejected"
    technician: Identifier = Field(description="Id of the technician.")
    order: Identifier = Field(description="Id of the order.")


class TechnicianSilent(_Event):
    """A technician did not answer in time; somebody else has to go (R08)."""

    kind: Literal["technician_silent"] = "technician_silent"
    technician: Identifier = Field(description="Id of the technician.")
    order: Identifier = Field(description="Id of the order.")


class TechnicianOff(_Event):
    """A technician falls ill or leaves; a visit under way is open again."""

    kind: Literal["technician_off"] = "technician_off"
    technician: Identifier = Field(description="Id of the technician.")
    until: Instant | None = Field(default=None, description="Off until then; null = for all that is planned.")


class TechnicianBack(_Event):
    """A technician who was off works again."""

    kind: Literal["technician_back"] = "technician_back"
    technician: Identifier = Field(description="Id of the technician.")


class BreakStarted(_Event):
    """A technician takes the next break of the shift."""

    kind: Literal["break_started"] = "break_started"
    technician: Identifier = Field(description="Id of the technician.")
    expected_end: Instant = Field(description="When it will be over.")


class ContactFailed(_Event):
    """The customer was not reached (R10): the order leaves its route until then."""

    kind: Literal["contact_failed"] = "contact_failed"
    order: Identifier = Field(description="Id of the order.")
    retry_at: Instant | None = Field(default=None, description="Next attempt; null = none: held until told otherwise.")


class ContactSucceeded(_Event):
    """An exact time was agreed with the customer (R08)."""

    kind: Literal["contact_succeeded"] = "contact_succeeded"
    order: Identifier = Field(description="Id of the order.")
    agreed_start: Instant = Field(description="The time told to the customer.")


class EnRoute(_Event):
    """A technician sets out for a visit."""

    kind: Literal["en_route"] = "en_route"
    technician: Identifier = Field(description="Id of the technician.")
    order: Identifier = Field(description="Id of the order.")
    expected_arrival: Instant | None = Field(default=None, description="null = after the travel that the plan has.")


class Arrived(_Event):
    """A technician is at the customer; service begins."""

    kind: Literal["arrived"] = "arrived"
    technician: Identifier = Field(description="Id of the technician.")
    order: Identifier = Field(description="Id of the order.")


class Overrun(_Event):
    """A visit under way will end at another time than expected."""

    kind: Literal["overrun"] = "overrun"
    order: Identifier = Field(description="Id of the order.")
    expected_end: Instant = Field(description="When it will end.")


class Done(_Event):
    """A visit is over and its work done."""

    kind: Literal["done"] = "done"
    order: Identifier = Field(description="Id of the order.")


class NoAccess(_Event):
    """Nobody let the technician in; the order is open again (T7)."""

    kind: Literal["no_access"] = "no_access"
    order: Identifier = Field(description="Id of the order.")
    retry_at: Instant | None = Field(default=None, description="Held until then; null = until told otherwise.")


class CannotInstall(_Event):
    """The work cannot be done; the order is closed by withdrawal (R11-R13)."""

    kind: Literal["cannot_install"] = "cannot_install"
    order: Identifier = Field(description="Id of the order.")
    reason: Annotated[str, Field(min_length=1)] = Field(description="Why.")


class SpeedTestFailed(_Event):
    """The visit is over but the speed is too low (R14): a remedy order follows (R15)."""

    kind: Literal["speed_test_failed"] = "speed_test_failed"
    order: Identifier = Field(description="Id of the order.")
    remedy: Order = Field(description="The order that mends it.")


class Rescheduled(_Event):
    """The customer asked for another time (T7)."""

    kind: Literal["rescheduled"] = "rescheduled"
    order: Identifier = Field(description="Id of the order.")
    windows: tuple[Window, ...] = Field(description="The new booking.")
    due: Instant | None = Field(default=None, description="New due time; null = the promises' stays.")


class MassOutage(_Event):
    """One fault behind many tickets (R03): the children wait for the parent."""

    kind: Literal["mass_outage"] = "mass_outage"
    parent: Order = Field(description="The order that mends the fault.")
    children: tuple[Identifier, ...] = Field(description="Ids of the orders that end with it.")


class TravelSlower(_Event):
    """Travel takes longer, by weather or traffic."""

    kind: Literal["travel_slower"] = "travel_slower"
    factor: TravelFactor = Field(description="Multiplies the seconds of travel; 1 = as usual; at most 3 decimals.")
    until: Instant | None = Field(default=None, description="null = until the next such event.")


Event = Annotated[
    OrderAccepted
    | OrderWithdrawn
    | OrderChanged
    | TechnicianAccepted
    | TechnicianRejected
    | TechnicianSilent
    | TechnicianOff
    | TechnicianBack
    | BreakStarted
    | ContactFailed
    | ContactSucceeded
    | EnRoute
    | Arrived
    | Overrun
    | Done
    | NoAccess
    | CannotInstall
    | SpeedTestFailed
    | Rescheduled
    | MassOutage
    | TravelSlower,
    Field(discriminator="kind"),
]

ReportedEvent = Annotated[TechnicianOff | TechnicianBack | BreakStarted | TravelSlower, Field(discriminator="kind")]
"""What somebody has to tell: news of no order, which no action on one brings along."""

EVENT_KINDS: Final[tuple[str, ...]] = tuple(kind.model_fields["kind"].default for kind in get_args(get_args(Event)[0]))
"""Every kind of event."""
