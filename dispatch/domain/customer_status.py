"""What a customer sees of the own order: the same through every channel (R34, R35)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from dispatch.domain.records.note import Author
from dispatch.domain.records.record import Moment
from dispatch.domain.values import Document

Step = Literal["received", "accepted", "agreed", "on_the_way", "on_site", "done", "closed"]
STEPS: Final[tuple[Step, ...]] = ("received", "accepted", "agreed", "on_the_way", "on_site", "done", "closed")
Chance = Annotated[float, Field(ge=0, le=1)]


class TechnicianCard(Document):
    """Who comes: what the customer can check at the door (R24); the phone is a relay number."""

    name: str
    badge: str | None = None
    phone: str | None = None


class Span(Document):
    """An interval."""

    start: Moment
    end: Moment


class ExpectedArrival(Document):
    """When the technician is expected.

    Attributes
    ----------
    probability
        Chance that the arrival falls into it; None = there are no odds of this plan.
    """

    start: Moment
    end: Moment
    probability: Chance | None = None


class StepTime(Document):
    """A step of the order's way, and when it was made; None = it lies ahead, or was left out."""

    step: Step
    at: Moment | None = None


class StatusNote(Document):
    """A note that the customer wrote or got."""

    author: Author
    at: Moment
    text: str


class CustomerStatus(Document):
    """The state of an order as its customer may know it.

    Attributes
    ----------
    order
        Its id.
    state
        As in the life cycle.
    steps
        Every step in its order: received by the operator, accepted by the technician (接單時間, R35), agreed, on the
        way, on site, done, closed (回單時間).
    booking
        The day or half-day of the counter; None = none, or an exact time took its place.
    agreed_start
        The exact time; None = not agreed yet.
    agreed
        When the visit may start by that agreement (R09).
    expected
        By the present plan; None = there is none, or the visit is over.
    may_write, may_reschedule, may_rate
        What the customer can do now.
    """

    order: str
    kind: str
    state: str
    steps: tuple[StepTime, ...]
    technician: TechnicianCard | None = None
    booking: Span | None = None
    agreed_start: Moment | None = None
    agreed: Span | None = None
    expected: ExpectedArrival | None = None
    notes: tuple[StatusNote, ...] = ()
    may_write: bool = True
    may_reschedule: bool = False
    may_rate: bool = False
    as_of: Moment

    @property
    def present_step(self) -> Step:
        """The last step that was made."""
        return next((one.step for one in reversed(self.steps) if one.at is not None), "received")
