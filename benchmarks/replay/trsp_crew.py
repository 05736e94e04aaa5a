"""Technicians of a dynamic technician instance while the day goes on: where they are, what is left to plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from solver.cost import RouteTimer
from solver.problem import I32, NO_LOCK, Bool, Problem
from solver.solution import Routes

_Rows = TypeVar("_Rows", I32, Bool)


@dataclass
class Worker:
    """A technician during the day; seconds are the problem's units.

    Attributes
    ----------
    location, free_s
        Where and when free next.
    departure_s
        When home was left first; None = not yet.
    is_out
        Whether the technician is away from home, so that working time runs whatever comes.
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
    is_out: bool = False
    is_restocked: bool = False
    served: list[int] = field(default_factory=list)


class Crew:
    """All technicians of an instance, moved along the plan in force.

    A technician leaves for the next visit as late as delays no start and is bound to it from then on; with nothing
    left to do the way leads home at once.

    Parameters
    ----------
    problem
        The static problem.
    """

    def __init__(self, problem: Problem) -> None:
        self._static = problem
        self._legs = problem.travel_s[0]
        self.workers = [
            Worker(
                location=int(problem.shift_start_location[shift]),
                free_s=int(problem.shift_departure_s[shift]),
                parts=problem.shift_parts[shift],
                tools=problem.shift_tools[shift],
            )
            for shift in range(problem.n_shifts)
        ]

    def remaining(self, orders: Sequence[int], *, now_s: int) -> Problem:
        """Return the problem of what is left at a moment: these orders, and a pin for every technician who is out.

        A pin is an order without work, locked to the shift, at the place and moment the technician is free next: from
        there on waiting counts as work. Pins follow the orders, one for each shift, those of technicians at home
        locked to nobody and without a window, so that nobody serves them.
        """
        static, n = self._static, len(orders)
        shifts = range(static.n_shifts)
        chosen = np.array(orders, dtype=np.int64)
        pinned = [shift for shift in shifts if self.workers[shift].is_out]
        pin_s = np.array([max(self.workers[shift].free_s, now_s) for shift in pinned], dtype=np.int64)
        locations = np.array([self.workers[shift].location for shift in shifts], np.int32)
        departure_s = np.array([max(self.workers[shift].free_s, now_s) for shift in shifts], np.int64)
        count = n + len(pinned)
        zeros, never = np.zeros(len(pinned), np.int64), np.full(count, static.order_due_s[0], np.int64)
        is_pinned_to = np.array([[shift == pin for shift in shifts] for pin in pinned], np.uint8)
        lock = np.full(count, NO_LOCK, np.int32)
        lock[n:] = pinned
        latest_s = np.maximum(static.shift_latest_s, departure_s)
        return replace(
            static,
            order_location=np.concatenate([static.order_location[chosen], locations[pinned]]).astype(np.int32),
            order_service_s=np.concatenate([static.order_service_s[chosen], zeros]).astype(np.int32),
            order_window_first=np.arange(count + 1, dtype=np.int32),
            window_open_s=np.concatenate([static.window_open_s[chosen], pin_s]),
            window_close_s=np.concatenate([static.window_close_s[chosen], pin_s]),
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
            shift_start_location=locations,
            shift_departure_s=departure_s,
            shift_end_s=latest_s,
            shift_latest_s=latest_s,
            shift_max_visits=np.full(static.n_shifts, count, np.int32),
            shift_parts=np.array([worker.parts for worker in self.workers], np.int32),
            shift_tools=np.array([worker.tools for worker in self.workers], np.bool_),
        )

    def with_pins(self, routes: Routes, n_orders: int) -> Routes:
        """Return routes of orders with the pins of `remaining` in front."""
        pinned = [shift for shift, worker in enumerate(self.workers) if worker.is_out]
        return tuple(
            (n_orders + pinned.index(shift), *route) if shift in pinned else route for shift, route in enumerate(routes)
        )

    def move(self, problem: Problem, routes: Routes, orders: Sequence[int], *, until_s: int) -> Routes:
        """Carry out everything that begins before a moment, and return what is left of the routes.

        Parameters
        ----------
        problem, orders
            `remaining(orders)` of the moment the routes were planned, and its orders; routes name them by position.
        """
        timer = RouteTimer(problem)
        return tuple(
            self._move_one(timer, shift, route, orders, until_s=until_s) if route else self._rest(shift, until_s)
            for shift, route in enumerate(routes)
        )

    def _move_one(
        self, timer: RouteTimer, shift: int, route: tuple[int, ...], orders: Sequence[int], *, until_s: int
    ) -> tuple[int, ...]:
        timed = timer.time_route(shift, route)
        if timed is None:
            raise ValueError(f"route {route} of shift {shift} breaks a rule, expected a feasible plan")
        worker, leaves_s, done = self.workers[shift], timed.departure_s, 0
        for number, visit in enumerate(timed.visits):
            ready_s = visit.start_s - (visit.arrival_s - leaves_s)
            is_pin = visit.order >= len(orders)
            if not is_pin and ready_s >= until_s:
                break
            leaves_s, done = visit.end_s, number + 1
            if not is_pin:
                passes_depot = timed.depot is not None and timed.depot.before == number
                self._serve(worker, orders[visit.order], leave_s=ready_s, end_s=visit.end_s, by_depot=passes_depot)
        left = route[done:]
        if not left:
            self._rest(shift, until_s)
        return left

    def _serve(self, worker: Worker, order: int, *, leave_s: int, end_s: int, by_depot: bool) -> None:
        if worker.departure_s is None:
            worker.departure_s = leave_s
        if by_depot:
            worker.is_restocked = True
            worker.parts = np.full_like(worker.parts, int(self._static.order_parts.sum()))
            worker.tools = np.ones_like(worker.tools)
        if not worker.is_restocked:
            worker.parts = worker.parts - self._static.order_parts[order]
        worker.location, worker.free_s, worker.is_out = int(self._static.order_location[order]), end_s, True
        worker.served.append(order)

    def _rest(self, shift: int, until_s: int) -> tuple[int, ...]:
        """Send home whoever has nothing left to do; nobody is turned round on the way."""
        worker, home = self.workers[shift], int(self._static.shift_end_location[shift])
        if worker.is_out and worker.free_s < until_s:
            worker.free_s += int(self._legs[worker.location, home])
            worker.location, worker.is_out = home, False
        return ()

    @property
    def working_s(self) -> int:
        """Time from first leaving home to last coming back, all technicians together; everybody is home."""
        return sum(worker.free_s - worker.departure_s for worker in self.workers if worker.departure_s is not None)


def _stacked(rows: _Rows, extra: int) -> _Rows:
    """Return an array with `extra` rows of nothing below."""
    return np.concatenate([rows, np.zeros((extra, rows.shape[1]), rows.dtype)])
