"""Problems of the kind that is published: hard windows and capacities, no promises, breaks or locks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from solver.problem import I32, I64, NEVER_S, NO_LOCK, U8, Bool, Prices, Problem

UNASSIGNED_LEGS: Final = 1_000
"""Where every order must be served, leaving one out costs this many of the longest legs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PlainOrders:
    """Orders with one start window each.

    Attributes
    ----------
    location, service_s : (n,) int32
    open_s, close_s : (n,) int64
        Service starts in [open, close].
    parts : (n, K) int32; tools : (n, Q) bool
        Used up (a demand is one kind of part); needed.
    """

    location: I32
    service_s: I32
    open_s: I64
    close_s: I64
    parts: I32
    tools: Bool


@dataclass(frozen=True, kw_only=True, eq=False)
class PlainShifts:
    """Shifts whose routes start and end at one place.

    Attributes
    ----------
    location : (S,) int32
    open_s, close_s : (S,) int64
        The route departs at or after `open` and has ended by `close`.
    parts : (S, K) int32; tools : (S, Q) bool
        What the shift starts with; without a depot a kind of part is a capacity.
    """

    location: I32
    open_s: I64
    close_s: I64
    parts: I32
    tools: Bool


def plain_problem(
    *,
    legs: I32,
    orders: PlainOrders,
    shifts: PlainShifts,
    eligibility: U8,
    prices: Prices,
    depot_location: I32 | None = None,
    max_duration_s: int | None = None,
    departure_keeps_end: bool = False,
) -> Problem:
    """Make a problem in which every order must be served.

    Parameters
    ----------
    legs : (L, L) int32
        Travel time and distance alike.
    eligibility : (n, S) uint8
    depot_location : (D,) int32
        Where parts and tools may be had; None = nowhere.
    max_duration_s
        Longest time from departure to the end of a route; None = any. A route then departs as late as keeps its end.
    departure_keeps_end
        Whether a route departs as late as keeps its end, so that it takes the least time, instead of as late as delays
        no start.
    """
    n, s = len(orders.location), len(shifts.location)
    never, none, zero = np.full(n, NEVER_S, np.int64), np.zeros(0, np.int64), np.zeros(n, np.int64)
    table = np.ascontiguousarray(legs[np.newaxis])
    return Problem(
        travel_s=table,
        distance_m=table,
        order_location=orders.location,
        order_service_s=orders.service_s,
        order_window_first=np.arange(n + 1, dtype=np.int32),
        window_open_s=orders.open_s,
        window_close_s=orders.close_s,
        order_due_s=never,
        order_soft_due_s=never,
        order_buffer_from_s=never,
        order_broken_from_s=never,
        order_missed_cost=zero,
        order_unassigned_cost=np.full(n, UNASSIGNED_LEGS * int(legs.max()), np.int64),
        order_lock_shift=np.full(n, NO_LOCK, np.int32),
        locked_routes=((),) * s,
        order_parts=orders.parts,
        order_tools=orders.tools,
        eligibility=eligibility,
        shift_profile=np.zeros(s, np.int32),
        shift_start_location=shifts.location,
        shift_end_location=shifts.location,
        shift_departure_s=shifts.open_s,
        shift_end_s=shifts.close_s,
        shift_latest_s=shifts.close_s,
        shift_max_visits=np.full(s, n, np.int32),
        shift_service_permille=np.full(s, 1000, np.int32),
        shift_break_first=np.zeros(s + 1, np.int32),
        break_earliest_s=none,
        break_latest_s=none,
        break_duration_s=none,
        shift_parts=shifts.parts,
        shift_tools=shifts.tools,
        depot_location=np.zeros(0, np.int32) if depot_location is None else depot_location,
        prices=prices,
        shift_max_duration_s=None if max_duration_s is None else np.full(s, max_duration_s, np.int64),
        departure_keeps_end=departure_keeps_end or max_duration_s is not None,
    )
