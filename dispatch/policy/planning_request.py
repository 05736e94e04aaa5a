"""A planning request out of what a dispatch centre keeps: rosters, open orders, the plan in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from dispatch.domain.plan import EndStop, Plan, PlanRoute, StartStop, VisitStop
from dispatch.domain.records.centre import Centre
from dispatch.domain.records.order_state import PLANNABLE_STATES, State
from dispatch.domain.records.roster import CommunityRecord, ShiftRecord, TechnicianRecord
from dispatch.domain.records.skill import TechnicianSkill, skills_on
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Community, Order, Request, Shift, Technician
from dispatch.domain.validation import order_problems, request_problems
from dispatch.domain.values import with_fixed_offset
from dispatch.errors import Problem
from dispatch.policy.nights import horizon_of
from dispatch.policy.settings import OPERATORS_SECTIONS

_Document = TypeVar("_Document", Community, Technician)

OPEN_STATES: Final[frozenset[State]] = PLANNABLE_STATES | {"received", "held", "no_access"}
"""What a snapshot asks for; those that wait for resources or for their customer come back with the reason hold."""


@dataclass(frozen=True, kw_only=True)
class Roster:
    """Who can be planned, and for which communities."""

    communities: Sequence[CommunityRecord]
    technicians: Sequence[TechnicianRecord]
    shifts: Sequence[ShiftRecord]
    skills: Sequence[TechnicianSkill]


@dataclass(frozen=True, kw_only=True)
class AssembledRequest:
    """A sound planning request, and what could not be in it.

    Attributes
    ----------
    left_out
        Records that would have made it impossible to plan, each with the fault.
    """

    request: Request
    left_out: tuple[Problem, ...]


def assembled_request(
    centre: Centre,
    roster: Roster,
    orders: Iterable[WorkOrder],
    *,
    day: date,
    days: int,
    now: datetime,
    in_force: Plan | None,
) -> AssembledRequest:
    """Return the request that plans `days` local days from `day` on; nothing personal is in it.

    Orders that somebody does before the first of these days, by a plan in force, are not in it. A record with a fault
    is left out and told, so that one slip of the pen does not keep everybody else from being planned.

    Parameters
    ----------
    in_force
        The plan that reaches into these days: the search begins there; None = there is none.
    """
    zone = ZoneInfo(centre.time_zone)
    horizon = horizon_of(day, days, zone)
    today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    request = Request(
        now=with_fixed_offset(now.astimezone(zone).replace(microsecond=0)),
        horizon=horizon,
        time_zone=centre.time_zone,
        policy={name: part for name, part in centre.policy.items() if name not in OPERATORS_SECTIONS},
        travel=centre.travel,
        depots=centre.depots,
        communities=tuple(_plain(record.community) for record in roster.communities),
        technicians=tuple(_technicians(roster, day)),
        orders=tuple(
            planning_order(order)
            for order in orders
            if order.state in OPEN_STATES
            and not (order.planned_start is not None and today <= order.planned_start < horizon.start)
        ),
    )
    request, left_out = _without_faults(request)
    if in_force is not None:
        request = request.model_copy(update={"current_plan": plan_left_for(request, in_force)})
    return AssembledRequest(request=request, left_out=left_out)


def planning_order(order: WorkOrder) -> Order:
    """Return an open order as planning sees it: without address, held as long as its customer is to be left alone."""
    held_until = order.held_until if order.state in ("held", "no_access") else None
    hold_until = max(filter(None, (order.order.hold_until, held_until)), default=None)
    changes: dict[str, Any] = {"address": None, "extra": None, "hold_until": hold_until}
    if order.state == "received" or (order.state in ("held", "no_access") and held_until is None):
        changes["resource_ready"] = False  # nobody knows how long: it cannot be planned yet
    return order.order.model_copy(update=changes)


def plan_left_for(request: Request, plan: Plan) -> Plan:
    """Return a plan cut to the technicians, shifts and orders that a request has."""
    routes = []
    for route in plan.routes:
        technician = request.technicians_by_id.get(route.technician)
        if technician is None or route.shift not in technician.shifts_by_id:
            continue
        stops = tuple(
            stop
            for stop in route.stops
            if isinstance(stop, StartStop | EndStop)
            or (isinstance(stop, VisitStop) and stop.order in request.orders_by_id)
        )
        if len(stops) > 2:
            routes.append(PlanRoute(technician=route.technician, shift=route.shift, stops=stops))
    return plan.model_copy(update={"routes": tuple(routes), "unassigned": (), "violations": ()})


def _technicians(roster: Roster, day: date) -> Iterable[Technician]:
    shifts: dict[str, list[Shift]] = defaultdict(list)
    for entry in roster.shifts:
        shifts[entry.technician].append(entry.shift.model_copy(update={"extra": None}))
    # Who has no entry in the skill matrix at all keeps the skills of the document.
    named, held = {skill.technician for skill in roster.skills}, skills_on(day, roster.skills)
    for record in roster.technicians:
        changes: dict[str, object] = {"shifts": tuple(shifts[record.id]), "name": None}
        if record.id in named:
            changes["skills"] = held.get(record.id, {})
        yield _plain(record.technician).model_copy(update=changes)


def _plain(document: _Document) -> _Document:
    """Return a community or technician without the caller's own data, which may be anything."""
    return document.model_copy(update={"extra": None})


def _without_faults(request: Request) -> tuple[Request, tuple[Problem, ...]]:
    """Return a request without the technicians and orders that no request could hold."""
    problems = request_problems(request)
    if not problems:
        return request, ()
    faulty = {number for problem in problems if (number := _number_in(problem.path, "technicians")) is not None}
    technicians = tuple(one for number, one in enumerate(request.technicians) if number not in faulty)
    request = request.model_copy(update={"technicians": technicians})
    faults: dict[str, list[Problem]] = {
        order.id: list(order_problems(f"orders.{order.id}", order, request)) for order in request.orders
    }
    sound = tuple(order for order in request.orders if not faults[order.id])
    told = [problem for problem in problems if not problem.path.startswith("orders")]
    told += [problem for found in faults.values() for problem in found]
    return request.model_copy(update={"orders": sound}), tuple(told)


def _number_in(path: str, name: str) -> int | None:
    """Return which entry of a list a path points into; None = it points elsewhere."""
    start, _, rest = path.partition("[")
    return int(rest.partition("]")[0]) if start == name and rest else None
