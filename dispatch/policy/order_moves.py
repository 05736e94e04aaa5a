"""What a plan in force means for each order: who goes and when, and which orders have to be told so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dispatch.domain.plan import Plan
from dispatch.domain.records.order_state import PLANNABLE_STATES, State
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Request, Window
from dispatch.policy.planning_settings import PlanningSettings

NAMED_STATES: Final[frozenset[State]] = PLANNABLE_STATES - {"qualified", "booked"}
"""Somebody is to go there, and has not set out."""


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Who visits an order, and when.

    Attributes
    ----------
    p_on_time
        Chance that the visit is on time; None = not counted.
    arrival_window
        10 % to 90 % of the arrivals; None = not counted.
    dispatch_at
        When the visit is handed to its technician: some time before the shift.
    """

    order: str
    technician: str
    start: datetime
    end: datetime
    p_on_time: float | None
    arrival_window: Window | None
    dispatch_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderMoves:
    """What publishing a plan does to orders.

    Attributes
    ----------
    planned
        Somebody else goes than before, or anybody at all.
    moved
        The same technician goes at another time, or with other chances.
    unplanned
        Ids of orders that somebody was to visit and that the plan leaves out.
    dispatched
        Ids of those planned, or planned before, that are handed to their technicians at once.
    """

    planned: tuple[Assignment, ...]
    moved: tuple[Assignment, ...]
    unplanned: tuple[str, ...]
    dispatched: tuple[str, ...]


def assignments(request: Request, plan: Plan, *, dispatch_before: timedelta) -> Iterator[Assignment]:
    """Yield who visits each order of a plan.

    Parameters
    ----------
    dispatch_before
        A visit is handed to its technician so long before the shift begins.
    """
    for route in plan.routes:
        begin = request.technicians_by_id[route.technician].shifts_by_id[route.shift].start
        for visit in route.visits:
            odds = visit.odds
            yield Assignment(
                order=visit.order,
                technician=route.technician,
                start=visit.start,
                end=visit.end,
                p_on_time=None if odds is None else odds.on_time,
                arrival_window=None if odds is None else Window(start=odds.arrival_from, end=odds.arrival_to),
                dispatch_at=begin - dispatch_before,
            )


def order_moves(
    orders: Iterable[WorkOrder],
    request: Request,
    found: Iterable[Assignment],
    now: datetime,
    *,
    settings: PlanningSettings,
) -> OrderMoves:
    """Return what publishing a plan does to orders; those that are not theirs to move any more stay.

    Parameters
    ----------
    orders
        As they are now, of the request; any others are left alone.
    request
        What the plan answers.
    found
        `assignments` of the plan.
    """
    assignment_of = {one.order: one for one in found}
    planned, moved, unplanned, dispatched = [], [], [], []
    for order in orders:
        if order.id not in request.orders_by_id or order.state not in PLANNABLE_STATES:
            continue
        one, planned_start = assignment_of.get(order.id), order.planned_start
        if planned_start is not None and now <= planned_start < request.horizon.start:
            continue  # an earlier day's plan has it, which came into force meanwhile
        if one is None:
            if order.state in NAMED_STATES and (planned_start is None or planned_start < request.horizon.end):
                unplanned.append(order.id)
            continue
        is_new = order.state not in NAMED_STATES or order.technician != one.technician
        if is_new:
            planned.append(one)
        elif _differs(order, one, settings):
            moved.append(one)
        if one.dispatch_at <= now and (is_new or order.state == "planned"):
            dispatched.append(order.id)
    return OrderMoves(
        planned=tuple(planned), moved=tuple(moved), unplanned=tuple(unplanned), dispatched=tuple(dispatched)
    )


def _differs(order: WorkOrder, one: Assignment, settings: PlanningSettings) -> bool:
    """Tell whether a visit differs from what its order says by so much that somebody should know."""
    was, is_now = order.arrival_window, one.arrival_window
    if order.planned_start is None or order.planned_end is None or (was is None) != (is_now is None):
        return True
    if (order.p_on_time is None) != (one.p_on_time is None):
        return True
    shifts = [abs(order.planned_start - one.start), abs(order.planned_end - one.end)]
    if was is not None and is_now is not None:
        shifts += [abs(was.start - is_now.start), abs(was.end - is_now.end)]
    change = abs((order.p_on_time or 0) - (one.p_on_time or 0))
    return max(shifts) > timedelta(seconds=settings.moved_s) or change > settings.moved_chance
