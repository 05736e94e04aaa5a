"""Plain-Python twin of every evaluation of the core: written to be read, not to be fast.

The route of a shift is timed for *every* choice of where breaks are taken and where a depot is visited, and the
cheapest is kept. Of several that cost the same the one that ends first is kept, and of those the first one met:
compare the total cost of two implementations, not timings or single terms, for equal totals may be made up differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise

from solver.problem import ELIGIBLE_NOT_PREFERRED, LAST_STOP, NEVER_S, NO_LOCK, NOT_ELIGIBLE, UNREACHABLE_S, Problem
from solver.solution import CostTerms, Routes, Solution, TimedBreak, TimedDepot, TimedRoute, TimedVisit

LATE_DEPARTURE = -1
"""In place of a gap: the break is not needed because the route departs at or after its earliest end."""


@dataclass(frozen=True)
class Pause:
    """A break of a shift."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True)
class Leg:
    """Travel from one place to the next."""

    travel_s: int
    distance_m: int


@dataclass(frozen=True)
class Passage:
    """How a gap is crossed that is entered at some moment: (start, end) of its breaks, and when it is behind."""

    breaks_s: tuple[tuple[int, int], ...]
    ready_s: int


def naive_time_route(problem: Problem, shift: int, orders: Sequence[int]) -> TimedRoute | None:
    """Time a route with the cheapest choice of breaks and depot stop; None if there is no feasible one."""
    if not orders:
        raise ValueError("orders is empty: a shift that is not used has no timed route")
    if len(orders) > problem.shift_max_visits[shift]:
        return None
    if any(problem.eligibility[order, shift] == NOT_ELIGIBLE for order in orders):
        return None
    if any(problem.order_lock_shift[order] not in (NO_LOCK, shift) for order in orders):
        return None
    best: TimedRoute | None = None
    for depot_stop in _depot_choices(problem, shift, orders):
        for break_gaps in _break_choices(problem, shift, orders):
            route = _timed(problem, shift, orders, depot_stop, break_gaps)
            if route is not None and (
                best is None or (route.terms.total, route.end_s) < (best.terms.total, best.end_s)
            ):
                best = route
    return best


def naive_evaluate(problem: Problem, routes: Routes) -> Solution | None:
    """Cost of routes, one for each shift; None if one is infeasible, an order is visited twice or a lock is broken."""
    visited = [order for route in routes for order in route]
    if len(set(visited)) < len(visited):
        return None
    for order in range(problem.n_orders):
        lock = int(problem.order_lock_shift[order])
        if lock != NO_LOCK and order not in routes[lock]:
            return None
    unassigned = tuple(order for order in range(problem.n_orders) if order not in visited)
    terms = naive_terms_of_unassigned(problem, unassigned)
    for shift, route in enumerate(routes):
        if route:
            timed = naive_time_route(problem, shift, route)
            if timed is None:
                return None
            terms += timed.terms
    return Solution(routes=tuple(tuple(route) for route in routes), unassigned=unassigned, terms=terms)


def naive_terms_of_unassigned(problem: Problem, orders: Sequence[int]) -> CostTerms:
    """Cost of the orders that are in no route."""
    terms = CostTerms()
    for order in orders:
        terms += CostTerms(
            unassigned=int(problem.order_unassigned_cost[order]),
            disruption=0 if problem.disruption is None else int(problem.disruption.dropped_cost[order]),
        )
    return terms


def _depot_choices(problem: Problem, shift: int, orders: Sequence[int]) -> Iterator[tuple[int, int] | None]:
    """(gap, depot) of each depot stop that makes up for what is missing; None if nothing is missing."""
    if _is_equipped(problem, shift, orders):
        yield None
        return
    for gap in range(len(orders)):
        if _is_equipped(problem, shift, orders[:gap]):
            for depot in range(len(problem.depot_location)):
                yield gap, depot


def _is_equipped(problem: Problem, shift: int, orders: Sequence[int]) -> bool:
    """Whether what the shift starts with suffices for these orders together."""
    for part in range(problem.order_parts.shape[1]):
        if sum(int(problem.order_parts[order, part]) for order in orders) > problem.shift_parts[shift, part]:
            return False
    for tool in range(problem.order_tools.shape[1]):
        if any(problem.order_tools[order, tool] for order in orders) and not problem.shift_tools[shift, tool]:
            return False
    return True


def _break_choices(problem: Problem, shift: int, orders: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """For each break its gap 0 .. m, or -1 = late departure, or m + 1 = the route ends early; never descending."""
    n_breaks = len(_pauses(problem, shift))
    yield from combinations_with_replacement(range(LATE_DEPARTURE, len(orders) + 2), n_breaks)


def _timed(
    problem: Problem, shift: int, orders: Sequence[int], depot_stop: tuple[int, int] | None, break_gaps: Sequence[int]
) -> TimedRoute | None:
    """Time a route for one choice of break gaps and depot stop; None if that is infeasible."""
    pauses = _pauses(problem, shift)
    legs = [_legs(problem, shift, orders, gap, depot_stop) for gap in range(len(orders) + 1)]
    if any(leg.travel_s >= UNREACHABLE_S for gap_legs in legs for leg in gap_legs):
        return None
    departure = _departure(problem, shift, orders, legs, break_gaps)
    if departure is None:
        return None
    visits: list[TimedVisit] = []
    breaks: list[TimedBreak] = []
    depot: TimedDepot | None = None
    leave = departure
    for gap in range(len(orders) + 1):
        pauses_here = [pause for pause, at in zip(pauses, break_gaps, strict=True) if at == gap]
        passage = _cross(leave, legs[gap], pauses_here)
        if passage is None:
            return None
        taken = [TimedBreak(before=gap, start_s=start, end_s=end) for start, end in passage.breaks_s]
        breaks += taken
        if depot_stop is not None and depot_stop[0] == gap:
            depot = _timed_depot(depot_stop, leave, legs[gap][0], taken)
        leave = passage.ready_s
        if gap < len(orders):
            order = orders[gap]
            start = _start(problem, order, passage.ready_s)
            if start is None:
                return None
            leave = start + problem.service_s(order, shift)
            times = {"arrival_s": passage.ready_s, "start_s": start, "end_s": leave}
            visits.append(TimedVisit(order=order, **times, **vars(legs[gap][-1])))

    end = leave
    ends_early = [pause for pause, at in zip(pauses, break_gaps, strict=True) if at == len(orders) + 1]
    is_too_late = end > problem.shift_latest_s[shift] or end - departure > _longest_s(problem, shift)
    if is_too_late or any(end > pause.latest_s - pause.duration_s for pause in ends_early):
        return None
    all_legs = [leg for gap_legs in legs for leg in gap_legs]
    return TimedRoute(
        shift=shift,
        departure_s=departure,
        visits=tuple(visits),
        breaks=tuple(breaks),
        depot=depot,
        end_s=end,
        end_travel_s=legs[-1][0].travel_s,
        end_distance_m=legs[-1][0].distance_m,
        terms=_terms(problem, shift, visits=visits, departure_s=departure, end_s=end, legs=all_legs),
    )


def _longest_s(problem: Problem, shift: int) -> int:
    return NEVER_S if problem.shift_max_duration_s is None else int(problem.shift_max_duration_s[shift])


def _cross(leave_s: int, legs: Sequence[Leg], pauses: Sequence[Pause]) -> Passage | None:
    """Travel through a gap and take these breaks on the way; None if one cannot end in time."""
    ready = leave_s + sum(leg.travel_s for leg in legs)
    free = leave_s
    taken = []
    for pause in pauses:
        start = max(free, pause.earliest_s)
        if start + pause.duration_s > pause.latest_s:
            return None
        free = start + pause.duration_s
        taken.append((start, free))
        ready = max(ready, pause.earliest_s) + pause.duration_s
    return Passage(tuple(taken), ready)


def _departure(
    problem: Problem,
    shift: int,
    orders: Sequence[int],
    legs: Sequence[Sequence[Leg]],
    break_gaps: Sequence[int],
) -> int | None:
    """Departure as late as it delays no start: the first visit starts as if the route departed as early as it may."""
    if problem.departure_keeps_end:
        return _departure_keeping_end(problem, shift, orders, legs)
    pauses = _pauses(problem, shift)
    avoided = [p.earliest_s + p.duration_s for p, at in zip(pauses, break_gaps, strict=True) if at == LATE_DEPARTURE]
    taken = [p for p, at in zip(pauses, break_gaps, strict=True) if at == 0]
    earliest = max([int(problem.shift_departure_s[shift]), *avoided])
    passage = _cross(earliest, legs[0], taken)
    first_start = None if passage is None else _start(problem, orders[0], passage.ready_s)
    return None if first_start is None else _latest_departure(earliest, first_start, legs[0], taken)


def _departure_keeping_end(
    problem: Problem, shift: int, orders: Sequence[int], legs: Sequence[Sequence[Leg]]
) -> int | None:
    """Departure as late as the route can still end when it does if it departs as early as it may (by bisection)."""

    def end_s(departure_s: int) -> int | None:
        leave = departure_s
        for gap, order in enumerate(orders):
            start = _start(problem, order, leave + sum(leg.travel_s for leg in legs[gap]))
            if start is None:
                return None
            leave = start + problem.service_s(order, shift)
        return leave + legs[-1][0].travel_s

    works = int(problem.shift_departure_s[shift])
    earliest_end = end_s(works)
    if earliest_end is None:
        return None
    too_late = earliest_end + 1
    while too_late - works > 1:
        departure = (works + too_late) // 2
        works, too_late = (departure, too_late) if end_s(departure) == earliest_end else (works, departure)
    return works


def _latest_departure(earliest_s: int, first_start_s: int, legs: Sequence[Leg], pauses: Sequence[Pause]) -> int:
    """Last departure from which the breaks still fit and the first visit still starts on time (by bisection)."""
    works, too_late = earliest_s, first_start_s + 1
    while too_late - works > 1:
        departure = (works + too_late) // 2
        passage = _cross(departure, legs, pauses)
        if passage is not None and passage.ready_s <= first_start_s:
            works = departure
        else:
            too_late = departure
    return works


def _timed_depot(depot_stop: tuple[int, int], leave_s: int, leg: Leg, breaks: Sequence[TimedBreak]) -> TimedDepot:
    """The depot stop: breaks that begin before the depot is reached interrupt the way to it."""
    gap, depot = depot_stop
    arrival = leave_s + leg.travel_s
    for pause in breaks:
        if pause.start_s < arrival:
            arrival += pause.end_s - pause.start_s
    return TimedDepot(before=gap, depot=depot, arrival_s=arrival, **vars(leg))


def _start(problem: Problem, order: int, ready_s: int) -> int | None:
    """Earliest moment of a start window of `order` from `ready_s` on."""
    for window in range(problem.order_window_first[order], problem.order_window_first[order + 1]):
        if ready_s <= problem.window_close_s[window]:
            return max(ready_s, int(problem.window_open_s[window]))
    return None


def _legs(
    problem: Problem, shift: int, orders: Sequence[int], gap: int, depot_stop: tuple[int, int] | None
) -> tuple[Leg, ...]:
    """Legs of a gap: one, or two with a depot stop."""
    if gap == len(orders) and problem.shift_end_location[shift] == LAST_STOP:
        return (Leg(0, 0),)
    places = [int(problem.shift_start_location[shift]) if gap == 0 else int(problem.order_location[orders[gap - 1]])]
    if depot_stop is not None and depot_stop[0] == gap:
        places.append(int(problem.depot_location[depot_stop[1]]))
    is_last = gap == len(orders)
    places.append(int(problem.shift_end_location[shift]) if is_last else int(problem.order_location[orders[gap]]))
    profile = problem.shift_profile[shift]
    return tuple(
        Leg(int(problem.travel_s[profile, a, b]), int(problem.distance_m[profile, a, b])) for a, b in pairwise(places)
    )


def _pauses(problem: Problem, shift: int) -> list[Pause]:
    return [
        Pause(int(problem.break_earliest_s[b]), int(problem.break_latest_s[b]), int(problem.break_duration_s[b]))
        for b in range(problem.shift_break_first[shift], problem.shift_break_first[shift + 1])
    ]


def _terms(
    problem: Problem, shift: int, *, visits: Sequence[TimedVisit], departure_s: int, end_s: int, legs: Sequence[Leg]
) -> CostTerms:
    """Every term of the cost table for a timed route."""
    prices = problem.prices
    terms = CostTerms(
        travel=prices.travel * sum(leg.travel_s for leg in legs),
        distance=prices.distance * sum(leg.distance_m for leg in legs),
        work_time=prices.work_time * (end_s - departure_s),
        overtime=prices.overtime * max(0, end_s - int(problem.shift_end_s[shift])),
        shift_used=prices.shift_used,
    )
    for visit in visits:
        order = visit.order
        is_unwanted = problem.eligibility[order, shift] == ELIGIBLE_NOT_PREFERRED
        buffer_s = max(0, visit.start_s - int(problem.order_buffer_from_s[order]))
        is_broken = visit.start_s > problem.order_broken_from_s[order]
        soft_s = max(0, visit.end_s - int(problem.order_soft_due_s[order]))
        tardiness_s = max(0, visit.end_s - int(problem.order_due_s[order]))
        terms += CostTerms(
            preference=prices.preference if is_unwanted else 0,
            agreed_buffer=prices.agreed_buffer * buffer_s,
            agreed_broken=prices.agreed_broken if is_broken else 0,
            soft_due=prices.soft_due * min(soft_s, prices.soft_due_cap_s),
            tardiness=prices.tardiness * min(tardiness_s, prices.tardiness_cap_s),
            promise_missed=int(problem.order_missed_cost[order]) if tardiness_s > 0 else 0,
            disruption=_disruption(problem, shift, visit),
            risk=_risk(problem, visit),
        )
    return terms


def _risk(problem: Problem, visit: TimedVisit) -> int:
    """Price of a visit that is likely to be late."""
    if problem.risk is None:
        return 0
    risk, order = problem.risk, visit.order
    after_start_s = min(max(0, visit.start_s - int(risk.start_from_s[order])), int(risk.start_cap_s[order]))
    after_end_s = min(max(0, visit.end_s - int(risk.end_from_s[order])), int(risk.end_cap_s[order]))
    return int(risk.start_rate[order]) * after_start_s + int(risk.end_rate[order]) * after_end_s


def _disruption(problem: Problem, shift: int, visit: TimedVisit) -> int:
    """Price of a visit that differs from the published one."""
    disruption = problem.disruption
    if disruption is None:
        return 0
    is_later = visit.start_s > disruption.moved_from_s[visit.order]
    moved = int(disruption.moved_cost[visit.order]) if is_later else 0
    return int(disruption.assignment_cost[visit.order, shift]) + moved
