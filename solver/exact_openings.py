"""How a route may begin: every way to reach its first visit, timed in advance.

Starting late is what makes work time cheap, so a solver that chooses times freely would delay the first visit. All that
happens before it depends on constants only; hence the oracle chooses among timed openings instead of times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.problem import UNREACHABLE_S, Problem


@dataclass(frozen=True, kw_only=True)
class Leg:
    """Travel between two stops, directly or by way of a depot."""

    travel_s: int
    distance_m: int
    by_depot: bool


@dataclass(frozen=True, kw_only=True)
class Break:
    """A break of a shift."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A beginning of a route up to the start of its first visit.

    Attributes
    ----------
    leg
        From the start location to the first visit.
    n_breaks
        The first so many breaks of the shift are settled: avoided by departing late, or taken on the way.
    departure_s
        As late as the first visit and these breaks allow.
    start_s
        Start of the first visit, as early as is feasible.
    """

    leg: Leg
    n_breaks: int
    departure_s: int
    start_s: int


def legs_between(problem: Problem, shift: int, origin: int, destination: int, *, with_depots: bool) -> list[Leg]:
    """Every passable way between two locations for the technician of `shift`: directly, and by each depot."""
    travel = problem.travel_s[problem.shift_profile[shift]]
    distance = problem.distance_m[problem.shift_profile[shift]]
    routes: list[tuple[int, ...]] = [(origin, destination)]
    if with_depots:
        routes += [(origin, int(depot), destination) for depot in problem.depot_location]
    legs = []
    for places in routes:
        pairs = list(pairwise(places))
        if all(travel[pair] < UNREACHABLE_S for pair in pairs):
            legs.append(
                Leg(
                    travel_s=sum(int(travel[pair]) for pair in pairs),
                    distance_m=sum(int(distance[pair]) for pair in pairs),
                    by_depot=len(pairs) > 1,
                )
            )
    return legs


def breaks_of(problem: Problem, shift: int) -> list[Break]:
    """Breaks of a shift in their order."""
    return [
        Break(
            earliest_s=int(problem.break_earliest_s[b]),
            latest_s=int(problem.break_latest_s[b]),
            duration_s=int(problem.break_duration_s[b]),
        )
        for b in range(problem.shift_break_first[shift], problem.shift_break_first[shift + 1])
    ]


def openings(problem: Problem, shift: int, order: int) -> Iterator[Opening]:
    """Every way to begin a route of `shift` with `order`: its leg x breaks avoided x breaks taken before it."""
    breaks = breaks_of(problem, shift)
    origin, destination = int(problem.shift_start_location[shift]), int(problem.order_location[order])
    for leg in legs_between(problem, shift, origin, destination, with_depots=True):
        for n_avoided in range(len(breaks) + 1):
            avoided_s = [pause.earliest_s + pause.duration_s for pause in breaks[:n_avoided]]
            earliest_s = max([int(problem.shift_departure_s[shift]), *avoided_s])
            for n_breaks in range(n_avoided, len(breaks) + 1):
                opening = _opening(problem, order, leg, earliest_s=earliest_s, taken=breaks[n_avoided:n_breaks])
                if opening is not None:
                    yield Opening(leg=leg, n_breaks=n_breaks, departure_s=opening[0], start_s=opening[1])


def _opening(
    problem: Problem, order: int, leg: Leg, *, earliest_s: int, taken: Sequence[Break]
) -> tuple[int, int] | None:
    """(departure, start) if the route may depart at `earliest_s` and takes these breaks on the way; None = infeasible.

    The latest departure D follows from D + all durations + travel <= start and, for each break, D + durations up to
    its own <= its latest: what else bounds start and breaks does not depend on D.
    """
    ready_s, free_s = earliest_s + leg.travel_s, earliest_s
    departures_s: list[int] = []
    rest_s = 0
    for pause in taken:
        free_s = max(free_s, pause.earliest_s) + pause.duration_s
        if free_s > pause.latest_s:
            return None
        ready_s = max(ready_s, pause.earliest_s) + pause.duration_s
        rest_s += pause.duration_s
        departures_s.append(pause.latest_s - rest_s)
    start_s = _first_start(problem, order, ready_s)
    if start_s is None:
        return None
    return min([start_s - leg.travel_s - rest_s, *departures_s]), start_s


def _first_start(problem: Problem, order: int, ready_s: int) -> int | None:
    first, end = int(problem.order_window_first[order]), int(problem.order_window_first[order + 1])
    for window in range(first, end):
        if ready_s <= problem.window_close_s[window]:
            return max(ready_s, int(problem.window_open_s[window]))
    return None
