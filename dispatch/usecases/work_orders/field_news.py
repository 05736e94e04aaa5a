"""News of the running day that is of no order: somebody is ill or back, takes a break, the roads are slow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Unpack
from zoneinfo import ZoneInfo

from dispatch.domain.events import ReportedEvent, TechnicianOff, TravelSlower
from dispatch.domain.life_cycle import Party, party_of
from dispatch.domain.problems import shown
from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.order_state import UNDER_WAY_STATES
from dispatch.domain.records.roster import TechnicianRecord
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import AlreadyThereError, BadInputError, ForbiddenError, Problem
from dispatch.usecases.work_orders.turn import Means, Turn, turn_of
from dispatch.usecases.work_orders.visit import broken_off

REPORTERS: Final[frozenset[Party]] = frozenset({"integration", "dispatcher", "supervisor", "admin"})
"""Who may tell of everybody; a technician tells of nobody else."""


def report_event(event: ReportedEvent, *, zone: ZoneInfo, **means: Unpack[Means]) -> FieldEvent:
    """Record news of the running day; the day plans anew after it where the policy says so.

    Who falls ill on the way or on site ends that visit: its order is planned anew, and its customer is told. The same
    event again changes nothing. Who told it, and when, stands in the record, which is never changed.

    Parameters
    ----------
    zone
        The dispatch centre's: the local day of now is the one that the news is recorded on.

    Raises
    ------
    BadInputError
        If there is no such technician, it ends before it begins or too far ahead, or it happened too long ago.
    ForbiddenError
        If a technician tells of somebody else, or of the roads.
    AlreadyThereError
        If the id belongs to another event.
    """
    _require_allowed(event, means["actor"])
    with turn_of({**means, "at": event.at}) as turn:
        known = turn.transaction.records(FieldEvent).find(event.id)
        if known is not None:
            if known.event.model_copy(update={"at": event.at}) != event:
                msg = f"the id {shown(event.id)} belongs to another event\nMaybe choose a new one"
                raise AlreadyThereError(msg)
            return known
        problems = tuple(_problems(event, turn))
        if problems:
            raise BadInputError(problems)
        turn.report(event.model_copy(update={"at": turn.at}), zone)
        if isinstance(event, TechnicianOff):
            for order in _under_way(event.technician, turn):
                broken_off(order, turn)
        turn.end()
        return turn.transaction.records(FieldEvent).get(event.id)


def _under_way(technician: str, turn: Turn) -> tuple[WorkOrder, ...]:
    where = {"technician": technician, "state": tuple(sorted(UNDER_WAY_STATES))}
    return turn.transaction.records(WorkOrder).all(where=where)


def _require_allowed(event: ReportedEvent, actor: str) -> None:
    party = party_of(actor)
    if party in REPORTERS:
        return
    if party != "technician" or isinstance(event, TravelSlower) or actor != f"technician:{event.technician}":
        msg = f"{actor} may not tell of {event.kind} of others\nMaybe ask a dispatcher"
        raise ForbiddenError(msg)


def _problems(event: ReportedEvent, turn: Turn) -> Iterator[Problem]:
    technicians = turn.transaction.records(TechnicianRecord)
    if not isinstance(event, TravelSlower) and technicians.find(event.technician) is None:
        message = f"there is no technician {shown(event.technician)}"
        yield Problem(path="event.technician", message=message, remedy="name one of /v1/technicians")
    for path in ("until", "expected_end"):
        moment = getattr(event, path, None)
        if moment is not None and moment <= event.at:
            message = f"{moment.isoformat()} is not after {event.at.isoformat()}, when it happened"
            yield Problem(path=f"event.{path}", message=message, remedy="correct it")
        elif moment is not None:
            yield from turn.problems_to_come(f"event.{path}", moment, may_be_over=True)
