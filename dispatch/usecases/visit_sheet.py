"""What a technician sees of the day and of one visit: read from the records, without anything personal (R31)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.life_cycle import allowed_actions
from dispatch.domain.records.checklist import Checklist, visit_id
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.note import Note
from dispatch.domain.records.order_state import ASSIGNED_STATES
from dispatch.domain.records.question import Question
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Location
from dispatch.errors import ForbiddenError, Problem
from dispatch.policy.settings import Policy
from dispatch.ports import Store, Transaction
from dispatch.usecases.messages.notes import notes_of
from dispatch.usecases.planning.visited import local_day
from dispatch.usecases.quality.at_visit import visit_of
from dispatch.usecases.quality.closing import closing_state

SHOWN_STATES: Final = ASSIGNED_STATES - {"planned"} | {"done", "no_access"}
"""A visit that is planned only is not told to its technician yet."""
OVER_STATES: Final = ("closed", "surveyed")


@dataclass(frozen=True, kw_only=True)
class RouteStop:
    """A visit of the day.

    Attributes
    ----------
    place
        Where it is; None = unknown.
    unread
        Notes of the customer that nobody has seen.
    """

    order: WorkOrder
    community: str
    place: Location | None
    unread: int

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do for the technician."""
        return self.order.state in OVER_STATES


@dataclass(frozen=True, kw_only=True)
class VisitSheet:
    """Everything about a visit that its technician works with.

    Attributes
    ----------
    actions
        What the technician may do to the order now.
    ticked
        Items of the checklist that are done.
    missing
        What keeps the order from being closed.
    """

    stop: RouteStop
    actions: frozenset[str]
    ticked: Mapping[str, datetime]
    missing: tuple[Problem, ...]
    speed_tests: tuple[SpeedTest, ...]
    conveniences: tuple[Convenience, ...]
    calls: tuple[ContactAttempt, ...]
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]


def route_of_day(technician: str, *, store: Store, now: datetime, zone: ZoneInfo) -> tuple[RouteStop, ...]:
    """Return the visits of a technician by time: all of today, those that are late, and new ones of other days."""
    today = now.astimezone(zone).date()
    tomorrow = datetime.combine(today + timedelta(days=1), time(), tzinfo=zone)
    with store.read() as transaction:
        orders = transaction.records(WorkOrder).all(
            where={"technician": technician, "state": tuple(sorted(SHOWN_STATES))}, sort="planned_start"
        )
        shown = [
            order
            for order in orders
            if order.state in {"dispatched", "en_route", "on_site", "done"}
            or order.planned_start is None
            or order.planned_start < tomorrow
        ]
        over = transaction.records(WorkOrder).all(
            where={"technician": technician, "state": OVER_STATES, "planned_start": local_day(today, zone)}
        )
        in_order = sorted((*shown, *over), key=lambda order: (order.planned_start or now, order.id))
        return tuple(_stop(transaction, order) for order in in_order)


def visit_sheet(order_id: str, *, technician: str, store: Store, policy: Policy) -> VisitSheet:
    """Return all about one of a technician's visits.

    Raises
    ------
    NotFoundError
        If there is no such order.
    ForbiddenError
        If another technician goes to it.
    """
    with store.read() as transaction:
        order = transaction.records(WorkOrder).get(order_id)
        if order.technician != technician:
            msg = f"order {order_id} is not yours\nMaybe it was given to somebody else: look at your route"
            raise ForbiddenError(msg)
        where = {"order": order_id}
        visit = visit_of(order)
        checklist = transaction.records(Checklist).find(visit_id(order.id, visit))
        tests = transaction.records(SpeedTest).all(where=where, sort="tested_at")
        offered = transaction.records(Convenience).all(where=where)
        return VisitSheet(
            stop=_stop(transaction, order),
            actions=frozenset(allowed_actions(order.state, "technician")),
            ticked={one.item: one.at for one in checklist.ticks} if checklist is not None else {},
            missing=closing_state(transaction, order, policy=policy).open_points,
            speed_tests=tuple(one for one in tests if one.visit == visit),
            conveniences=tuple(one for one in offered if one.visit == visit),
            calls=transaction.records(ContactAttempt).all(where=where, sort="at"),
            questions=transaction.records(Question).all(where=where),
            notes=notes_of(transaction, order_id),
        )


def _stop(transaction: Transaction, order: WorkOrder) -> RouteStop:
    community = transaction.records(CommunityRecord).find(order.community)
    at_community = None if community is None else community.community.location
    return RouteStop(
        order=order,
        community=(community.name if community is not None else None) or order.community,
        place=order.order.location or at_community,
        unread=transaction.records(Note).count({"order": order.id, "author": "customer", "is_unread": True}),
    )
