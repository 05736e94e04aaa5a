"""Cuts orders out of a problem, so that they can come back as guests of `solver.live.LiveRoutes`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.live import Guest
from solver.problem import NO_LOCK, Problem


def without_last_orders(problem: Problem, count: int) -> Problem:
    """Return the problem without its last `count` orders, which must have places of their own and no locks."""
    kept = problem.n_orders - count
    if (problem.order_lock_shift[kept:] != NO_LOCK).any():
        raise ValueError("one of the orders is locked")
    places = np.delete(np.arange(problem.travel_s.shape[1]), problem.order_location[kept:])
    number = np.full(problem.travel_s.shape[1], -1, np.int32)
    number[places] = np.arange(len(places))
    n_windows = problem.order_window_first[kept]
    return replace(
        problem,
        travel_s=np.ascontiguousarray(problem.travel_s[:, places][:, :, places]),
        distance_m=np.ascontiguousarray(problem.distance_m[:, places][:, :, places]),
        order_location=number[problem.order_location[:kept]],
        order_service_s=problem.order_service_s[:kept],
        order_window_first=problem.order_window_first[: kept + 1],
        window_open_s=problem.window_open_s[:n_windows],
        window_close_s=problem.window_close_s[:n_windows],
        order_due_s=problem.order_due_s[:kept],
        order_soft_due_s=problem.order_soft_due_s[:kept],
        order_buffer_from_s=problem.order_buffer_from_s[:kept],
        order_broken_from_s=problem.order_broken_from_s[:kept],
        order_missed_cost=problem.order_missed_cost[:kept],
        order_unassigned_cost=problem.order_unassigned_cost[:kept],
        order_lock_shift=problem.order_lock_shift[:kept],
        order_parts=problem.order_parts[:kept],
        order_tools=problem.order_tools[:kept],
        eligibility=problem.eligibility[:kept],
        shift_start_location=number[problem.shift_start_location],
        shift_end_location=np.where(problem.shift_end_location < 0, -1, number[problem.shift_end_location]),
        depot_location=number[problem.depot_location],
        disruption=None
        if problem.disruption is None
        else problem.disruption.part(range(kept), range(problem.n_shifts)),
    )


def guest_of(problem: Problem, order: int, *, first_guest: int) -> Guest:
    """Return order `order` of a problem as a guest of `without_last_orders`, after those from `first_guest` on."""
    own = problem.order_location[order]
    later = problem.order_location[first_guest:]
    known = [*np.delete(np.arange(problem.travel_s.shape[1]), later), *problem.order_location[first_guest:order]]
    windows = range(*problem.order_window_first[order : order + 2])
    return Guest(
        into_s=np.ascontiguousarray(problem.travel_s[:, known, own]),
        out_s=np.ascontiguousarray(problem.travel_s[:, own, known]),
        into_m=np.ascontiguousarray(problem.distance_m[:, known, own]),
        out_m=np.ascontiguousarray(problem.distance_m[:, own, known]),
        service_s=int(problem.order_service_s[order]),
        windows=tuple((int(problem.window_open_s[w]), int(problem.window_close_s[w])) for w in windows),
        eligibility=problem.eligibility[order],
        parts=problem.order_parts[order],
        tools=problem.order_tools[order],
        due_s=int(problem.order_due_s[order]),
        soft_due_s=int(problem.order_soft_due_s[order]),
        buffer_from_s=int(problem.order_buffer_from_s[order]),
        broken_from_s=int(problem.order_broken_from_s[order]),
        missed_cost=int(problem.order_missed_cost[order]),
        unassigned_cost=int(problem.order_unassigned_cost[order]),
    )
