"""The telephone: technicians take orders on, then call the customer (R08), and again if nobody answers (R10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Final

from benchmarks.replay.calls import MOST_CALLS, Reply, first_call_at, in_call_hours, reply_of, retry_at
from benchmarks.replay.cases import Case
from benchmarks.replay.stage import Stage
from dispatch.domain.events import (
    ContactFailed,
    ContactSucceeded,
    TechnicianAccepted,
    TechnicianRejected,
    TechnicianSilent,
)

CALL_NOTICE: Final = timedelta(minutes=45)
"""An exact time that is nearer than that is not worth agreeing on: somebody is on the way."""


class Telephone:
    """Who has been asked, and who was called."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._unanswered: set[str] = set()
        self._asked: set[tuple[str, str]] = set()

    def expect(self, order: str) -> None:
        """From now on technicians who get an order are asked whether they take it on."""
        self._unanswered.add(order)

    def forget(self, orders: Iterable[str]) -> None:
        """Nobody has to be asked any more."""
        self._unanswered.difference_update(orders)

    def note_departure(self, case: Case) -> None:
        """Somebody sets out: who does so without having been asked takes the order on and calls at once."""
        if case.taken_at is None:
            case.taken_at, case.first_call_at = self._stage.now, self._stage.now
        self._unanswered.discard(case.order.id)

    def ask(self) -> None:
        """Ask technicians who got an order of today whether they take it on."""
        for order in sorted(self._unanswered):
            technician = self._stage.dispatcher.technician_of(order)
            if technician is None or (order, technician) in self._asked:
                continue
            self._asked.add((order, technician))
            reply, delay = reply_of(order, technician, self._stage.nature)
            morning = in_call_hours(self._stage.now, self._stage.nature, order)
            self._stage.at(morning + delay, partial(self._reply, order, technician, reply))

    def _reply(self, order: str, technician: str, reply: Reply) -> None:
        case = self._stage.ledger[order]
        if order not in self._unanswered or not case.is_open:
            return
        if self._stage.dispatcher.technician_of(order) != technician:
            self._asked.discard((order, technician))
            return
        fields = self._stage.event(technician=technician, order=order)
        if reply == "accepted":
            self._take_on(case)
            self._stage.tell(TechnicianAccepted(**fields))
        elif reply == "rejected":
            self._stage.tell(TechnicianRejected(**fields))
        else:
            self._stage.tell(TechnicianSilent(**fields))

    def _take_on(self, case: Case) -> None:
        self._unanswered.discard(case.order.id)
        if case.taken_at is None:
            case.taken_at = self._stage.now
            self._stage.at(first_call_at(case.order.id, self._stage.now, self._stage.nature), lambda: self._call(case))

    def _call(self, case: Case) -> None:
        if not self._stage.is_waiting(case) or self._stage.now >= self._stage.script.end:
            return
        order = case.order
        case.calls += 1
        case.first_call_at = case.first_call_at or self._stage.now
        if self._stage.nature.is_reached(order.id, case.calls):
            case.order = order = order.model_copy(update={"hold_until": None})
            self._agree(case)
            return
        again = retry_at(self._stage.now) if case.calls < MOST_CALLS else None
        if again is not None:
            self._stage.at(again, lambda: self._call(case))
        if not order.windows and order.agreed_start is None:
            case.is_customers_doing = True
            case.order = order.model_copy(update={"hold_until": again or self._stage.script.end})
            self._stage.tell(ContactFailed(**self._stage.event(order=order.id, retry_at=again)))

    def _agree(self, case: Case) -> None:
        """Agree on an exact time, if the plan has one that is worth it."""
        if case.order.agreed_start is not None:
            return
        moment = self._stage.dispatcher.proposal(case.order.id, self._stage.now)
        if moment is None or moment < self._stage.now + CALL_NOTICE:
            return
        case.order = case.order.model_copy(update={"agreed_start": moment})
        self._stage.tell(ContactSucceeded(**self._stage.event(order=case.order.id, agreed_start=moment)))
