"""What a vehicle does in a plan, from one place to the next, with the breaks on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.plan import BreakStop, DepotStop, PlanRoute, StartStop, VisitStop
from dispatch.domain.plan_fit import MENDING
from dispatch.domain.request import Break
from dispatch.errors import BadInputError, Problem
from dispatch.exports.routing_problem import RoutingProblem, Vehicle


@dataclass(frozen=True, kw_only=True)
class TakenBreak:
    """A break that a route takes.

    Attributes
    ----------
    number
        Position in `Vehicle.breaks`.
    """

    number: int
    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class Halt:
    """A place that a vehicle comes to, and its way there.

    Attributes
    ----------
    task
        Position in `RoutingProblem.tasks`; None = the end of the route.
    node
        None = the route ends where it is.
    left
        When the place before was left.
    breaks
        Taken since then.
    start, end
        Of the work.
    """

    task: int | None
    node: int | None
    left: datetime
    breaks: tuple[TakenBreak, ...]
    travel_s: int
    distance_m: int
    start: datetime
    end: datetime

    @property
    def travel(self) -> timedelta:
        """Time on the way, without breaks."""
        return timedelta(seconds=self.travel_s)


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A route as halts; the last one is its end."""

    departure: datetime
    halts: tuple[Halt, ...]

    @property
    def breaks(self) -> tuple[TakenBreak, ...]:
        """All breaks taken."""
        return tuple(taken for halt in self.halts for taken in halt.breaks)

    @property
    def travel_s(self) -> int:
        """Seconds of travel in all."""
        return sum(halt.travel_s for halt in self.halts)

    @property
    def distance_m(self) -> int:
        """Metres in all."""
        return sum(halt.distance_m for halt in self.halts)

    @property
    def service_s(self) -> int:
        """Seconds of work in all."""
        return sum((halt.end - halt.start) // timedelta(seconds=1) for halt in self.halts)

    @property
    def break_s(self) -> int:
        """Seconds of breaks in all."""
        return sum((taken.end - taken.start) // timedelta(seconds=1) for taken in self.breaks)

    @property
    def duration_s(self) -> int:
        """Seconds from departure to the end."""
        return (self.halts[-1].end - self.departure) // timedelta(seconds=1)

    @property
    def waiting_s(self) -> int:
        """Seconds in which nothing happens."""
        return self.duration_s - self.travel_s - self.service_s - self.break_s


def journeys_of(problem: RoutingProblem) -> dict[int, Journey]:
    """Return what the vehicles with a route do, by position in `RoutingProblem.vehicles`.

    Raises
    ------
    BadInputError
        If a route takes a break that its shift does not have.
    """
    return {
        number: _journey(vehicle, vehicle.route, problem)
        for number, vehicle in enumerate(problem.vehicles)
        if vehicle.route is not None
    }


def _journey(vehicle: Vehicle, route: PlanRoute, problem: RoutingProblem) -> Journey:
    first = route.stops[0]
    departure = first.departure if isinstance(first, StartStop) else vehicle.start
    numbers = _break_numbers(vehicle.breaks, route)
    return Journey(departure=departure, halts=tuple(_halts(vehicle, route, problem, departure, numbers)))


def _halts(
    vehicle: Vehicle, route: PlanRoute, problem: RoutingProblem, left: datetime, numbers: Iterator[int]
) -> Iterator[Halt]:
    breaks: list[TakenBreak] = []
    for place, stop in enumerate(route.stops):
        if isinstance(stop, StartStop):
            continue
        if isinstance(stop, BreakStop):
            breaks.append(TakenBreak(number=next(numbers), start=stop.start, end=stop.end))
            continue
        task: int | None = None
        if isinstance(stop, VisitStop):
            task, start, end = problem.task_of_order[stop.order], stop.start, stop.end
        elif isinstance(stop, DepotStop):
            task = problem.task_of_depot_stop[route.technician, route.shift, place]
            start, end = stop.arrival, stop.departure
        else:
            start = end = stop.arrival
        yield Halt(
            task=task,
            node=vehicle.end_node if task is None else problem.tasks[task].node,
            left=left,
            breaks=tuple(breaks),
            travel_s=stop.travel_s,
            distance_m=stop.distance_m,
            start=start,
            end=end,
        )
        left, breaks = end, []


def _break_numbers(breaks: Sequence[Break], route: PlanRoute) -> Iterator[int]:
    """Tell which of a shift's breaks each break of the route is: the next that fits, else the next one."""
    numbers: list[int] = []
    for stop in route.stops:
        if not isinstance(stop, BreakStop):
            continue
        left = range(numbers[-1] + 1 if numbers else 0, len(breaks))
        fitting = [k for k in left if breaks[k].earliest <= stop.start and stop.end <= breaks[k].latest]
        if not left:
            message = f"technician {route.technician!r} takes more breaks than shift {route.shift!r} has"
            raise BadInputError([Problem(path="routes", message=message, remedy=MENDING)])
        numbers.append(fitting[0] if fitting else left[0])
    return iter(numbers)
