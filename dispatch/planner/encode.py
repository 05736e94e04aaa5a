"""From a request to the solver's problem: ids become indices, moments become seconds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from itertools import accumulate

import numpy as np

from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.planner.capability import eligibility_of, equipment_of
from dispatch.planner.disruption import disruption_of
from dispatch.planner.epoch import Epoch
from dispatch.planner.locks import LockedOrder, Relaxations, keep_locks
from dispatch.planner.order_terms import OrderTerms, terms_of_orders
from dispatch.planner.places import Travel, travel_between_stops
from dispatch.planner.roster import PlannedShift, ShiftKey, planned_shifts
from dispatch.policy.commitment import Commitment, LockedVisit, commitments, locked_visits
from dispatch.policy.eligibility import is_preferred
from dispatch.policy.settings import Policy
from solver.problem import I64, NEVER_S, NO_LOCK, Prices, Problem
from solver.solution import Routes

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoded:
    """A request as the solver's problem, and what its indices stand for.

    Attributes
    ----------
    epoch
        What second 0 stands for.
    order_ids
        Of the problem's orders: all orders of the request, in request order.
    shifts
        Of the problem's shifts, in request order; `shift_keys` are their technician and shift ids.
    terms
        The policy's judgement of each order.
    initial
        Routes of the plan to begin with, as far as their shifts can still have one; None = there is none.
    relaxations
        What had to give way so that the locks of the current plan can be kept.
    commitments
        How far each visit of the current plan may change.
    """

    problem: Problem
    epoch: Epoch
    order_ids: tuple[str, ...]
    shifts: tuple[PlannedShift, ...]
    terms: tuple[OrderTerms, ...]
    initial: Routes | None
    relaxations: Relaxations
    commitments: tuple[Commitment, ...] = ()

    @property
    def shift_keys(self) -> tuple[ShiftKey, ...]:
        """Technician id and shift id of the problem's shifts."""
        return tuple(shift.key for shift in self.shifts)


def shifts_of(request: Request) -> tuple[PlannedShift, ...]:
    """Return the shifts that become the problem's shifts."""
    locked = _locked_of_shift(request)
    in_time = {key for key, visits in locked.items() if any(visit.holds_time for visit in visits)}
    return planned_shifts(request, locked=locked.keys(), locked_in_time=in_time)


def encode(
    request: Request,
    policy: Policy,
    *,
    terms: Sequence[OrderTerms] | None = None,
    travel: Travel | None = None,
    best_plan: Plan | None = None,
    since: datetime | None = None,
) -> Encoded:
    """Return the solver's problem for a request.

    Parameters
    ----------
    policy
        The effective policy of the request.
    terms, travel
        `terms_of_orders(request, policy)` and `travel_between_stops(request, policy, shifts_of(request))`, if the
        caller has them already.
    best_plan
        Where the search shall begin, if not at the current plan; it locks nothing.
    since
        A moment that shall have a second, too: orders that come later may name it.
    """
    shifts = shifts_of(request)
    terms = terms_of_orders(request, policy) if terms is None else terms
    travel = travel_between_stops(request, policy, shifts) if travel is None else travel
    published = commitments(request, policy)
    named = [*_instants(request, shifts, terms, published), *([] if since is None else [since])]
    epoch = Epoch.before(named)
    warm_start = best_plan or request.current_plan
    problem = _unlocked_problem(request, policy, shifts=shifts, terms=terms, travel=travel, epoch=epoch)
    problem = replace(problem, disruption=disruption_of(published, request, shifts, epoch))
    kept = keep_locks(problem, _locked_orders(request, shifts, epoch), now_s=epoch.second_of(request.now))
    return Encoded(
        problem=kept.problem,
        epoch=epoch,
        order_ids=tuple(order.id for order in request.orders),
        shifts=shifts,
        terms=tuple(terms),
        initial=None if warm_start is None else routes_of_plan(warm_start, request, shifts),
        relaxations=kept.relaxations,
        commitments=published,
    )


def routes_of_plan(plan: Plan, request: Request, shifts: Sequence[PlannedShift]) -> Routes:
    """Return a plan's visits as the solver's routes, without shifts that can have none and without unknown orders."""
    number_of_order = {order.id: number for number, order in enumerate(request.orders)}
    route_of_key = {(route.technician, route.shift): route for route in plan.routes}
    return tuple(
        tuple(number_of_order[v.order] for v in route_of_key[planned.key].visits if v.order in number_of_order)
        if planned.key in route_of_key
        else ()
        for planned in shifts
    )


def _unlocked_problem(
    request: Request,
    policy: Policy,
    *,
    shifts: Sequence[PlannedShift],
    terms: Sequence[OrderTerms],
    travel: Travel,
    epoch: Epoch,
) -> Problem:
    equipment = equipment_of(request, shifts)
    windows = [window for term in terms for window in term.windows]
    breaks = [pause for planned in shifts for pause in sorted(planned.shift.breaks, key=lambda pause: pause.earliest)]
    profile_number = {profile: number for number, profile in enumerate(travel.profiles)}
    return Problem(
        travel_s=travel.travel_s,
        distance_m=travel.distance_m,
        order_location=travel.order_location,
        order_service_s=np.array([order.duration // _SECOND for order in request.orders], np.int32),
        order_window_first=np.array([0, *accumulate(len(term.windows) for term in terms)], np.int32),
        window_open_s=_seconds(epoch, [window.start for window in windows]),
        window_close_s=_seconds(epoch, [window.end for window in windows]),
        order_due_s=_seconds(epoch, [term.due.due for term in terms]),
        order_soft_due_s=_seconds(epoch, [term.due.soft_due for term in terms]),
        order_buffer_from_s=_seconds(epoch, [term.buffer_from for term in terms]),
        order_broken_from_s=_seconds(epoch, [term.broken_from for term in terms]),
        order_missed_cost=np.array([term.missed_cost for term in terms], np.int64),
        order_unassigned_cost=np.array([term.unassigned_cost for term in terms], np.int64),
        order_lock_shift=np.full(len(request.orders), NO_LOCK, np.int32),
        locked_routes=((),) * len(shifts),
        order_parts=equipment.order_parts,
        order_tools=equipment.order_tools,
        eligibility=eligibility_of(request, shifts),
        shift_profile=np.array([profile_number[planned.technician.profile] for planned in shifts], np.int32),
        shift_start_location=travel.shift_start_location,
        shift_end_location=travel.shift_end_location,
        shift_departure_s=_seconds(epoch, [planned.departure for planned in shifts]),
        shift_end_s=_seconds(epoch, [planned.shift.end for planned in shifts]),
        shift_latest_s=_seconds(epoch, [planned.shift.latest_end for planned in shifts]),
        shift_max_visits=np.array([_max_visits(planned, request) for planned in shifts], np.int32),
        shift_service_permille=np.array([planned.technician.service_permille for planned in shifts], np.int32),
        shift_break_first=np.array([0, *accumulate(len(planned.shift.breaks) for planned in shifts)], np.int32),
        break_earliest_s=_seconds(epoch, [pause.earliest for pause in breaks]),
        break_latest_s=_seconds(epoch, [pause.latest for pause in breaks]),
        break_duration_s=np.array([pause.duration // _SECOND for pause in breaks], np.int64),
        shift_parts=equipment.shift_parts,
        shift_tools=equipment.shift_tools,
        depot_location=travel.depot_location,
        prices=Prices(**{price.name: getattr(policy.prices, price.name) for price in fields(Prices)}),
    )


def _max_visits(planned: PlannedShift, request: Request) -> int:
    return len(request.orders) if planned.shift.max_visits is None else planned.shift.max_visits


def _seconds(epoch: Epoch, instants: Sequence[datetime | None]) -> I64:
    return np.array([NEVER_S if instant is None else epoch.second_of(instant) for instant in instants], np.int64)


def _instants(
    request: Request, shifts: Sequence[PlannedShift], terms: Sequence[OrderTerms], published: Sequence[Commitment]
) -> Iterator[datetime]:
    """Every moment that becomes a second; locked visits with a day before them, for a departure that must give way."""
    yield from (request.now, request.horizon.start)
    for planned in shifts:
        yield from (planned.shift.start, *(pause.earliest for pause in planned.shift.breaks))
    for term in terms:
        yield from (window.start for window in term.windows)
        soft_instants = (term.due.due, term.due.soft_due, term.buffer_from, term.broken_from)
        yield from (instant for instant in soft_instants if instant is not None)
    yield from (one.prices.later_from for one in published if one.prices.later_from is not None)
    for visits in _locked_of_shift(request).values():
        yield from (visit.start - _DAY for visit in visits)


def _locked_of_shift(request: Request) -> dict[ShiftKey, list[LockedVisit]]:
    """Locked visits of the current plan by shift, in the plan's sequence."""
    of_shift: dict[ShiftKey, list[LockedVisit]] = {}
    for visit in locked_visits(request.current_plan):
        of_shift.setdefault((visit.technician, visit.shift), []).append(visit)
    return of_shift


def _locked_orders(
    request: Request, shifts: Sequence[PlannedShift], epoch: Epoch
) -> dict[int, tuple[LockedOrder, ...]]:
    number_of_order = {order.id: number for number, order in enumerate(request.orders)}
    locked = _locked_of_shift(request)
    return {
        number: tuple(
            LockedOrder(
                order=number_of_order[visit.order],
                start_s=epoch.second_of(visit.start) if visit.holds_time else None,
                is_preferred=is_preferred(request.orders_by_id[visit.order], planned.technician),
            )
            for visit in locked[planned.key]
        )
        for number, planned in enumerate(shifts)
        if planned.key in locked
    }
