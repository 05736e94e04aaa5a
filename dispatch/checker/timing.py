"""The times of a route, stop by stop, each from the stop before it.

A fault is reported where it stands and not again where its consequences are carried on: if a stop's time was wrong,
the next one may follow from the stated time or from the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from dispatch.checker.breaks import Breaks
from dispatch.checker.crossing import Crossing
from dispatch.checker.findings import SECOND, Findings, second_of
from dispatch.checker.gaps import Gap, gaps_of
from dispatch.checker.legs import RouteLegs
from dispatch.checker.reading import ReadRoute, ReadVisit
from dispatch.checker.windows import Starts
from dispatch.domain.request import Request


@dataclass(frozen=True, kw_only=True)
class RouteTimes:
    """Departure, (start, end) of each visit, and end of a route; seconds since 1970."""

    departure_s: int
    visits_s: tuple[tuple[int, int], ...]
    end_s: int


def stated_times(route: ReadRoute) -> RouteTimes:
    """Return the times as the plan has them."""
    return RouteTimes(
        departure_s=route.departure_s,
        visits_s=tuple((visit.start_s, visit.end_s) for visit in route.visits),
        end_s=route.end_s,
    )


def check_times(
    route: ReadRoute,
    legs: RouteLegs,
    breaks: Breaks,
    starts: Sequence[Starts],
    *,
    request: Request,
    is_locked_in_time: bool,
    findings: Findings,
) -> RouteTimes:
    """Note every time of a route that is not what the rules make it.

    Parameters
    ----------
    legs
        Own travel of the route.
    breaks
        Its breaks, matched to the shift's.
    starts
        When each visit may start.
    is_locked_in_time
        Whether the route holds visits that are locked in time: then it may have departed before `now`.

    Returns
    -------
    RouteTimes
        The stated times, with the right ones in place of those that are wrong.
    """
    gaps = gaps_of(route, legs, breaks)
    walk = _Walk(route, breaks, findings)
    earliest = walk.judge_departure_bounds(request, is_locked_in_time=is_locked_in_time)
    visits = [
        walk.judge_visit(gap, visit, allowed) for gap, visit, allowed in zip(gaps, route.visits, starts, strict=False)
    ]
    end = walk.judge_end(gaps[-1])
    return RouteTimes(departure_s=max(earliest, walk.right_departure_s), visits_s=tuple(visits), end_s=end)


class _Walk:
    """Goes along one route and remembers from which moments the next stop may follow.

    Attributes
    ----------
    right_departure_s
        Known once the first visit has been judged; until then, the stated departure.
    """

    def __init__(self, route: ReadRoute, breaks: Breaks, findings: Findings) -> None:
        self._route, self._breaks, self._findings = route, breaks, findings
        self._leaves: list[int] = [route.departure_s]
        self._earliest_departures: list[int] = []
        self._is_departure_impossible = False
        self.right_departure_s = route.departure_s

    def judge_departure_bounds(self, request: Request, *, is_locked_in_time: bool) -> int:
        """Note a departure before it is possible; return the earliest possible one."""
        technician, departure = self._route.technician, self._route.departure_s
        bounds = [("shift_start", second_of(self._route.shift.start))]
        if technician.available is not None:
            bounds.append(("available", second_of(technician.available.from_)))
        if not is_locked_in_time:
            bounds.append(("available", second_of(request.now)))
        rule, earliest = max(bounds, key=lambda bound: bound[1])
        self._earliest_departures = self._departures_to_start_from(earliest)
        if departure < earliest:
            self._is_departure_impossible = True
            self._leaves.append(earliest)
            self._earliest_departures.append(departure)
            self._note(rule, f"not before {self._findings.moment(earliest)}", self._findings.moment(departure))
        return earliest

    def _departures_to_start_from(self, earliest: int) -> list[int]:
        """Return the departures that the first visit's start may count from, the one that must be first.

        A break that only a late departure spares puts the departure off; one that an early end spares as well may.
        """
        resolved = [pause for pause in self._breaks.spared if self._route.departure_s >= pause.over_s > earliest]
        must = [pause.over_s for pause in resolved if self._route.end_s > pause.last_start_s]
        first = max([earliest, *must])
        return [first, *(pause.over_s for pause in resolved if pause.over_s > first)]

    def judge_visit(self, gap: Gap, visit: ReadVisit, starts: Starts) -> tuple[int, int]:
        """Note what is wrong with the times of a visit; return its right start and end."""
        crossing = _first_with(
            self._options(gap, visit),
            lambda one: one.arrival_s() == visit.arrival_s and starts.earliest_from(one.ready_s()) == visit.start_s,
            lambda one: one.arrival_s() == visit.arrival_s,
            lambda one: starts.earliest_from(one.ready_s()) == visit.start_s,
        )
        self._judge_depots(gap, crossing)
        arrival = crossing.arrival_s()
        if visit.arrival_s != arrival:
            self._note_moment("arrival", arrival, visit.arrival_s, order=visit.order.id)
        start = self._judge_start(visit, starts, crossing)
        self._judge_wait(visit, (visit.arrival_s, arrival), (visit.start_s, start))
        end = self._judge_service(visit, start)
        if gap.number == 0:
            self._judge_departure(crossing, (visit.start_s, start))
        self._leaves = list(dict.fromkeys((visit.end_s, end)))
        return start, end

    def judge_end(self, gap: Gap) -> int:
        """Note what is wrong with the end of the route; return the right one."""
        route = self._route
        crossing = _first_with(
            self._options(gap, None),
            lambda one: one.ready_s() == one.arrival_s() == route.end_s,
            lambda one: one.ready_s() == route.end_s,
        )
        self._judge_depots(gap, crossing)
        end = crossing.ready_s()
        if route.end_s != end:
            self._note_moment("arrival", end, route.end_s, detail="the end of the route = last end + travel + breaks")
        latest = second_of(route.shift.latest_end)
        if route.end_s > latest:
            self._note("shift_end", f"by {self._findings.moment(latest)}", self._findings.moment(route.end_s))
        return end

    def _options(self, gap: Gap, visit: ReadVisit | None) -> list[Crossing]:
        """Return how a gap may be understood, the strictest way first; notes what is wrong inside it."""
        gap.judge_legs(self._findings)
        has_overlaps = gap.judge_overlaps(min(self._leaves), visit.start_s if visit else None, self._findings)
        ways, pauses = gap.ways(), gap.pauses(has_overlaps=has_overlaps)
        leaves = [(leave, leave) for leave in self._leaves]
        if gap.number == 0 and visit is not None:
            start = visit.start_s
            right = [
                Crossing(leave_s=start, earliest_leave_s=start, travel_s=way, pauses=own).latest_departure_s(start)
                for way, own in product(ways, pauses)
            ]
            leaves = list(product(dict.fromkeys((*self._leaves, *right)), self._earliest_departures))
        return [
            Crossing(leave_s=leave, earliest_leave_s=earliest, travel_s=way, pauses=own)
            for (leave, earliest), way, own in product(leaves, ways, pauses)
        ]

    def _judge_departure(self, crossing: Crossing, starts_s: tuple[int, int]) -> None:
        """Note a departure that is not as late as it can be for the first visit's stated or right start."""
        if self._is_departure_impossible:
            return
        latest = [crossing.latest_departure_s(start) for start in starts_s]
        if self._route.departure_s not in latest:
            self.right_departure_s = latest[-1]
            self._note_moment("departure", latest[-1], self._route.departure_s)

    def _judge_depots(self, gap: Gap, crossing: Crossing) -> None:
        for stop, arrival in zip(gap.depots, crossing.depot_arrivals_s(), strict=True):
            stated, left = second_of(stop.arrival), second_of(stop.departure)
            if stated != arrival:
                self._note_moment("arrival", arrival, stated, detail=f"at depot {stop.depot}")
            if left != stated:
                self._note_moment("depot_time", stated, left, detail=f"departure from depot {stop.depot}")

    def _judge_start(self, visit: ReadVisit, starts: Starts, crossing: Crossing) -> int:
        """Note a start before the technician can be there, or later than need be; return the right start."""
        ready = crossing.ready_s()
        expected = starts.earliest_from(ready)
        if visit.start_s < ready:
            self._note_moment("start_too_early", expected, visit.start_s, order=visit.order.id)
            return expected
        if visit.start_s > expected and (starts.is_over(ready) or starts.is_allowed(visit.start_s)):
            self._note_moment("start_too_late", expected, visit.start_s, order=visit.order.id)
            return expected
        return visit.start_s

    def _judge_wait(self, visit: ReadVisit, arrivals_s: tuple[int, int], starts_s: tuple[int, int]) -> None:
        if visit.stop.wait_s not in {max(0, start - arrival) for start, arrival in product(starts_s, arrivals_s)}:
            expected = f"{max(0, visit.start_s - visit.arrival_s)} s"
            self._note("wait", expected, f"{visit.stop.wait_s} s", order=visit.order.id)

    def _judge_service(self, visit: ReadVisit, start: int) -> int:
        """Note a visit that is too short or too long; return its right end, from its right start."""
        service_s = -(-(visit.order.duration // SECOND) * self._route.technician.service_permille // 1000)
        if visit.end_s not in (visit.start_s + service_s, start + service_s):
            found = f"{visit.end_s - visit.start_s} s"
            self._note("service_duration", f"{service_s} s", found, order=visit.order.id)
        return start + service_s

    def _note_moment(
        self, rule: str, expected_s: int, found_s: int, *, order: str | None = None, detail: str = ""
    ) -> None:
        self._note(rule, self._findings.moment(expected_s), self._findings.moment(found_s), order=order, detail=detail)

    def _note(self, rule: str, expected: str, found: str, *, order: str | None = None, detail: str = "") -> None:
        self._findings.add(rule, route=self._route.route, order=order, expected=expected, found=found, detail=detail)


def _first_with(options: Sequence[Crossing], *conditions: Callable[[Crossing], bool]) -> Crossing:
    """Return the first option that meets the first condition, else the second, ...; else the first option."""
    for condition in conditions:
        for option in options:
            if condition(option):
                return option
    return options[0]
