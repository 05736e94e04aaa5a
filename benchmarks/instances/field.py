"""Synthetic field days as benchmark instances: the whole model, and what every solver can express of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import Final

import numpy as np

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec, Size
from benchmarks.instances.instance import Instance
from benchmarks.instances.tuning import TUNING_SEEDS
from benchmarks.scoring import is_servable
from dispatch.planner.encode import encode
from dispatch.policy.settings import effective_policy
from solver.cost import RouteTimer
from solver.problem import ELIGIBLE, LAST_STOP, NEVER_S, NOT_ELIGIBLE, Prices, Problem

HARD: Final = "field-hard"
FULL: Final = "field-full"


def field_name(size: Size, seed: int, load: float) -> str:
    """Return the name of an instance, like "district-0.9-7"."""
    return f"{size}-{load:.1f}-{seed}"


def field_group(size: Size, load: float) -> str:
    """Return the group of an instance, like "district 0.9"."""
    return f"{size} {load:.1f}"


def field_full(size: Size, seed: int, load: float) -> Instance:
    """Generate a day with the whole model, as the nightly plan encodes it."""
    return _instance(FULL, size, seed, load, problem=_encoded(size, seed, load))


def field_hard(size: Size, seed: int, load: float) -> Instance:
    """Generate a day with only what every solver expresses exactly.

    Left are skills and territories, travel by profile, shifts, one hard start window an order, service times that are
    the same for everybody, and the price of leaving an order out. Orders that nobody can serve even alone are left out:
    their prices would be a constant.
    """
    return _instance(HARD, size, seed, load, problem=hard_of(_encoded(size, seed, load)))


def hard_of(problem: Problem) -> Problem:
    """Return a one-day problem without breaks, tools, parts, overtime, due times, preferences and agreed times.

    A route ends where it starts if it may end anywhere; of several windows of an order the first is taken.
    """
    n, n_shifts = problem.n_orders, problem.n_shifts
    first = problem.order_window_first
    has_window = first[1:] > first[:-1]
    never = np.full(n, NEVER_S, np.int64)
    reduced = replace(
        problem,
        order_window_first=np.array([0, *accumulate(map(int, has_window))], np.int32),
        window_open_s=problem.window_open_s[first[:-1][has_window]],
        window_close_s=problem.window_close_s[first[:-1][has_window]],
        order_due_s=never,
        order_soft_due_s=never,
        order_buffer_from_s=never,
        order_broken_from_s=never,
        order_missed_cost=np.zeros(n, np.int64),
        order_parts=np.zeros((n, 0), np.int32),
        order_tools=np.zeros((n, 0), np.bool_),
        eligibility=np.where(problem.eligibility == NOT_ELIGIBLE, NOT_ELIGIBLE, ELIGIBLE).astype(np.uint8),
        shift_end_location=np.where(
            problem.shift_end_location == LAST_STOP, problem.shift_start_location, problem.shift_end_location
        ).astype(np.int32),
        shift_latest_s=problem.shift_end_s,
        shift_max_visits=np.full(n_shifts, n, np.int32),
        shift_service_permille=np.full(n_shifts, 1000, np.int32),
        shift_break_first=np.zeros(n_shifts + 1, np.int32),
        break_earliest_s=np.zeros(0, np.int64),
        break_latest_s=np.zeros(0, np.int64),
        break_duration_s=np.zeros(0, np.int64),
        shift_parts=np.zeros((n_shifts, 0), np.int32),
        shift_tools=np.zeros((n_shifts, 0), np.bool_),
        depot_location=np.zeros(0, np.int32),
        prices=Prices(travel=problem.prices.travel),
    )
    timer = RouteTimer(reduced)
    servable = [order for order in range(n) if is_servable(timer, n_shifts, order)]
    return _with_orders(reduced, servable)


def _with_orders(problem: Problem, kept: list[int]) -> Problem:
    """Return a problem of one window an order with only the orders `kept`; windows are clipped to all shifts."""
    window = problem.order_window_first[kept]
    count = len(kept)
    never, zero = np.full(count, NEVER_S, np.int64), np.zeros(count, np.int64)
    opens = np.maximum(problem.window_open_s[window], problem.shift_departure_s.min())
    closes = np.minimum(problem.window_close_s[window], problem.shift_latest_s.max())
    return replace(
        problem,
        order_location=problem.order_location[kept],
        order_service_s=problem.order_service_s[kept],
        order_window_first=np.arange(count + 1, dtype=np.int32),
        window_open_s=opens,
        window_close_s=closes,
        order_due_s=never,
        order_soft_due_s=never,
        order_buffer_from_s=never,
        order_broken_from_s=never,
        order_missed_cost=zero,
        order_unassigned_cost=problem.order_unassigned_cost[kept],
        order_lock_shift=problem.order_lock_shift[kept],
        order_parts=problem.order_parts[kept],
        order_tools=problem.order_tools[kept],
        eligibility=problem.eligibility[kept],
        shift_max_visits=np.full(problem.n_shifts, count, np.int32),
    )


def _encoded(size: Size, seed: int, load: float) -> Problem:
    request = generate_city(CitySpec(size=size, seed=seed, load=load))
    return encode(request, effective_policy(request)).problem


def _instance(suite: str, size: Size, seed: int, load: float, *, problem: Problem) -> Instance:
    return Instance(
        suite=suite,
        name=field_name(size, seed, load),
        group=field_group(size, load),
        problem=problem,
        scale=1,
        best_known=None,
        may_tune=seed in TUNING_SEEDS,
    )
