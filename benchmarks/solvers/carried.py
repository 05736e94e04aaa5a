"""What of a problem can be carried into the model of a peer: features, eligibility, windows, legs, stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.problem import ELIGIBLE_NOT_PREFERRED, I64, NEVER_S, NO_LOCK, NOT_ELIGIBLE, UNREACHABLE_S, Bool, Problem

Window = tuple[int, int]

NO_WAY: Final = 10**7
"""Seconds and cost of a leg that does not exist. Larger numbers slow PyVRP down beyond use (docs/peers.md)."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Carried:
    """A problem's numbers as peers take them; moments count from `origin_s`.

    Attributes
    ----------
    problem
        Where they come from.
    origin_s
        The least moment of a shift.
    is_allowed : (n, S) bool
        The shift may serve the order: eligibility and locks, and tools where there is no depot to fetch them.
    windows
        For each order its windows of start as far as some shift is there, ascending; () = it cannot be planned.
    leg_cost, leg_s : (P, L, L) int64
        Price and seconds of a leg; `NO_WAY` where there is none.
    demand : (n, K) int64; stock : (S, K) int64
        Parts, where they limit a route: () columns where a depot hands out more or nothing is asked for.
    """

    problem: Problem
    origin_s: int
    is_allowed: Bool
    windows: tuple[tuple[Window, ...], ...]
    leg_cost: I64
    leg_s: I64
    demand: I64
    stock: I64

    @property
    def plannable(self) -> tuple[int, ...]:
        """Orders that have a window and a shift that may serve them."""
        has_shift: Bool = np.asarray(self.is_allowed.any(axis=1))
        return tuple(order for order, windows in enumerate(self.windows) if windows and has_shift[order])

    def departure_s(self, shift: int) -> int:
        """Give the shift's earliest departure."""
        return int(self.problem.shift_departure_s[shift]) - self.origin_s

    def end_s(self, shift: int) -> int:
        """Give the moment from which the shift's overtime counts."""
        return int(self.problem.shift_end_s[shift]) - self.origin_s

    def latest_s(self, shift: int) -> int:
        """Give the moment at which the shift's route must have ended."""
        return int(self.problem.shift_latest_s[shift]) - self.origin_s

    def longest_route_s(self, shift: int) -> int:
        """Give the longest time from departure to the end of the shift's route; `NEVER_S` = no limit."""
        return int(_longest_routes_s(self.problem)[shift])

    def longest_service_s(self, order: int) -> int:
        """Give the seconds that the slowest shift allowed needs."""
        permille = int(self.problem.shift_service_permille[self.is_allowed[order]].max(initial=0))
        return -(-int(self.problem.order_service_s[order]) * permille // 1000)

    def last_start_on_time_s(self, order: int) -> int:
        """Give the last start by which even the slowest shift keeps the order's promise; negative = too late."""
        due_s = int(self.problem.order_due_s[order])
        return NEVER_S if due_s >= NEVER_S else due_s - self.origin_s - self.longest_service_s(order)

    def windows_in_time(self, order: int) -> tuple[Window, ...]:
        """Give the order's windows as far as a start in them keeps its promise; all of them if that is too late."""
        last_s = self.last_start_on_time_s(order)
        in_time = tuple((opens, min(closes, last_s)) for opens, closes in self.windows[order] if opens <= last_s)
        return in_time or self.windows[order]

    def breaks_of(self, shift: int) -> tuple[tuple[int, int, int], ...]:
        """Give (earliest start, latest end, duration) of the shift's breaks."""
        problem = self.problem
        return tuple(
            (
                int(problem.break_earliest_s[b]) - self.origin_s,
                int(problem.break_latest_s[b]) - self.origin_s,
                int(problem.break_duration_s[b]),
            )
            for b in range(problem.shift_break_first[shift], problem.shift_break_first[shift + 1])
        )


def carry(problem: Problem) -> Carried:
    """Prepare a problem for any peer."""
    origin_s = int(problem.shift_departure_s.min(initial=NEVER_S))
    has_way = problem.travel_s < UNREACHABLE_S
    prices = problem.prices
    leg_cost = prices.travel * problem.travel_s.astype(np.int64) + prices.distance * problem.distance_m.astype(np.int64)
    limits = _stock_limits(problem)
    return Carried(
        problem=problem,
        origin_s=origin_s,
        is_allowed=_is_allowed(problem),
        windows=tuple(_windows(problem, order, origin_s) for order in range(problem.n_orders)),
        leg_cost=np.where(has_way, leg_cost, NO_WAY),
        leg_s=np.where(has_way, problem.travel_s, NO_WAY).astype(np.int64),
        demand=problem.order_parts[:, limits].astype(np.int64),
        stock=problem.shift_parts[:, limits].astype(np.int64),
    )


@dataclass(frozen=True, kw_only=True)
class Skills:
    """Eligibility as skills: orders that the same shifts may serve need the same one.

    Attributes
    ----------
    of_order, of_shift
        The skill that an order needs; the skills that a shift has.
    """

    of_order: tuple[int, ...]
    of_shift: tuple[frozenset[int], ...]


def skills_of(carried: Carried) -> Skills:
    """Express eligibility by skills; exact, with at most one skill an order."""
    skill_of_row: dict[bytes, int] = {}
    of_order = tuple(skill_of_row.setdefault(row.tobytes(), len(skill_of_row)) for row in carried.is_allowed)
    rows = [np.frombuffer(row, np.bool_) for row in skill_of_row]
    return Skills(
        of_order=of_order,
        of_shift=tuple(
            frozenset(skill for skill, row in enumerate(rows) if row[shift])
            for shift in range(carried.problem.n_shifts)
        ),
    )


def features(problem: Problem) -> frozenset[str]:
    """Name what a problem uses of the model beyond travel, windows, shifts and eligibility."""
    prices = problem.prices
    has_depot = len(problem.depot_location) > 0
    latest_s = int(problem.shift_latest_s.max(initial=0))
    found = {
        "breaks": len(problem.break_duration_s) > 0,
        "promises": bool((problem.order_due_s < latest_s).any()),
        "soft due times": bool((problem.order_soft_due_s < latest_s).any()) and prices.soft_due > 0,
        "agreed times": bool((problem.order_buffer_from_s < latest_s).any()),
        "overtime": prices.overtime > 0 and bool((problem.shift_latest_s > problem.shift_end_s).any()),
        "preferences": prices.preference > 0 and bool((problem.eligibility == ELIGIBLE_NOT_PREFERRED).any()),
        "stock": not has_depot and bool(problem.order_parts.any()),
        "restocking": has_depot and bool(problem.order_parts.any() or problem.order_tools.any()),
        "service factors": bool((problem.shift_service_permille != 1000).any()),
        "work time": prices.work_time > 0,
        "longest route": bool((_longest_routes_s(problem) < NEVER_S).any()),
        "several windows": bool((np.diff(problem.order_window_first) > 1).any()),
    }
    return frozenset(name for name, is_used in found.items() if is_used)


def shifts_alike(carried: Carried, *keys: object) -> tuple[tuple[int, ...], ...]:
    """Group shifts that no route can tell apart; `keys` are further rows by shift that must agree."""
    problem = carried.problem
    groups: dict[tuple[object, ...], list[int]] = {}
    for shift in range(problem.n_shifts):
        key = (
            int(problem.shift_profile[shift]),
            int(problem.shift_start_location[shift]),
            int(problem.shift_end_location[shift]),
            int(problem.shift_departure_s[shift]),
            int(problem.shift_end_s[shift]),
            int(problem.shift_latest_s[shift]),
            int(problem.shift_max_visits[shift]),
            carried.longest_route_s(shift),
            int(problem.shift_service_permille[shift]),
            carried.stock[shift].tobytes(),
            problem.eligibility[:, shift].tobytes(),
            carried.is_allowed[:, shift].tobytes(),
            carried.breaks_of(shift),
            *keys,
        )
        groups.setdefault(key, []).append(shift)
    return tuple(tuple(shifts) for shifts in groups.values())


def _longest_routes_s(problem: Problem) -> I64:
    limits = problem.shift_max_duration_s
    return np.full(problem.n_shifts, NEVER_S, np.int64) if limits is None else limits


def _is_allowed(problem: Problem) -> Bool:
    is_allowed: Bool = np.asarray(problem.eligibility != NOT_ELIGIBLE)
    lock = problem.order_lock_shift[:, None]
    is_allowed &= (lock == NO_LOCK) | (lock == np.arange(problem.n_shifts))
    if len(problem.depot_location) == 0 and problem.order_tools.shape[1]:
        lacks = problem.order_tools.astype(np.int64) @ (~problem.shift_tools).astype(np.int64).T
        is_allowed &= lacks == 0
    return is_allowed


def _stock_limits(problem: Problem) -> list[int]:
    if len(problem.depot_location):
        return []
    return [part for part in range(problem.order_parts.shape[1]) if problem.order_parts[:, part].any()]


def _windows(problem: Problem, order: int, origin_s: int) -> tuple[Window, ...]:
    latest_s = int(problem.shift_latest_s.max(initial=0))
    clipped = (
        (max(int(problem.window_open_s[w]), origin_s), min(int(problem.window_close_s[w]), latest_s))
        for w in range(problem.order_window_first[order], problem.order_window_first[order + 1])
    )
    return tuple((opens - origin_s, closes - origin_s) for opens, closes in clipped if opens <= closes)
