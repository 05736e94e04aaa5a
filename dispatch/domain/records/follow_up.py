"""Follow-ups: premium customers are called again from time to time, and visited if they wish (R23)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Moment, Record
from dispatch.domain.request import Location
from dispatch.domain.values import Identifier

FollowUpState = Literal["scheduled", "to_call", "visit_ordered", "done"]
CallResult = Literal["satisfied", "visit_wanted", "not_reached"]


class FollowUp(Record):
    """One cycle of keeping in touch with a customer: scheduled, then called, then maybe visited."""

    customer: Identifier = Field(description="Id of the customer.")
    community: Identifier = Field(description="Id of the community the customer lives in.")
    location: Location | None = Field(default=None, description="Where; null = the community's location.")
    state: FollowUpState = Field(default="scheduled", description="scheduled, to_call, visit_ordered or done.")
    due: Moment = Field(description="When the call is due.")
    call_result: CallResult | None = Field(default=None, description="What the last call came to.")
    cycle: Annotated[int, Strict(), Field(ge=1)] = Field(default=1, description="Counts the cycles of a customer.")
    calls: Annotated[int, Strict(), Field(ge=0)] = Field(default=0, description="Calls made so far.")
    called_by: Identifier | None = Field(default=None, description="Who called last.")
    order: Identifier | None = Field(default=None, description="The filler order of the visit, if one was wanted.")
    done_at: Moment | None = Field(default=None, description="When this cycle was over.")


OPEN_STATES: Final[tuple[FollowUpState, ...]] = ("scheduled", "to_call", "visit_ordered")
"""A customer has one cycle in these states."""


def cycle_id(customer: str, cycle: int) -> str:
    """Return the id of a customer's cycle: the same cycle is never made twice."""
    return f"follow-up-{customer}-{cycle}"
