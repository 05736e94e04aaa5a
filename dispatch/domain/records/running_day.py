"""The running day as the service keeps it: one for each dispatch day that has a plan in force."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Annotated, Any, Final

from pydantic import Field, Strict

from dispatch.domain.live_day import LiveDay
from dispatch.domain.live_day_file import day_text, parse_day
from dispatch.domain.records.record import Moment, Record
from dispatch.domain.values import Count, Day, Document, Identifier, Instant


class EventPosition(Document):
    """How far field events were read: all of the days before `day`, and those of `day` up to `sequence`."""

    day: Day = Field(description="Local day on which the last one was recorded.")
    sequence: Count = Field(default=0, description="Its number on that day.")


class RunningDay(Record):
    """A dispatch day with a plan in force, and how far what has happened since is known; its id is the day.

    The day itself is in a `LiveDayText` of the same id, changed in the same transactions: it holds whole requests, and
    whoever looks for news need not read it.
    """

    dispatch_day: Day = Field(description="First local day of the plan.")
    last_day: Day = Field(description="Last local day of the plan.")
    plan: Identifier = Field(description="Id of the plan in force.")
    plan_version: Annotated[int, Strict(), Field(ge=1)] = Field(description="Its version.")
    read: EventPosition = Field(description="Field events that are in the day already.")
    replan_since: Moment | None = Field(
        default=None, description="Since when there is news that asks for a new plan of what is left; null = none."
    )
    replan_reasons: tuple[str, ...] = Field(default=(), description="That news, in words for a dispatcher.")
    refused_events: tuple[Identifier, ...] = Field(
        default=(), description="Field events that cannot have happened on this day, the last ones."
    )
    dispatch_next_at: Instant | None = Field(
        default=None, description="When visits are handed to technicians next; null = all of them are."
    )


class LiveDayText(Record):
    """The running day itself; its id is the dispatch day."""

    text: str = Field(description="As `dispatch.domain.live_day_file` writes it.")

    def live_day(self) -> LiveDay:
        """Return the day; half a second for a city, unless this process wrote or read it a moment ago."""
        found = _KNOWN.find(self.text)
        if found is None:
            found = parse_day(self.text, f"running day {self.id}")
            _KNOWN.keep(self.text, found)
        return found


def live_day_text(day: LiveDay) -> str:
    """Return a day as text; who reads it in this process soon after need not parse it."""
    text = day_text(day)
    _KNOWN.keep(text, day)
    return text


class _KnownDays:
    """The days of the last few texts. They are frozen, so that everybody may have the same one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._day_of: OrderedDict[str, LiveDay] = OrderedDict()
        self._lock = Lock()

    def find(self, text: str) -> LiveDay | None:
        with self._lock:
            return self._day_of.get(text)

    def keep(self, text: str, day: LiveDay) -> None:
        with self._lock:
            self._day_of[text] = day
            self._day_of.move_to_end(text)
            while len(self._day_of) > self._most:
                self._day_of.popitem(last=False)


_KNOWN: Final = _KnownDays(4)


def running_day_id(day: date) -> str:
    """Return the id of the running day of a dispatch day."""
    return day.isoformat()


class PlanChange(Record):
    """What publishing a plan changed against the one in force before; its id is that of the new plan."""

    dispatch_day: Day = Field(description="The dispatch day of both.")
    before: Identifier = Field(description="Id of the plan that was in force.")
    reasons: tuple[str, ...] = Field(default=(), description="Why there is a new plan, if it was made by itself.")
    disturbed: Count = Field(description="How many customers it disturbs.")
    document: dict[str, Any] = Field(description="The diff, as `dispatch diff --json` prints it.")
