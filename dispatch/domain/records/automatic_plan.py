"""Plans that the service makes by itself: what for, by which run, and whether they came into force."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from dispatch.domain.records.record import Record
from dispatch.domain.records.running_day import EventPosition
from dispatch.domain.run import RunKind
from dispatch.domain.values import Day, Identifier

AutomaticState = Literal["planning", "published", "draft", "repeated", "failed"]


class AutomaticPlan(Record):
    """A plan that nobody asked for; its id is that of the run that makes it.

    Whoever finds its run finished takes the next step: this record tells which one, so that it is taken once over any
    number of processes, and taken at all if one of them dies.
    """

    kind: RunKind = Field(description="For a night, or for what is left of the running day.")
    dispatch_day: Day = Field(description="The day it is for.")
    publishes: Annotated[bool, Strict()] = Field(description="Whether it is put in force by itself.")
    replaces: Annotated[int, Strict(), Field(ge=1)] | None = Field(
        default=None, description="Version that was in force when it was begun; null = none was."
    )
    read: EventPosition = Field(description="Field events that were known when it was begun.")
    attempt: Annotated[int, Strict(), Field(ge=1)] = Field(default=1, description="Counts up with each new snapshot.")
    reasons: tuple[str, ...] = Field(default=(), description="What asked for it, in words for a dispatcher.")
    state: AutomaticState = Field(
        default="planning",
        description="planning; published; draft: waits for somebody to publish it; repeated: another plan came into "
        "force meanwhile and it is made anew; failed.",
    )
    plan: Identifier | None = Field(default=None, description="Id of the plan it came to.")
    failure: str | None = Field(default=None, description="Why it failed.")
