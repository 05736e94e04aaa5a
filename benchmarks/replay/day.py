"""One day as it happens, from evening to evening, and the news of it."""

from __future__ import annotations

from functools import partial

from benchmarks.replay.counter import Counter
from benchmarks.replay.movements import Movements
from benchmarks.replay.stage import Stage
from benchmarks.replay.telephone import Telephone
from dispatch.domain.events import Event


class DayRun:
    """Plays the script of a stage.

    Things happen one after the other; after each the dispatcher decides what there is to decide, and whoever waits
    looks again if that concerns them.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._telephone = Telephone(stage)
        self._counter = Counter(stage, self._telephone)
        self._movements = Movements(stage, self._telephone, self._counter)
        self._wakes_at: object = None

    def play(self) -> list[Event]:
        """Play the day until the last technician is home; return its events."""
        self._write_script()
        self._settle()
        while self._stage.step():
            self._settle()
        return self._stage.news

    def _write_script(self) -> None:
        stage, script = self._stage, self._stage.script
        for order in script.arrivals:
            stage.at(order.accepted_at, partial(self._counter.accept, order))
        for change in script.changes:
            stage.at(change.at, partial(self._counter.change, change))
        for event in script.reports:
            stage.at(event.at, partial(stage.tell, event))
        if script.outage is not None:
            for ticket in script.outage.tickets:
                stage.at(ticket.accepted_at, partial(self._counter.accept, ticket))
            stage.at(script.outage.parent.accepted_at, partial(self._counter.declare, script.outage))
        for absence in script.absences:
            stage.at(absence.start, partial(self._movements.leave, absence))
        for person in stage.people.values():
            stage.at(person.shift.start, partial(self._movements.decide, person))

    def _settle(self) -> None:
        stage = self._stage
        free = [person for person in stage.people.values() if stage.is_at_hand(person)]
        has_changed = stage.dispatcher.settle(stage.now, free)
        for person in free:
            order = stage.dispatcher.next_order(person.id)
            if order != person.waits_for or order in stage.touched:
                self._movements.decide(person)
        stage.touched.clear()
        if has_changed:
            self._telephone.ask()
        wakes_at = stage.dispatcher.wakes_at(stage.now)
        if wakes_at is not None and wakes_at != self._wakes_at and wakes_at < stage.script.end:
            self._wakes_at = wakes_at
            stage.at(wakes_at, lambda: None)
