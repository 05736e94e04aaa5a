"""One gap of a route as the plan has it: the stops between two visits, and how its times may be understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dispatch.checker.breaks import Breaks, ShiftBreak, TakenBreak
from dispatch.checker.crossing import Pause
from dispatch.checker.findings import Findings
from dispatch.checker.legs import Leg, RouteLegs
from dispatch.checker.reading import ReadRoute
from dispatch.domain.plan import BreakStop, DepotStop, EndStop, VisitStop

Target: TypeAlias = VisitStop | EndStop


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What lies between two stops.

    Attributes
    ----------
    number
        0 = before the first visit; number of visits = on the way to the end.
    target
        The stop behind the gap.
    legs
        The ways through it: one, and one more for each depot.
    taken
        Breaks in it, and `depots_before` each of them how many depots come first.
    missing
        Breaks that the route should have and has not: its times may follow from them all the same.
    """

    route: ReadRoute
    number: int
    target: Target
    depots: tuple[DepotStop, ...]
    legs: tuple[Leg, ...]
    taken: tuple[TakenBreak, ...]
    depots_before: tuple[int, ...]
    missing: tuple[ShiftBreak, ...]

    def judge_legs(self, findings: Findings) -> None:
        """Note travel that is not what the provider says."""
        for stop, leg in zip((*self.depots, self.target), self.legs, strict=True):
            order = stop.order if isinstance(stop, VisitStop) else None
            detail = "" if order else f"to depot {stop.depot}" if isinstance(stop, DepotStop) else "to the end"
            wrong = []
            if leg.travel_s is None:
                wrong.append(("unreachable", "no such way in a route", f"travel of {stop.travel_s} s"))
            elif leg.travel_s != stop.travel_s:
                wrong.append(("travel_time", f"{leg.travel_s} s", f"{stop.travel_s} s"))
            if leg.distance_m is not None and leg.distance_m != stop.distance_m:
                wrong.append(("distance", f"{leg.distance_m} m", f"{stop.distance_m} m"))
            for rule, expected, found in wrong:
                findings.add(rule, route=self.route.route, order=order, expected=expected, found=found, detail=detail)

    def judge_overlaps(self, leave_s: int, behind_s: int | None, findings: Findings) -> bool:
        """Note breaks that lie outside the gap or in each other; tell whether there are any.

        Parameters
        ----------
        leave_s
            When the stop before the gap is left.
        behind_s
            Start of the visit behind it; None = the end of the route, whose arrival is judged by itself.
        """
        free, n_before = leave_s, len(findings.violations)
        for pause in self.taken:
            if pause.of is None:
                continue
            found = f"{findings.moment(pause.start_s)} to {findings.moment(pause.end_s)}"
            if pause.start_s < free:
                is_before_departure = self.number == 0 and free == leave_s
                rule = "sequence" if is_before_departure else "break_overlaps_visit"
                findings.add(
                    rule, route=self.route.route, expected=f"a break from {findings.moment(free)} on", found=found
                )
            elif behind_s is not None and pause.end_s > behind_s:
                expected = f"a break until {findings.moment(behind_s)}"
                findings.add("break_overlaps_visit", route=self.route.route, expected=expected, found=found)
            free = max(free, pause.end_s)
        return len(findings.violations) > n_before

    def ways(self) -> list[tuple[int, ...]]:
        """Return the seconds of travel through the gap: the provider's, and the plan's if they differ."""
        stated = tuple(stop.travel_s for stop in (*self.depots, self.target))
        own = tuple(
            seconds if leg.travel_s is None else leg.travel_s for seconds, leg in zip(stated, self.legs, strict=True)
        )
        return list(dict.fromkeys((own, stated)))

    def pauses(self, *, has_overlaps: bool) -> list[tuple[Pause, ...]]:
        """Return the breaks of the gap as they should be, and what else its times may follow from if some are wrong."""
        numbered = list(zip(self.taken, self.depots_before, strict=True))
        own = tuple(_as_due(pause.of, pause.start_s, before) for pause, before in numbered if pause.of is not None)
        options = [own]
        if has_overlaps or any(pause.is_faulty for pause in self.taken):
            options.append(tuple(_as_stated(pause, before) for pause, before in numbered))
            options.append(tuple(_as_due(pause.of, None, 0) for pause, _ in numbered if pause.of is not None))
        if self.missing:
            options.append((*own, *(_as_due(pause, None, 0) for pause in self.missing)))
        return options


def gaps_of(route: ReadRoute, legs: RouteLegs, breaks: Breaks) -> list[Gap]:
    """Return the gaps of a route: one more than visits."""
    targets: list[Target] = [*(visit.stop for visit in route.visits), route.end]
    return [
        Gap(
            route=route,
            number=number,
            target=target,
            depots=tuple(stop for stop in stops if isinstance(stop, DepotStop)),
            legs=legs[number],
            taken=tuple(pause for pause in breaks.taken if pause.gap == number),
            depots_before=_depots_before_breaks(stops),
            missing=breaks.missing,
        )
        for number, (stops, target) in enumerate(zip(route.gaps, targets, strict=True))
    ]


def _depots_before_breaks(stops: Sequence[BreakStop | DepotStop]) -> tuple[int, ...]:
    return tuple(
        sum(isinstance(earlier, DepotStop) for earlier in stops[:position])
        for position, stop in enumerate(stops)
        if isinstance(stop, BreakStop)
    )


def _as_due(own: ShiftBreak, start_s: int | None, depots_before: int) -> Pause:
    return Pause(
        start_s=start_s,
        earliest_s=own.earliest_s,
        latest_s=own.latest_s,
        duration_s=own.duration_s,
        depots_before=depots_before,
    )


def _as_stated(pause: TakenBreak, depots_before: int) -> Pause:
    return Pause(
        start_s=pause.start_s,
        earliest_s=pause.start_s,
        latest_s=pause.end_s,
        duration_s=max(0, pause.end_s - pause.start_s),
        depots_before=depots_before,
    )
