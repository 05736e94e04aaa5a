"""Routes of the running day, kept ready in the core: where does one more order fit, and what does it cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from solver import _core
from solver.cost import RouteTimer, check_routes, timed_route_of
from solver.errors import InfeasibleRouteError, InvalidProblemError, InvalidRoutesError
from solver.problem import ELIGIBLE_NOT_PREFERRED, I32, NEVER_S, U8, UNREACHABLE_S, Bool, Problem
from solver.solution import Routes, TimedRoute
from solver.validate import MAX_COST

SPARE: Final = 256
"""Guests that there is room for at once; more make room for themselves, which takes as long as loading."""

Windows = Sequence[tuple[int, int]]
"""Service starts inside one of them, [open, close]; ascending and disjoint."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Guest:
    """An order that was not known when the routes were loaded; fields as those of an order in `Problem`.

    `P` travel profiles, `L` places known so far (`LiveRoutes.n_places`), `S` shifts, `K` kinds of parts, `Q` kinds of
    tools. A guest has a place of its own.

    Attributes
    ----------
    into_s, out_s : (P, L) int32
        Seconds from every place into the guest's, and out of it; `UNREACHABLE_S` if there is no way. What stands for
        the guest's own place, if that was another guest's before, does not count.
    into_m, out_m : (P, L) int32
        Metres.
    service_s
        For a technician of `shift_service_permille` 1000.
    windows
        () = it cannot be planned.
    eligibility : (S,) uint8
    parts : (K,) int32
    tools : (Q,) bool
    """

    into_s: I32
    out_s: I32
    into_m: I32
    out_m: I32
    service_s: int
    windows: Windows
    eligibility: U8
    parts: I32
    tools: Bool
    due_s: int = NEVER_S
    soft_due_s: int = NEVER_S
    buffer_from_s: int = NEVER_S
    broken_from_s: int = NEVER_S
    missed_cost: int = 0
    unassigned_cost: int = 0


@dataclass(frozen=True)
class Insertion:
    """The cheapest place for an order in a shift's route: before visit number `at`, for `cost` more."""

    cost: int
    shift: int
    at: int


class LiveRoutes:
    """Routes of one problem that change one order at a time.

    Loading copies the travel; after that an answer takes a look at every gap and a price for the few that come into
    question. Not for several threads at once.

    Parameters
    ----------
    problem
        A valid problem (`solver.validate.validate`); its travel is copied.
    routes
        Where the day stands.
    spare
        Room for so many guests.

    Raises
    ------
    InvalidRoutesError
        If an order occurs twice or does not exist, or the number of routes is not that of the shifts.
    InfeasibleRouteError
        If a route breaks a rule.
    InvalidProblemError
        If `spare` is negative.
    """

    def __init__(self, problem: Problem, routes: Routes, *, spare: int = SPARE) -> None:
        if spare < 0:
            raise InvalidProblemError(f"spare is {spare}, expected at least 0")
        check_routes(problem, routes)
        self.problem = problem
        self._core = _core.LiveRoutes(RouteTimer(problem).core, spare)
        for shift, orders in enumerate(routes):
            if orders and not self.set_route(shift, orders):
                raise InfeasibleRouteError(f"routes[{shift}] = {list(orders)} breaks a rule of the problem")

    @property
    def routes(self) -> Routes:
        """For each shift the orders in sequence, guests among them."""
        return tuple(tuple(self._core.orders(shift)) for shift in range(self.problem.n_shifts))

    @property
    def n_places(self) -> int:
        """Number of places that a new guest's travel must tell of: those of the problem, then those of guests.

        The place of guest `n_orders + k` is number `L + k`, with `n_orders` and `L` those of the problem.
        """
        return self._core.n_places

    def route(self, shift: int) -> tuple[int, ...]:
        """Return the orders of one shift."""
        self._check_shift(shift)
        return tuple(self._core.orders(shift))

    def set_route(self, shift: int, orders: Sequence[int]) -> bool:
        """Give a shift other orders; return False, and change nothing, if that breaks a rule.

        Raises
        ------
        InvalidRoutesError
            If there is no such shift or order, or an order occurs twice or is in another route.
        """
        self._check_shift(shift)
        for order in orders:
            self._check_order(order)
            if self._core.shift_of(order) not in (-1, shift):
                raise InvalidRoutesError(f"order {order} is in the route of shift {self._core.shift_of(order)}")
        if len(set(orders)) < len(orders):
            raise InvalidRoutesError(f"orders {list(orders)} name one twice")
        return self._core.set_route(shift, list(orders))

    def shift_of(self, order: int) -> int | None:
        """Return whose route an order is in; None = in none."""
        self._check_order(order)
        shift = self._core.shift_of(order)
        return None if shift < 0 else shift

    def add(self, guest: Guest) -> int:
        """Take in an order, in no route yet; return its number.

        Numbers and places of guests that were forgotten are given again.

        Raises
        ------
        InvalidProblemError
            If a field of the guest is not what `Problem` asks for.
        """
        self._check_guest(guest)
        return self._core.add(guest)

    def forget(self, order: int) -> None:
        """Forget a guest that is in no route.

        Raises
        ------
        InvalidRoutesError
            If it is none, or in a route.
        """
        self._check_order(order)
        if not self._core.is_guest(order):
            raise InvalidRoutesError(f"order {order} is one of the problem, only guests can be forgotten")
        self._check_unrouted(order)
        self._core.forget(order)

    def insertions(self, order: int, *, most: int = 5) -> tuple[Insertion, ...]:
        """Return the best place in each of the shifts where an order fits most cheaply, at most `most`, cheapest first.

        Of places in a route that cost the same the last one is told: it delays the fewest. Costs are exact. Where
        travel breaks the triangle inequality by more than a service takes, a place that shortens a route may be
        overlooked.

        Raises
        ------
        InvalidRoutesError
            If there is no such order, or it is in a route.
        """
        self._check_order(order)
        self._check_unrouted(order)
        return tuple(Insertion(*found) for found in self._core.insertions(order, most))

    def insertions_within(
        self, order: int, windows: Sequence[Windows], *, most: int = 5
    ) -> tuple[tuple[Insertion, ...], ...]:
        """Return `insertions` for each set of windows in place of the order's own.

        Raises
        ------
        InvalidRoutesError
            If there is no such order, or it is in a route.
        InvalidProblemError
            If windows do not ascend or are not disjoint.
        """
        self._check_order(order)
        self._check_unrouted(order)
        for number, one_set in enumerate(windows):
            _check_windows(f"windows[{number}]", one_set)
        answers = self._core.insertions_within(order, [list(one_set) for one_set in windows], most)
        return tuple(tuple(Insertion(*found) for found in answer) for answer in answers)

    def insert(self, order: int, shift: int, at: int) -> bool:
        """Put an order before visit number `at` of a shift; return False, and change nothing, if that breaks a rule.

        Raises
        ------
        InvalidRoutesError
            If there is no such order, shift or place, or the order is in a route.
        """
        self._check_order(order)
        self._check_unrouted(order)
        self._check_shift(shift)
        length = len(self._core.orders(shift))
        if not 0 <= at <= length:
            raise InvalidRoutesError(f"at is {at}, places of shift {shift} are 0 to {length}")
        return self._core.insert(order, shift, at)

    def remove(self, order: int) -> bool:
        """Take an order out of its route; return False, and change nothing, if the others cannot do without it.

        That takes travel on which a detour is shorter than the direct way.

        Raises
        ------
        InvalidRoutesError
            If there is no such order, or it is in no route.
        """
        if self.shift_of(order) is None:
            raise InvalidRoutesError(f"order {order} is in no route")
        return self._core.remove(order)

    def time_route(self, shift: int, orders: Sequence[int]) -> TimedRoute | None:
        """Give a route with its cheapest feasible times, or None if it breaks a rule; as `RouteTimer.time_route`.

        Raises
        ------
        InvalidRoutesError
            If there is no such shift or order.
        """
        self._check_shift(shift)
        for order in orders:
            self._check_order(order)
        timed = self._core.time_route(shift, list(orders))
        return None if timed is None else timed_route_of(shift, timed)

    def time_route_within(self, shift: int, orders: Sequence[int], order: int, windows: Windows) -> TimedRoute | None:
        """Give a route as `time_route` does while `order`, one of it, has other windows than its own.

        Raises
        ------
        InvalidRoutesError
            If there is no such shift or order.
        InvalidProblemError
            If windows do not ascend or are not disjoint.
        """
        self._check_shift(shift)
        for one in (*orders, order):
            self._check_order(one)
        _check_windows("windows", windows)
        timed = self._core.time_route_within(shift, list(orders), order, list(windows))
        return None if timed is None else timed_route_of(shift, timed)

    def _check_shift(self, shift: int) -> None:
        if not 0 <= shift < self.problem.n_shifts:
            raise InvalidRoutesError(f"shift is {shift}, shifts are 0 to {self.problem.n_shifts - 1}")

    def _check_order(self, order: int) -> None:
        if not self._core.is_known(order):
            raise InvalidRoutesError(
                f"order is {order}, known are 0 to {self.problem.n_orders - 1} and guests that were not forgotten"
            )

    def _check_unrouted(self, order: int) -> None:
        shift = self._core.shift_of(order)
        if shift >= 0:
            raise InvalidRoutesError(f"order {order} is in the route of shift {shift}\nMaybe remove it first.")

    def _check_guest(self, guest: Guest) -> None:
        problem = self.problem
        tables = (len(problem.travel_s), self.n_places)
        shapes = {
            "into_s": (tables, np.int32),
            "out_s": (tables, np.int32),
            "into_m": (tables, np.int32),
            "out_m": (tables, np.int32),
            "eligibility": ((problem.n_shifts,), np.uint8),
            "parts": ((problem.order_parts.shape[1],), np.int32),
            "tools": ((problem.order_tools.shape[1],), np.bool_),
        }
        for name, (shape, dtype) in shapes.items():
            array = getattr(guest, name)
            if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous:
                raise InvalidProblemError(
                    f"guest.{name} is {array.dtype} of shape {array.shape}, expected C-contiguous "
                    f"{np.dtype(dtype)} of shape {shape}"
                )
        for name, most in (
            ("into_s", UNREACHABLE_S),
            ("out_s", UNREACHABLE_S),
            ("eligibility", ELIGIBLE_NOT_PREFERRED),
        ):
            _check_limits(f"guest.{name}", getattr(guest, name), most)
        _check_limits("guest.parts", guest.parts, 2**31 - 1)
        for name in ("service_s", "due_s", "soft_due_s", "buffer_from_s", "broken_from_s", "missed_cost"):
            most = {"service_s": UNREACHABLE_S // 10, "missed_cost": MAX_COST}.get(name, NEVER_S)
            if not 0 <= getattr(guest, name) <= most:
                raise InvalidProblemError(f"guest.{name} is {getattr(guest, name)}, expected a value in [0, {most}]")
        _check_windows("guest.windows", guest.windows)
        if problem.departure_keeps_end and not self._is_plain(guest):
            raise InvalidProblemError(
                "guest has several windows, due or agreed times or somebody preferred, which do not go with "
                "departure_keeps_end"
            )

    def _is_plain(self, guest: Guest) -> bool:
        times = (guest.due_s, guest.soft_due_s, guest.buffer_from_s, guest.broken_from_s)
        is_preference_free = self.problem.prices.preference == 0 or ELIGIBLE_NOT_PREFERRED not in guest.eligibility
        return len(guest.windows) <= 1 and min(times) >= self.problem.shift_latest_s.max() and is_preference_free


def _check_limits(name: str, array: I32 | U8, most: int) -> None:
    if array.size and not 0 <= array.min() <= array.max() <= most:
        raise InvalidProblemError(f"{name} lies in [{array.min()}, {array.max()}], expected values in [0, {most}]")


def _check_windows(name: str, windows: Windows) -> None:
    before = -1
    for opens, closes in windows:
        if not before < opens <= closes <= NEVER_S:
            raise InvalidProblemError(
                f"{name} has [{opens}, {closes}], expected it to open after {before}, not to close before that, and to "
                f"close at {NEVER_S} at most"
            )
        before = closes
