"""Slots, bookings, calendar feeds and plan versions over the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.order_actions import ActionBody
from api.schemas.plans import PlanSummary
from dispatch.domain.offers import SlotOffer
from dispatch.domain.records.record import Moment
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Window
from dispatch.domain.values import Document, Identifier, Instant


class SlotDocument(BaseModel):
    """A window, or an exact time, that can be kept."""

    label: str = Field(description="For people.")
    window: Window = Field(description="Service starts in it; what is sent to book a window.")
    start: datetime | None = Field(default=None, description="The exact time told; what is sent to book a time.")
    beyond_due: bool = Field(description="It lies beyond the promise: choosing it is the customer's wish (T7).")
    technician: str = Field(description="Who could keep it, as the plan stands.")
    cost: int = Field(description="By how much the plan gets dearer, in cents.")
    p_on_time: float | None = Field(default=None, description="Chance to begin within the window; null = not known.")
    p_promise_kept: float | None = Field(default=None, description="Chance to end by the due time; null = not known.")

    @classmethod
    def of(cls, offer: SlotOffer) -> SlotDocument:
        """Return an offer as it is shown."""
        return cls(
            label=offer.slot.label,
            window=offer.slot.window,
            start=offer.slot.told,
            beyond_due=offer.beyond_due,
            technician=offer.insertion.technician,
            cost=offer.insertion.cost,
            p_on_time=offer.insertion.p_on_time,
            p_promise_kept=offer.insertion.p_promise_kept,
        )


class SlotList(BaseModel):
    """What can be offered for an order."""

    items: list[SlotDocument] = Field(description="Windows by their beginning; exact times, the cheapest first.")


class BookWindowBody(ActionBody):
    """The window that the customer chose (R07)."""

    window: Window = Field(description="As it was offered.")


class BookTimeBody(ActionBody):
    """The exact time that was agreed (R08)."""

    start: Instant = Field(description="As it was offered.")


class BookedDocument(BaseModel):
    """A booking, and who keeps it as the plan stands."""

    order: WorkOrder = Field(description="The order.")
    technician: str = Field(description="Who keeps it.")
    start: datetime = Field(description="When service would begin.")


class PlanVersions(BaseModel):
    """The plans of a dispatch day."""

    items: list[PlanSummary] = Field(description="The youngest version first.")


class FeedBody(Document):
    """Whose schedule is to be shown."""

    technician: Identifier = Field(description="Id of the technician.")


class FeedDocument(BaseModel):
    """A calendar feed without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: str = Field(description="Its id.")
    technician: str = Field(description="Whose schedule it shows.")
    made_by: str = Field(description="Who made it.")
    created_at: Moment = Field(description="When.")
    revoked_at: Moment | None = Field(default=None, description="When it was revoked; null = it is valid.")
    read_at: Moment | None = Field(default=None, description="When it was read last, about; null = never.")


class NewFeedDocument(BaseModel):
    """A calendar feed and its secret address, shown this once."""

    feed: FeedDocument = Field(description="The feed.")
    path: str = Field(description="What comes behind the service's address; a calendar program reads it without a key.")


class FeedList(BaseModel):
    """Calendar feeds."""

    items: list[FeedDocument] = Field(description="The oldest first, revoked ones included.")
