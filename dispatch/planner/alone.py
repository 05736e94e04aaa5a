"""One shift and a few orders cut out of a problem: small enough to be timed again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solver.problem import ELIGIBLE, LAST_STOP, NO_LOCK, NOT_ELIGIBLE, Problem


def alone(problem: Problem, shift: int, orders: Sequence[int]) -> Problem:
    """Return the problem of `shift` and `orders` only, renumbered from 0 in the given sequence.

    Orders that the shift may not serve become eligible, locks are left out; times, prices and depots stay.
    """
    picked = np.array(orders, np.int64)
    windows = [range(*problem.order_window_first[order : order + 2]) for order in orders]
    window = np.array([number for numbers in windows for number in numbers], np.int64)
    pauses = slice(*problem.shift_break_first[shift : shift + 2])
    end = problem.shift_end_location[shift : shift + 1]
    stations = np.concatenate((problem.shift_start_location[shift : shift + 1], end[end != LAST_STOP]))
    used, number = np.unique(
        np.concatenate((problem.order_location[picked], problem.depot_location, stations)), return_inverse=True
    )
    order_location, depot_location, station = np.split(
        number.astype(np.int32), np.cumsum([len(picked), len(problem.depot_location)])
    )
    profile = problem.shift_profile[shift]
    pick = np.ix_([profile], used, used)
    level = problem.eligibility[picked, shift : shift + 1]
    one = slice(shift, shift + 1)
    return replace(
        problem,
        travel_s=problem.travel_s[pick],
        distance_m=problem.distance_m[pick],
        order_location=order_location,
        order_service_s=problem.order_service_s[picked],
        order_window_first=np.cumsum([0, *map(len, windows)], dtype=np.int32),
        window_open_s=problem.window_open_s[window],
        window_close_s=problem.window_close_s[window],
        order_due_s=problem.order_due_s[picked],
        order_soft_due_s=problem.order_soft_due_s[picked],
        order_buffer_from_s=problem.order_buffer_from_s[picked],
        order_broken_from_s=problem.order_broken_from_s[picked],
        order_missed_cost=problem.order_missed_cost[picked],
        order_unassigned_cost=problem.order_unassigned_cost[picked],
        order_lock_shift=np.full(len(picked), NO_LOCK, np.int32),
        locked_routes=((),),
        order_parts=problem.order_parts[picked],
        order_tools=problem.order_tools[picked],
        eligibility=np.where(level == NOT_ELIGIBLE, ELIGIBLE, level).astype(np.uint8),
        shift_profile=np.zeros(1, np.int32),
        shift_start_location=station[:1],
        shift_end_location=station[1:] if len(station) > 1 else end,
        shift_departure_s=problem.shift_departure_s[one],
        shift_end_s=problem.shift_end_s[one],
        shift_latest_s=problem.shift_latest_s[one],
        shift_max_visits=problem.shift_max_visits[one],
        shift_service_permille=problem.shift_service_permille[one],
        shift_break_first=np.array([0, pauses.stop - pauses.start], np.int32),
        break_earliest_s=problem.break_earliest_s[pauses],
        break_latest_s=problem.break_latest_s[pauses],
        break_duration_s=problem.break_duration_s[pauses],
        shift_parts=problem.shift_parts[one],
        shift_tools=problem.shift_tools[one],
        depot_location=depot_location,
        disruption=None if problem.disruption is None else problem.disruption.part(orders, [shift]),
    )
