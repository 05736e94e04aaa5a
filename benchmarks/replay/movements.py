"""Movements: technicians who decide when they are free, travel, work, rest and go home."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from benchmarks.replay.cases import Case
from benchmarks.replay.counter import Counter
from benchmarks.replay.crew import Person
from benchmarks.replay.mishaps import Absence
from benchmarks.replay.nature import NO_ACCESS_WAIT
from benchmarks.replay.stage import Stage
from benchmarks.replay.telephone import Telephone
from dispatch.domain.events import (
    Arrived,
    BreakStarted,
    CannotInstall,
    Done,
    EnRoute,
    NoAccess,
    Overrun,
    TechnicianBack,
    TechnicianOff,
    TechnicianRejected,
)
from dispatch.domain.request import Order

BREAK_GRACE: Final = timedelta(minutes=45)
"""A break may be taken so much late before a technician would rather wait for it than begin another visit."""
END_GRACE: Final = timedelta(minutes=10)
"""Nobody sets out for a visit that is expected to end later than that after the last overtime."""
OVERRUN_NOTICE: Final = timedelta(minutes=5)
"""So long after a visit should have ended the technician says when it will."""


class Movements:
    """Moves the technicians of a day."""

    def __init__(self, stage: Stage, telephone: Telephone, counter: Counter) -> None:
        self._stage = stage
        self._telephone = telephone
        self._counter = counter
        self._leaving: dict[str, Absence] = {}

    def leave(self, absence: Absence) -> None:
        """Note who leaves; a visit under way is brought to its end first."""
        self._leaving[absence.technician] = absence
        person = self._stage.people[absence.technician]
        if person.state in ("free", "resting"):
            self._go_away(person)

    def _go_away(self, person: Person) -> None:
        absence = self._leaving.pop(person.id)
        if person.state == "away":
            return
        person.state = "away"
        self._stage.tell(TechnicianOff(**self._stage.event(technician=person.id, until=absence.end)))
        if absence.end is not None and absence.end > self._stage.now:
            self._stage.at(absence.end, lambda: self._come_back(person))
        else:
            self._end_route(person)

    def _come_back(self, person: Person) -> None:
        person.state = "free"
        self._stage.tell(TechnicianBack(**self._stage.event(technician=person.id)))
        self.decide(person)

    def _free(self, person: Person) -> None:
        person.state = "free"
        if person.id in self._leaving:
            self._go_away(person)
        else:
            self.decide(person)

    def decide(self, person: Person) -> None:
        """Let a technician who is free set out, rest, wait or go home."""
        if not self._stage.is_at_hand(person):
            return
        found = self._stage.dispatcher.next_order(person.id)
        person.waits_for = found
        order = None if found is None else self._stage.ledger[found].order
        way_s = 0 if order is None else self._stage.ways.to_order(person, order)
        leave = self._stage.now if order is None else self._leaving_time(order, way_s)
        if self._rests(person, order, leave, way_s):
            return
        if order is None and self._stage.now >= person.shift.end:
            self._go_home(person)
        elif order is None:
            self._wait(person, person.shift.end)
        elif self._ends_at(person, order, leave, way_s) > person.shift.latest_end + END_GRACE:
            self._stage.tell(TechnicianRejected(**self._stage.event(technician=person.id, order=order.id)))
            self.decide(person)
        elif leave > self._stage.now:
            self._wait(person, leave)
        else:
            self._set_out(person, order, way_s)

    def _leaving_time(self, order: Order, way_s: int) -> datetime:
        """Return when to set out so as not to be early."""
        opening = min((w.start for w in order.windows if w.end >= self._stage.now), default=self._stage.now)
        if order.agreed_start is not None:
            opening = order.agreed_start - timedelta(seconds=self._stage.policy.appointment.early_s)
        opening = max(opening, order.earliest_start or opening)
        return max(self._stage.now, opening - timedelta(seconds=way_s))

    def _ends_at(self, person: Person, order: Order, leave: datetime, way_s: int) -> datetime:
        return leave + timedelta(seconds=way_s + person.service_s_of(order))

    def _wait(self, person: Person, until: datetime) -> None:
        """Look again then, or when a break may begin."""
        moments = [until, *(pause.earliest for pause in person.breaks[:1])]
        waited_for = person.waits_for

        def look_again() -> None:
            if person.waits_for == waited_for:
                self.decide(person)

        self._stage.at(min(moment for moment in moments if moment > self._stage.now), look_again)

    def _rests(self, person: Person, order: Order | None, leave: datetime, way_s: int) -> bool:
        """Begin the next break if it is time: nothing else to do, planned now, or not possible later."""
        if not person.breaks:
            return False
        pause = person.breaks[0]
        if order is None:
            is_due = self._stage.now >= pause.earliest
        else:
            after = max(self._ends_at(person, order, leave, way_s), pause.earliest)
            is_last_chance = after + pause.duration > pause.latest + BREAK_GRACE
            fits_before = leave >= self._stage.now + pause.duration
            is_planned = self._stage.dispatcher.rests_before(person.id, order.id)
            is_due = is_last_chance or (self._stage.now >= pause.earliest and (fits_before or is_planned))
        if not is_due:
            return False
        if self._stage.now < pause.earliest:
            self._wait(person, pause.earliest)
            return True
        person.breaks.pop(0)
        person.state = "resting"
        self._stage.tell(
            BreakStarted(**self._stage.event(technician=person.id, expected_end=self._stage.now + pause.duration))
        )
        self._stage.at(self._stage.now + pause.duration, lambda: self._rested(person))
        return True

    def _rested(self, person: Person) -> None:
        if person.state == "resting":
            self._free(person)

    def _set_out(self, person: Person, order: Order, way_s: int) -> None:
        case = self._stage.ledger[order.id]
        person.state = "travelling"
        person.set_out_at = person.set_out_at or self._stage.now
        self._telephone.note_departure(case)
        real_s = self._stage.nature.travel_s(order, way_s, leave=self._stage.now, day=self._stage.script.number)
        person.travel_s += real_s
        arrival = self._stage.now + timedelta(seconds=way_s)
        self._stage.tell(EnRoute(**self._stage.event(technician=person.id, order=order.id, expected_arrival=arrival)))
        self._stage.after(real_s, lambda: self._arrive(person, case))

    def _arrive(self, person: Person, case: Case) -> None:
        arrived_at, order = self._stage.now, case.order
        person.state = "visiting"
        person.location = self._stage.ledger.request.location_of(order)
        person.community, person.visits = order.community, person.visits + 1
        case.visits += 1
        opening = min((w.start for w in order.windows if w.end >= self._stage.now), default=self._stage.now)
        if order.agreed_start is not None:
            opening = order.agreed_start - timedelta(seconds=self._stage.policy.appointment.early_s)
        self._stage.tell(Arrived(**self._stage.event(technician=person.id, order=order.id)))
        self._stage.at(max(opening, self._stage.now), lambda: self._knock(person, case, arrived_at))

    def _knock(self, person: Person, case: Case, arrived_at: datetime) -> None:
        order = case.order
        was_called = case.calls > 0 or order.agreed_start is not None
        if not self._stage.nature.lets_in(order, case.visits, was_called=was_called):
            self._stage.at(self._stage.now + NO_ACCESS_WAIT, lambda: self._give_up(person, case))
            return
        case.arrived_at = arrived_at
        person.use_parts(order)
        planned_s = person.service_s_of(order)
        real_s = self._stage.nature.service_s(order, person.id, planned_s, day=self._stage.script.number)
        if not self._stage.nature.can_be_done(order):
            real_s = max(60, real_s * 2 // 5)
        person.service_s += real_s
        end = self._stage.now + timedelta(seconds=real_s)
        self._expect(case, end, self._stage.now + timedelta(seconds=planned_s), number=1)
        self._stage.at(end, lambda: self._finish(person, case))

    def _expect(self, case: Case, end: datetime, expected: datetime, *, number: int) -> None:
        """Report later than expected, as often as it takes."""
        notice = expected + OVERRUN_NOTICE
        if end <= notice:
            return

        def report() -> None:
            remaining_s = (end - self._stage.now).total_seconds()
            told = self._stage.now + timedelta(seconds=self._stage.nature.guess(remaining_s, case.order.id, number))
            self._stage.tell(Overrun(**self._stage.event(order=case.order.id, expected_end=told)))
            self._expect(case, end, told, number=number + 1)

        self._stage.at(notice, report)

    def _give_up(self, person: Person, case: Case) -> None:
        case.is_customers_doing = True
        case.order = case.order.model_copy(update={"hold_until": self._stage.script.end, "agreed_start": None})
        self._stage.tell(NoAccess(**self._stage.event(order=case.order.id, retry_at=self._stage.script.end)))
        self._free(person)

    def _finish(self, person: Person, case: Case) -> None:
        order = case.order
        if not self._stage.nature.can_be_done(order):
            case.close("cannot_install", self._stage.now, person.id)
            self._stage.tell(CannotInstall(**self._stage.event(order=order.id, reason="no port or duct")))
        elif not self._stage.nature.is_fast_enough(order):
            case.close("remedy_pending", self._stage.now, person.id)
            self._counter.note_slow_line(order)
        else:
            case.close("done", self._stage.now, person.id)
            self._stage.tell(Done(**self._stage.event(order=order.id)))
            self._counter.mend(order.id)
        self._free(person)

    def _go_home(self, person: Person) -> None:
        person.state = "away"
        self._end_route(person)

    def _end_route(self, person: Person) -> None:
        if person.set_out_at is not None and person.home_at is None:
            way_s = self._stage.ways.home(person)
            person.travel_s += way_s
            person.home_at = self._stage.now + timedelta(seconds=way_s)
