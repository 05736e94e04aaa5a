"""Technicians of a dynamic technician instance while the day goes on: where they are, what is left to plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import numpy as np

from solver.cost import RouteTimer
from solver.problem import I32, NO_LOCK, Bool, Problem
from solver.solution import Routes, TimedRoute

_Rows = TypeVar("_Rows", I32, Bool)
Leaving = Literal["early", "shortest", "late"]


@dataclass
class Worker:
    """A technician during the day; seconds are the problem's units.

    Attributes
    ----------
    location, free_s
        Where and when free next.
    departure_s
        When home was left first; None = not yet. From then on working time runs until the last coming back.
    is_home
        Whether the technician is, or is on the way, at home with nothing left to do.
    parts, tools
        What is still on board; plenty of everything once the depot was visited.
    served
        Orders in the sequence they were served.
    """

    location: int
    free_s: int
    parts: I32
    tools: Bool
    departure_s: int | None = None
    is_home: bool = True
    is_restocked: bool = False
    served: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, eq=False)
class Remaining:
    """What is left of a day at a moment, as a problem.

    Attributes
    ----------
    problem
        The orders, then a pin for every technician who has left home: an order without work, locked to the shift, at
        the place and moment the technician is free next. From there on waiting counts as work.
    orders
        Of the static problem, by position in `problem`.
    pinned
        Shifts whose technicians have left home, in the sequence of their pins.
    idle_s : by shift
        How long a technician who came home has been there. The pin is then at the moment of coming home, and the way
        to everywhere that much longer, so that leaving home again costs the time there, and staying costs nothing.
    """

    problem: Problem
    orders: tuple[int, ...]
    pinned: tuple[int, ...]
    idle_s: tuple[int, ...]

    def with_pins(self, routes: Routes) -> Routes:
        """Return routes of orders with the pins in front."""
        first = len(self.orders)
        return tuple(
            (first + self.pinned.index(shift), *route) if shift in self.pinned else route
            for shift, route in enumerate(routes)
        )


class Crew:
    """All technicians of an instance, moved along the plan in force.

    A technician who is out leaves for the next visit as late as delays no start and is bound to it from then on; with
    nothing left to do the way leads home at once.

    Parameters
    ----------
    problem
        The static problem.
    leaving
        When home is left first: "early" reaches the first visit as its window opens; "shortest" leaves as late as keeps
        the end of the route, which takes the least working time; "late" leaves as late as keeps every window.
    """

    def __init__(self, problem: Problem, *, leaving: Leaving = "shortest") -> None:
        self.static = problem
        self._legs = problem.travel_s[0]
        self._leaving = leaving
        self.workers = [
            Worker(
                location=int(problem.shift_start_location[shift]),
                free_s=int(problem.shift_departure_s[shift]),
                parts=problem.shift_parts[shift],
                tools=problem.shift_tools[shift],
            )
            for shift in range(problem.n_shifts)
        ]

    def remaining(self, orders: Sequence[int], *, now_s: int) -> Remaining:
        """Return what is left at a moment: these orders, by technicians who start where they are."""
        static, n = self.static, len(orders)
        shifts = range(static.n_shifts)
        chosen = np.array(orders, dtype=np.int64)
        pinned = [shift for shift in shifts if self.workers[shift].departure_s is not None]
        idle_s = [
            max(0, now_s - worker.free_s) if worker.is_home and worker.departure_s is not None else 0
            for worker in self.workers
        ]
        departure_s = np.array(
            [max(worker.free_s, now_s) - idle for worker, idle in zip(self.workers, idle_s, strict=True)], np.int64
        )
        places = len(self._legs) + np.arange(static.n_shifts, dtype=np.int32)
        legs = self._legs_from(idle_s)
        count = n + len(pinned)
        zeros, never = np.zeros(len(pinned), np.int64), np.full(count, static.order_due_s[0], np.int64)
        is_pinned_to = np.array([[shift == pin for shift in shifts] for pin in pinned], np.uint8)
        lock = np.full(count, NO_LOCK, np.int32)
        lock[n:] = pinned
        latest_s = np.maximum(static.shift_latest_s, departure_s)
        problem = replace(
            static,
            travel_s=legs,
            distance_m=legs,
            order_location=np.concatenate([static.order_location[chosen], places[pinned]]).astype(np.int32),
            order_service_s=np.concatenate([static.order_service_s[chosen], zeros]).astype(np.int32),
            order_window_first=np.arange(count + 1, dtype=np.int32),
            window_open_s=np.concatenate([static.window_open_s[chosen], departure_s[pinned]]),
            window_close_s=np.concatenate([static.window_close_s[chosen], departure_s[pinned]]),
            order_due_s=never,
            order_soft_due_s=never,
            order_buffer_from_s=never,
            order_broken_from_s=never,
            order_missed_cost=np.zeros(count, np.int64),
            order_unassigned_cost=np.concatenate([static.order_unassigned_cost[chosen], zeros]),
            order_lock_shift=lock,
            locked_routes=tuple((n + pinned.index(shift),) if shift in pinned else () for shift in shifts),
            order_parts=_stacked(static.order_parts[chosen], len(pinned)),
            order_tools=_stacked(static.order_tools[chosen], len(pinned)),
            eligibility=np.concatenate([static.eligibility[chosen], is_pinned_to.reshape(-1, static.n_shifts)]),
            shift_start_location=places,
            shift_departure_s=departure_s,
            shift_end_s=latest_s,
            shift_latest_s=latest_s,
            shift_max_visits=np.full(static.n_shifts, count, np.int32),
            shift_parts=np.array([worker.parts for worker in self.workers], np.int32),
            shift_tools=np.array([worker.tools for worker in self.workers], np.bool_),
        )
        return Remaining(problem=problem, orders=tuple(orders), pinned=tuple(pinned), idle_s=tuple(idle_s))

    def _legs_from(self, idle_s: Sequence[int]) -> I32:
        """Return travel times with a place more for each technician: where that one starts, by `Remaining.idle_s`."""
        size, homes = len(self._legs), self.static.shift_end_location
        legs = np.zeros((size + len(idle_s),) * 2, np.int32)
        legs[:size, :size] = self._legs
        for shift, worker in enumerate(self.workers):
            legs[size + shift, :size] = self._legs[worker.location] + idle_s[shift]
            if worker.is_home:
                legs[size + shift, homes[shift]] = 0
        return legs[np.newaxis]

    def move(self, left: Remaining, routes: Routes, *, until_s: int) -> Routes:
        """Carry out everything of a plan for what was left that begins before a moment; return what is left of it."""
        timer = RouteTimer(left.problem)
        return tuple(
            self._move_one(timer, shift, route, left, until_s=until_s) if route else self._rest(shift, until_s)
            for shift, route in enumerate(routes)
        )

    def _move_one(
        self, timer: RouteTimer, shift: int, route: tuple[int, ...], left: Remaining, *, until_s: int
    ) -> tuple[int, ...]:
        timed = timer.time_route(shift, route)
        if timed is None:
            raise ValueError(f"route {route} of shift {shift} breaks a rule, expected a feasible plan")
        worker, visits = self.workers[shift], timed.visits
        leaves_s = (timed.departure_s, *(visit.end_s for visit in visits))
        legs_s = [visit.arrival_s - leave_s for visit, leave_s in zip(visits, leaves_s, strict=False)]
        done, free_s = 0, timed.departure_s
        if shift in left.pinned:
            done, free_s = 1, visits[0].end_s
            if len(visits) > 1:
                free_s, legs_s[1] = free_s + left.idle_s[shift], legs_s[1] - left.idle_s[shift]
        else:
            free_s = self._departure_s(left.problem, timed, legs_s, shift)
        for number in range(done, len(visits)):
            order = visits[number].order
            start_s = max(int(left.problem.window_open_s[order]), free_s + legs_s[number])
            ready_s = start_s - legs_s[number]
            if ready_s >= until_s:
                break
            free_s, done = start_s + visits[number].end_s - visits[number].start_s, number + 1
            passes_depot = timed.depot is not None and timed.depot.before == number
            self._serve(worker, left.orders[order], leave_s=ready_s, end_s=free_s, by_depot=passes_depot)
        if done == len(visits):
            self._rest(shift, until_s)
        return route[done:]

    def _departure_s(self, problem: Problem, timed: TimedRoute, legs_s: Sequence[int], shift: int) -> int:
        """Return when a route that nobody has set out for leaves home."""
        if self._leaving == "shortest":
            return timed.departure_s
        if self._leaving == "early":
            opens_s = int(problem.window_open_s[timed.visits[0].order])
            return max(int(problem.shift_departure_s[shift]), opens_s - legs_s[0])
        latest_s = int(problem.shift_latest_s[shift]) - (timed.end_s - timed.visits[-1].end_s)
        for visit, leg_s in zip(reversed(timed.visits), reversed(legs_s), strict=True):
            start_s = min(int(problem.window_close_s[visit.order]), latest_s - (visit.end_s - visit.start_s))
            latest_s = start_s - leg_s
        return latest_s

    def _serve(self, worker: Worker, order: int, *, leave_s: int, end_s: int, by_depot: bool) -> None:
        if worker.departure_s is None:
            worker.departure_s = leave_s
        if by_depot:
            worker.is_restocked = True
            worker.parts = np.full_like(worker.parts, int(self.static.order_parts.sum()))
            worker.tools = np.ones_like(worker.tools)
        if not worker.is_restocked:
            worker.parts = worker.parts - self.static.order_parts[order]
        worker.location, worker.free_s, worker.is_home = int(self.static.order_location[order]), end_s, False
        worker.served.append(order)

    def _rest(self, shift: int, until_s: int) -> tuple[int, ...]:
        """Send home whoever has nothing left to do; nobody is turned round on the way."""
        worker, home = self.workers[shift], int(self.static.shift_end_location[shift])
        if not worker.is_home and worker.free_s < until_s:
            worker.free_s += int(self._legs[worker.location, home])
            worker.location, worker.is_home = home, True
        return ()

    @property
    def served(self) -> set[int]:
        """Return all orders that were served, or whose technician is on the way."""
        return {order for worker in self.workers for order in worker.served}

    @property
    def working_s(self) -> int:
        """Time from first leaving home to last coming back, all technicians together; everybody is home."""
        return sum(worker.free_s - worker.departure_s for worker in self.workers if worker.departure_s is not None)


def _stacked(rows: _Rows, extra: int) -> _Rows:
    """Return an array with `extra` rows of nothing below."""
    return np.concatenate([rows, np.zeros((extra, rows.shape[1]), rows.dtype)])
