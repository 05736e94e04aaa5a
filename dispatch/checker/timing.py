"""The times of a route, stop by stop, each from the stop before it.

A fault is reported where it stands and not again where its consequences are carried on: if a stop's time was wrong,
the next one may follow from the stated time or from the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

from dispatch.checker.breaks import Breaks, ShiftBreak, TakenBreak
from dispatch.checker.crossing import Crossing, Pause
from dispatch.checker.findings import Findings, second_of
from dispatch.checker.legs import Leg, RouteLegs
from dispatch.checker.reading import ReadRoute, ReadVisit
from dispatch.checker.windows import Starts
from dispatch.domain.plan import BreakStop, DepotStop, EndStop, VisitStop
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
    walk = _Walk(route, legs, breaks, findings)
    departure = walk.judge_departure_bounds(request, is_locked_in_time=is_locked_in_time)
    visits: list[tuple[int, int]] = []
    for number, (visit, allowed) in enumerate(zip(route.visits, starts, strict=True)):
        visits.append(walk.judge_visit(number, visit, allowed))
        if number == 0:
            departure = walk.judge_departure(departure)
    end = walk.judge_end()
    return RouteTimes(departure_s=departure, visits_s=tuple(visits), end_s=end)


class _Walk:
    """Goes along one route and remembers from which moments the next stop may follow."""

    def __init__(self, route: ReadRoute, legs: RouteLegs, breaks: Breaks, findings: Findings) -> None:
        self._route, self._legs, self._breaks, self._findings = route, legs, breaks, findings
        self._leaves: list[int] = [route.departure_s]
        self._earliest_departures: list[int] = []
        self._is_departure_judged = False
        self._first: tuple[Crossing, tuple[int, ...]] | None = None

    def judge_departure_bounds(self, request: Request, *, is_locked_in_time: bool) -> int:
        """Note a departure before it is possible; return it, or the earliest possible one."""
        route, departure = self._route, self._route.departure_s
        bounds = [("shift_start", second_of(route.shift.start))]
        if route.technician.available is not None:
            bounds.append(("available", second_of(route.technician.available.from_)))
        if not is_locked_in_time:
            bounds.append(("available", second_of(request.now)))
        rule, earliest = max(bounds, key=lambda bound: bound[1])
        self._earliest_departures = self._from_which_to_start(earliest)
        if departure < earliest:
            self._is_departure_judged = True
            expected, found = self._moments(earliest, departure)
            self._findings.add(rule, route=route.route, expected=f"not before {expected}", found=found)
            self._leaves.append(earliest)
            self._earliest_departures.append(departure)
        return max(departure, earliest)

    def _from_which_to_start(self, earliest: int) -> list[int]:
        """Return the departures from which the first visit may have its start, the one that must be first.

        A break that is spared by a late departure only puts it off; one that is spared by an early end as well may.
        """
        resolved = [pause for pause in self._breaks.spared if self._route.departure_s >= pause.over_s > earliest]
        must = [pause.over_s for pause in resolved if self._route.end_s > pause.last_start_s]
        first = max([earliest, *must])
        return [first, *(pause.over_s for pause in resolved if pause.over_s > first)]

    def judge_visit(self, number: int, visit: ReadVisit, starts: Starts) -> tuple[int, int]:
        """Note what is wrong with the times of a visit; return its right start and end."""
        options = self._options(number, visit.stop, visit.start_s)
        crossing = _first_with(
            options,
            lambda one: one.arrival_s() == visit.arrival_s and _expected_start(starts, one) == visit.start_s,
            lambda one: one.arrival_s() == visit.arrival_s,
            lambda one: _expected_start(starts, one) == visit.start_s,
        )
        arrival = self._judge_arrivals(number, crossing, visit)
        start = self._judge_start(visit, starts, crossing)
        self._judge_wait(visit, {arrival, visit.arrival_s}, {start, visit.start_s})
        service_s = -(-self._duration_s(visit) * self._route.technician.service_permille // 1000)
        end = visit.end_s
        if end not in (visit.start_s + service_s, start + service_s):
            end = start + service_s
            found = f"{visit.end_s - visit.start_s} s"
            self._note("service_duration", f"{service_s} s", found, visit.order.id)
        elif start != visit.start_s:
            end = start + service_s
        if number == 0:
            self._first = (crossing, tuple(dict.fromkeys((visit.start_s, start))))
        self._leaves = list(dict.fromkeys((visit.end_s, end)))
        return start, end

    def judge_departure(self, departure: int) -> int:
        """Note a departure that is not as late as it can be; return the right one."""
        if self._first is None or self._is_departure_judged:
            return departure
        crossing, starts = self._first
        latest = [crossing.latest_departure_s(start) for start in starts]
        if departure in latest:
            return departure
        expected, found = self._moments(latest[-1], departure)
        self._note("departure", expected, found)
        return latest[-1]

    def judge_end(self) -> int:
        """Note what is wrong with the end of the route; return the right one."""
        route, number = self._route, len(self._route.visits)
        options = self._options(number, route.end, None)
        crossing = _first_with(
            options,
            lambda one: one.ready_s() == one.arrival_s() == route.end_s,
            lambda one: one.ready_s() == route.end_s,
        )
        self._judge_depots(number, crossing)
        end = crossing.ready_s()
        if route.end_s != end:
            expected, found = self._moments(end, route.end_s)
            self._note("arrival", expected, found, detail="the end of the route = last end + travel + breaks")
        latest = second_of(route.shift.latest_end)
        if route.end_s > latest:
            expected, found = self._moments(latest, route.end_s)
            self._note("shift_end", f"by {expected}", found)
        return end

    def _judge_arrivals(self, number: int, crossing: Crossing, visit: ReadVisit) -> int:
        self._judge_depots(number, crossing)
        arrival = crossing.arrival_s()
        if visit.arrival_s != arrival:
            expected, found = self._moments(arrival, visit.arrival_s)
            self._note("arrival", expected, found, visit.order.id)
        return arrival

    def _judge_depots(self, number: int, crossing: Crossing) -> None:
        depots = [stop for stop in self._route.gaps[number] if isinstance(stop, DepotStop)]
        for stop, arrival in zip(depots, crossing.depot_arrivals_s(), strict=True):
            if second_of(stop.arrival) != arrival:
                expected, found = self._moments(arrival, second_of(stop.arrival))
                self._note("arrival", expected, found, detail=f"at depot {stop.depot}: end before + travel + breaks")
            if stop.departure != stop.arrival:
                expected, found = self._moments(second_of(stop.arrival), second_of(stop.departure))
                self._note("depot_time", f"departure {expected}", found)

    def _judge_start(self, visit: ReadVisit, starts: Starts, crossing: Crossing) -> int:
        """Note a start before the technician can be there, or later than need be; return the right start."""
        ready, expected = crossing.ready_s(), _expected_start(starts, crossing)
        if visit.start_s < ready:
            self._note("start_too_early", *self._moments(expected, visit.start_s), visit.order.id)
            return expected
        if visit.start_s > expected and (starts.is_over(ready) or starts.is_allowed(visit.start_s)):
            self._note("start_too_late", *self._moments(expected, visit.start_s), visit.order.id)
            return expected
        return visit.start_s

    def _judge_wait(self, visit: ReadVisit, arrivals: set[int], starts: set[int]) -> None:
        waits = {max(0, start - arrival) for start, arrival in product(starts, arrivals)}
        if visit.stop.wait_s not in waits:
            wait_s = max(0, visit.start_s - visit.arrival_s)
            self._note("wait", f"{wait_s} s", f"{visit.stop.wait_s} s", visit.order.id)

    def _options(self, number: int, target: VisitStop | EndStop, start_s: int | None) -> list[Crossing]:
        """Return how a gap may be understood, the strictest way first."""
        ways = self._ways(number, target)
        leaves = [(leave, leave) for leave in self._leaves]
        pauses = self._pauses(number, start_s)
        if number == 0:
            departures = [*self._leaves]
            if start_s is not None:
                departures += [_latest_departure(way, own, start_s) for way, own in product(ways, pauses)]
            leaves = list(product(dict.fromkeys(departures), self._earliest_departures))
        return [
            Crossing(leave_s=leave, earliest_leave_s=earliest, travel_s=way, pauses=own)
            for way, own, (leave, earliest) in product(ways, pauses, leaves)
        ]

    def _ways(self, number: int, target: VisitStop | EndStop) -> list[tuple[int, ...]]:
        """Return the travel through a gap; as the plan states it as well, if that is wrong or nothing is known."""
        stops = [*(stop for stop in self._route.gaps[number] if isinstance(stop, DepotStop)), target]
        legs = self._legs[number]
        for stop, leg in zip(stops, legs, strict=True):
            self._judge_leg(stop, leg)
        own = tuple(
            stop.travel_s if leg.travel_s is None else leg.travel_s for stop, leg in zip(stops, legs, strict=True)
        )
        return list(dict.fromkeys((own, tuple(stop.travel_s for stop in stops))))

    def _judge_leg(self, stop: VisitStop | DepotStop | EndStop, leg: Leg) -> None:
        order = stop.order if isinstance(stop, VisitStop) else None
        where = "" if order else f"to depot {stop.depot}" if isinstance(stop, DepotStop) else "to the end"
        if leg.travel_s is None:
            self._note("unreachable", "no such way in a route", f"travel of {stop.travel_s} s", order, where)
            return
        if leg.travel_s != stop.travel_s:
            self._note("travel_time", f"{leg.travel_s} s", f"{stop.travel_s} s", order, where)
        if leg.distance_m != stop.distance_m:
            self._note("distance", f"{leg.distance_m} m", f"{stop.distance_m} m", order, where)

    def _pauses(self, number: int, start_s: int | None) -> list[tuple[Pause, ...]]:
        """Return the breaks of a gap, and what else its times may follow from if something is wrong with them."""
        taken = [pause for pause in self._breaks.taken if pause.gap == number]
        depots_before = _depots_before_breaks(self._route, number)
        is_faulty = self._judge_overlaps(number, taken, start_s) or any(pause.is_faulty for pause in taken)
        own = tuple(
            Pause(
                start_s=pause.start_s,
                earliest_s=pause.of.earliest_s,
                latest_s=pause.of.latest_s,
                duration_s=pause.of.duration_s,
                depots_before=before,
            )
            for pause, before in zip(taken, depots_before, strict=True)
            if pause.of is not None
        )
        options = [own]
        if is_faulty:
            options.append(tuple(_as_stated(pause, before) for pause, before in zip(taken, depots_before, strict=True)))
            options.append(tuple(_as_early_as_can_be(pause.of) for pause in taken if pause.of is not None))
        if self._breaks.missing:
            options.append((*own, *(_as_early_as_can_be(pause) for pause in self._breaks.missing)))
        return options

    def _judge_overlaps(self, number: int, taken: Sequence[TakenBreak], start_s: int | None) -> bool:
        """Note breaks that begin before the stop before them is over, or end after the visit behind them began."""
        free = min(self._leaves)
        is_faulty = False
        for pause in taken:
            if pause.of is None:
                continue
            found = f"{self._findings.moment(pause.start_s)} to {self._findings.moment(pause.end_s)}"
            if pause.start_s < free:
                is_faulty = True
                rule = "sequence" if number == 0 and free == self._route.departure_s else "break_overlaps_visit"
                self._note(rule, f"a break from {self._findings.moment(free)} on", found)
            elif start_s is not None and pause.end_s > start_s:
                is_faulty = True
                self._note("break_overlaps_visit", f"a break until {self._findings.moment(start_s)}", found)
            free = max(free, pause.end_s)
        return is_faulty

    def _duration_s(self, visit: ReadVisit) -> int:
        return int(visit.order.duration.total_seconds())

    def _moments(self, expected_s: int, found_s: int) -> tuple[str, str]:
        return self._findings.moment(expected_s), self._findings.moment(found_s)

    def _note(self, rule: str, expected: str, found: str, order: str | None = None, detail: str = "") -> None:
        self._findings.add(rule, route=self._route.route, order=order, expected=expected, found=found, detail=detail)


def _expected_start(starts: Starts, crossing: Crossing) -> int:
    """Return the earliest allowed start; past all windows a visit, wrong as it is, starts as soon as it can."""
    ready = crossing.ready_s()
    expected = starts.earliest_from(ready)
    return ready if expected is None else expected


def _first_with(options: Sequence[Crossing], *conditions: Callable[[Crossing], bool]) -> Crossing:
    """Return the first option that meets the first condition, else the second, ...; else the first option."""
    for condition in conditions:
        for option in options:
            if condition(option):
                return option
    return options[0]


def _latest_departure(travel_s: tuple[int, ...], pauses: tuple[Pause, ...], start_s: int) -> int:
    crossing = Crossing(leave_s=start_s, earliest_leave_s=start_s, travel_s=travel_s, pauses=pauses)
    return crossing.latest_departure_s(start_s)


def _depots_before_breaks(route: ReadRoute, number: int) -> list[int]:
    """Return for each break of a gap how many depot stops come before it."""
    n_depots, before = 0, []
    for stop in route.gaps[number]:
        if isinstance(stop, BreakStop):
            before.append(n_depots)
        else:
            n_depots += 1
    return before


def _as_stated(pause: TakenBreak, depots_before: int) -> Pause:
    return Pause(
        start_s=pause.start_s,
        earliest_s=pause.start_s,
        latest_s=pause.end_s,
        duration_s=max(0, pause.end_s - pause.start_s),
        depots_before=depots_before,
    )


def _as_early_as_can_be(pause: ShiftBreak) -> Pause:
    return Pause(start_s=None, earliest_s=pause.earliest_s, latest_s=pause.latest_s, duration_s=pause.duration_s)
