"""The stage of one day: the clock, what is to come, the news, and everybody who has a part."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.replay.cases import Case, Ledger
from benchmarks.replay.crew import Person, Ways
from benchmarks.replay.dispatcher import Dispatcher
from benchmarks.replay.mishaps import Absence, Change, Outage
from benchmarks.replay.nature import Nature
from dispatch.domain.events import Event
from dispatch.domain.request import Order
from dispatch.policy.settings import Policy


@dataclass(frozen=True, kw_only=True)
class Script:
    """What happens on a day whatever anybody decides.

    Attributes
    ----------
    start, end
        The evenings between which the day is played.
    number
        Of the day, from 0.
    reports
        Events that come from outside.
    """

    start: datetime
    end: datetime
    number: int
    arrivals: Sequence[Order]
    changes: Sequence[Change]
    absences: Sequence[Absence]
    outage: Outage | None
    reports: Sequence[Event] = ()


@dataclass
class Stage:
    """Where a day is played.

    Attributes
    ----------
    people
        Technicians of the day by id.
    news
        Every event so far.
    touched
        Orders that events have named since somebody last looked.
    now
        The clock.
    """

    script: Script
    nature: Nature
    ledger: Ledger
    dispatcher: Dispatcher
    ways: Ways
    policy: Policy
    people: dict[str, Person]
    news: list[Event] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.script.start
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        """Let something happen at a moment; what lies in the past happens now."""
        self._count += 1
        heapq.heappush(self._heap, (max(moment, self.now), self._count, action))

    def after(self, seconds: int, action: Callable[[], None]) -> None:
        """Let something happen so many seconds later."""
        self.at(self.now + timedelta(seconds=seconds), action)

    def step(self) -> bool:
        """Let the next thing happen; tell whether there was one."""
        if not self._heap:
            return False
        self.now, _, action = heapq.heappop(self._heap)
        action()
        return True

    def event(self, **fields: Any) -> dict[str, Any]:
        """Return the fields of the next event: its number, the moment, and these."""
        return {"id": f"e-{self.script.number + 1}-{len(self.news) + 1}", "at": self.now, **fields}

    def tell(self, event: Event) -> None:
        """Let the dispatcher know, and remember whose plans it may touch."""
        self.news.append(event)
        self.dispatcher.observe(event)
        order = getattr(event, "order", None)
        if isinstance(order, str):
            self.touched.add(order)

    def is_waiting(self, case: Case) -> bool:
        """Tell whether an order is open and nobody is on the way to it or there."""
        return case.is_open and not any(
            person.waits_for == case.order.id and person.state in ("travelling", "visiting")
            for person in self.people.values()
        )

    def is_at_hand(self, person: Person) -> bool:
        """Tell whether a technician is free and on shift."""
        return person.state == "free" and person.shift.start <= self.now
