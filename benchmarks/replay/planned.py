"""Policies that follow a plan: the night's, kept up by insertion, by search every half-hour, or by both at a price."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from benchmarks.replay.crew import Person
from benchmarks.replay.dispatcher import Checks
from benchmarks.replay.foresight import Foresight, Prediction
from benchmarks.replay.searcher import Searcher
from dispatch.domain.apply_event import apply_event
from dispatch.domain.events import Arrived, BreakStarted, EnRoute, Event, TechnicianAccepted
from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.plan import BreakStop, PlanRoute, VisitStop
from dispatch.domain.request import Order, Request
from dispatch.domain.told import Told

FIRST_LOOK, LAST_LOOK = time(7, 30), time(21, 0)
"""Plans change while somebody works; what the night brings waits for the first look."""
QUARTER: Final = timedelta(minutes=15)
_UNEVENTFUL: Final = (Arrived, BreakStarted, EnRoute, TechnicianAccepted)
"""Events that go as planned."""


class Planned(ABC):
    """A dispatcher with a plan in force; how it is kept up is the subclass's matter."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher
        self._day: LiveDay | None = None
        self._sequence: dict[str, list[str]] = {}
        self._technician_of: dict[str, str] = {}
        self._rests: set[tuple[str, str]] = set()
        self._disturbed: dict[str, Told] = {}
        self._news: list[Event] = []
        self._log: list[Event] = []
        self._number = -1
        self._foresight = Foresight(searcher.policy)

    @property
    def day(self) -> LiveDay:
        """The day as it stands."""
        if self._day is None:
            raise ValueError("no day has begun, call begin first")
        return self._day

    def begin(self, request: Request) -> None:
        """Learn from the day before, make the plan of the night and put it in force."""
        if self._day is not None:
            self._foresight.learn(self.day.base, self._log)
        self._number += 1
        self._log = []
        self._day = begin_day(request, self.searcher.by_night(request))
        self._disturbed, self._news = {}, []
        self._read_plan()

    def observe(self, event: Event) -> None:
        """Note what happened."""
        self._day = apply_event(self.day, event)
        self._log.append(event)
        if not isinstance(event, _UNEVENTFUL):
            self._news.append(event)

    def settle(self, now: datetime, free: Sequence[Person]) -> bool:  # noqa: ARG002 - the protocol's signature
        """Bring the plan up to date if the policy wants to at this moment."""
        self._day = self.day.at(now)
        if FIRST_LOOK <= now.time() < LAST_LOOK:
            self._foresight.look(self.day, number=self._number)
        changed = self.changed(now, self._news) if FIRST_LOOK <= now.time() < LAST_LOOK else None
        if changed is None:
            return False
        self._news = []
        self._day = changed
        self._read_plan()
        return True

    @abstractmethod
    def changed(self, now: datetime, news: Sequence[Event]) -> LiveDay | None:
        """Return the day with the plan that shall be in force from now on; None = the one that is.

        Parameters
        ----------
        news
            What did not go as planned since the last change.
        """

    @abstractmethod
    def wakes_at(self, now: datetime) -> datetime | None:
        """Return when to look again even if nothing happens."""

    def next_order(self, technician: str) -> str | None:
        """Return the first visit of the technician's route that is still to be made and may be made now."""
        return next((order for order in self._sequence.get(technician, ()) if self._is_due(order, technician)), None)

    def technician_of(self, order: str) -> str | None:
        """Return whose route an order is in."""
        return self._technician_of.get(order)

    def rests_before(self, technician: str, order: str) -> bool:
        """Tell whether the plan has a break on the way to an order."""
        return (technician, order) in self._rests

    def proposal(self, order: str, now: datetime) -> datetime | None:  # noqa: ARG002 - the protocol's signature
        """Return the planned start, to the next quarter of an hour."""
        planned = self.day.planned_visit(order)
        if planned is None:
            return None
        start = planned[1].start
        midnight = datetime.combine(start.date(), time(), tzinfo=start.tzinfo)
        return midnight + -((midnight - start) // QUARTER) * QUARTER

    def disturbed(self) -> Mapping[str, Told]:
        """Return whom changes of the plan have disturbed on this day; a new time alone does not count."""
        return self._disturbed

    def predictions(self) -> Sequence[Prediction]:
        """Return what was said about visits so far."""
        return self._foresight.predictions

    def checks(self) -> Checks:
        """Return how many plans were judged, and how many refused."""
        planner = self.searcher.planner
        return Checks(judged=planner.checked, refused=planner.refused)

    def searched(self) -> LiveDay:
        """Return the day with the best plan that a search finds for what is left, and note whom it disturbs."""
        found = self.searcher.by_day(self.day)
        for one in found.diff.disturbed:
            if one.told is not None and set(one.how) != {"start"}:
                self._disturbed.setdefault(one.order, one.told)
        return found.day

    def _is_due(self, order: str, technician: str) -> bool:
        day = self.day
        found: Order | None = day.orders.get(order)
        if found is None or order in day.parent_of or technician in found.excluded_technicians:
            return False
        is_held = found.hold_until is not None and found.hold_until > day.now
        return not is_held and all(visit.order != order for visit in day.under_way.values())

    def _read_plan(self) -> None:
        self._sequence, self._technician_of, self._rests = {}, {}, set()
        for route in self.day.plan.routes:
            self._sequence[route.technician] = [visit.order for visit in route.visits]
            self._technician_of |= {visit.order: route.technician for visit in route.visits}
            self._rests |= set(_rests_of(route))


def _rests_of(route: PlanRoute) -> list[tuple[str, str]]:
    """Return technician and order of each visit with a break on the way."""
    return [
        (route.technician, stop.order)
        for before, stop in zip(route.stops, route.stops[1:], strict=False)
        if isinstance(before, BreakStop) and isinstance(stop, VisitStop)
    ]


class Periodic(Planned):
    """The policy "periodic": every so often everything is searched anew, and no change has a price."""

    def __init__(self, searcher: Searcher) -> None:
        super().__init__(searcher)
        self._next: datetime | None = None

    def changed(self, now: datetime, news: Sequence[Event]) -> LiveDay | None:  # noqa: ARG002 - the protocol's signature
        """Search if it is time."""
        if self._next is not None and now < self._next:
            return None
        self._next = now + self.searcher.spec.period
        return self.searched()

    def wakes_at(self, now: datetime) -> datetime | None:
        """Return the next full period."""
        return max(self._next or _first_look(now), _first_look(now))


class AfterEvents(Planned):
    """The policies "insertion" and "ours": after events, but not more often than every few minutes.

    They differ in what the searcher does: insert what has no place, or search under disruption prices as well.
    """

    def __init__(self, searcher: Searcher) -> None:
        super().__init__(searcher)
        self._next: datetime | None = None

    def changed(self, now: datetime, news: Sequence[Event]) -> LiveDay | None:
        """Plan if something did not go as planned, and the last change is some minutes ago."""
        if not news or (self._next is not None and now < self._next):
            return None
        self._next = now + self.searcher.spec.settle
        return self.searched()

    def wakes_at(self, now: datetime) -> datetime | None:
        """Return when the plan may change next."""
        return max(self._next or _first_look(now), _first_look(now)) if self._news else None


def _first_look(now: datetime) -> datetime:
    """Return the moment itself if plans may change then, else the next morning's first look."""
    if FIRST_LOOK <= now.time() < LAST_LOOK:
        return now
    day = now.date() + timedelta(days=now.time() >= LAST_LOOK)
    return datetime.combine(day, FIRST_LOOK, tzinfo=now.tzinfo)
