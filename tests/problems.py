"""Builds `Problem`s for tests: from small readable pieces, with a default for everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from solver.problem import ELIGIBLE, NEVER_S, NO_LOCK, Disruption, Prices, Problem, Risk

DAY_END_S = 1_000
"""Where default windows and default shifts end."""


@dataclass(frozen=True, kw_only=True)
class OrderSpec:
    """One order; `location=None` = its own, `eligibility` = what differs from `ELIGIBLE`, by shift."""

    location: int | None = None
    service_s: int = 10
    windows: tuple[tuple[int, int], ...] = ((0, DAY_END_S),)
    due_s: int = NEVER_S
    soft_due_s: int = NEVER_S
    buffer_from_s: int = NEVER_S
    broken_from_s: int = NEVER_S
    missed_cost: int = 0
    unassigned_cost: int = 1_000
    parts: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = frozenset()
    eligibility: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BreakSpec:
    """One break of a shift."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True, kw_only=True)
class ShiftSpec:
    """One shift; `latest_s=None` = no overtime."""

    profile: int = 0
    start: int = 0
    end: int = 0
    departure_s: int = 0
    end_s: int = DAY_END_S
    latest_s: int | None = None
    max_duration_s: int | None = None
    max_visits: int = 99
    service_permille: int = 1_000
    breaks: tuple[BreakSpec, ...] = ()
    parts: Mapping[str, int] = field(default_factory=dict)
    tools: frozenset[str] = frozenset()


def on_a_line(n_locations: int, *, step_s: int = 10) -> list[list[int]]:
    """Travel between places `step_s` apart on a straight road: |i - j| x step."""
    return [[abs(i - j) * step_s for j in range(n_locations)] for i in range(n_locations)]


def build_problem(
    orders: Sequence[OrderSpec] = (),
    shifts: Sequence[ShiftSpec] = (ShiftSpec(),),
    *,
    travel_s: ArrayLike | None = None,
    distance_m: ArrayLike | None = None,
    depots: Sequence[int] = (),
    locked_routes: Sequence[Sequence[int]] | None = None,
    prices: Prices | None = None,
    departure_keeps_end: bool = False,
) -> Problem:
    """Build a problem.

    Order `j` lies at location `j + 1` and shifts start and end at location 0 unless they say otherwise. `travel_s` is
    (L, L) or (P, L, L), by default places 10 seconds apart on a line; `distance_m` is `travel_s` by default.
    """
    locations = [j + 1 if order.location is None else order.location for j, order in enumerate(orders)]
    used = [0, *locations, *depots, *(place for shift in shifts for place in (shift.start, shift.end))]
    travel = np.array(on_a_line(max(used) + 1) if travel_s is None else travel_s, dtype=np.int32)
    travel = np.ascontiguousarray(travel if travel.ndim == 3 else travel[None])
    distance = travel.copy() if distance_m is None else np.array(distance_m, dtype=np.int32)
    distance = np.ascontiguousarray(np.broadcast_to(distance, travel.shape))
    specs: list[OrderSpec | ShiftSpec] = [*orders, *shifts]
    parts = sorted({part for spec in specs for part in spec.parts})
    tools = sorted({tool for spec in specs for tool in spec.tools})
    windows = [window for order in orders for window in order.windows]
    breaks = [pause for shift in shifts for pause in shift.breaks]
    locked = tuple(tuple(route) for route in locked_routes or [()] * len(shifts))
    lock_shift = {j: s for s, route in enumerate(locked) for j in route}
    n, n_shifts = len(orders), len(shifts)
    return Problem(
        travel_s=travel,
        distance_m=distance,
        order_location=_i32(locations),
        order_service_s=_i32([order.service_s for order in orders]),
        order_window_first=_i32(np.cumsum([0, *(len(order.windows) for order in orders)])),
        window_open_s=_i64([opens for opens, _ in windows]),
        window_close_s=_i64([closes for _, closes in windows]),
        order_due_s=_i64([order.due_s for order in orders]),
        order_soft_due_s=_i64([order.soft_due_s for order in orders]),
        order_buffer_from_s=_i64([order.buffer_from_s for order in orders]),
        order_broken_from_s=_i64([order.broken_from_s for order in orders]),
        order_missed_cost=_i64([order.missed_cost for order in orders]),
        order_unassigned_cost=_i64([order.unassigned_cost for order in orders]),
        order_lock_shift=_i32([lock_shift.get(j, NO_LOCK) for j in range(n)]),
        locked_routes=locked,
        order_parts=_i32([[order.parts.get(part, 0) for part in parts] for order in orders]).reshape(n, len(parts)),
        order_tools=_bool([[tool in order.tools for tool in tools] for order in orders]).reshape(n, len(tools)),
        eligibility=np.array(
            [[order.eligibility.get(s, ELIGIBLE) for s in range(n_shifts)] for order in orders], dtype=np.uint8
        ).reshape(n, n_shifts),
        shift_profile=_i32([shift.profile for shift in shifts]),
        shift_start_location=_i32([shift.start for shift in shifts]),
        shift_end_location=_i32([shift.end for shift in shifts]),
        shift_departure_s=_i64([shift.departure_s for shift in shifts]),
        shift_end_s=_i64([shift.end_s for shift in shifts]),
        shift_latest_s=_i64([shift.end_s if shift.latest_s is None else shift.latest_s for shift in shifts]),
        shift_max_visits=_i32([shift.max_visits for shift in shifts]),
        shift_service_permille=_i32([shift.service_permille for shift in shifts]),
        shift_break_first=_i32(np.cumsum([0, *(len(shift.breaks) for shift in shifts)])),
        break_earliest_s=_i64([pause.earliest_s for pause in breaks]),
        break_latest_s=_i64([pause.latest_s for pause in breaks]),
        break_duration_s=_i64([pause.duration_s for pause in breaks]),
        shift_parts=_i32([[s.parts.get(part, 0) for part in parts] for s in shifts]).reshape(n_shifts, len(parts)),
        shift_tools=_bool([[tool in s.tools for tool in tools] for s in shifts]).reshape(n_shifts, len(tools)),
        depot_location=_i32(depots),
        prices=prices or Prices(),
        shift_max_duration_s=_i64([NEVER_S if s.max_duration_s is None else s.max_duration_s for s in shifts])
        if departure_keeps_end
        else None,
        departure_keeps_end=departure_keeps_end,
    )


def with_disruption(
    problem: Problem,
    *,
    assignment: Mapping[tuple[int, int], int] | None = None,
    moved: Mapping[int, tuple[int, int]] | None = None,
    dropped: Mapping[int, int] | None = None,
) -> Problem:
    """Return the problem with prices for changes: by (order, shift), by order (from second, cost), and by order."""
    n = problem.n_orders
    assignment_cost = np.zeros((n, problem.n_shifts), np.int32)
    for pair, cost in (assignment or {}).items():
        assignment_cost[pair] = cost
    moves = [(moved or {}).get(order, (NEVER_S, 0)) for order in range(n)]
    return replace(
        problem,
        disruption=Disruption(
            assignment_cost=assignment_cost,
            moved_from_s=_i64([from_s for from_s, _ in moves]),
            moved_cost=_i64([cost for _, cost in moves]),
            dropped_cost=_i64([(dropped or {}).get(order, 0) for order in range(n)]),
        ),
    )


def with_risk(
    problem: Problem,
    *,
    starts: Mapping[int, tuple[int, int, int]] | None = None,
    ends: Mapping[int, tuple[int, int, int]] | None = None,
) -> Problem:
    """Return the problem with prices of likely lateness: by order (from second, rate, cap)."""
    none = (NEVER_S, 0, 0)
    start = [(starts or {}).get(order, none) for order in range(problem.n_orders)]
    end = [(ends or {}).get(order, none) for order in range(problem.n_orders)]
    return replace(
        problem,
        risk=Risk(
            start_from_s=_i64([from_s for from_s, _, _ in start]),
            start_rate=_i64([rate for _, rate, _ in start]),
            start_cap_s=_i64([cap_s for _, _, cap_s in start]),
            end_from_s=_i64([from_s for from_s, _, _ in end]),
            end_rate=_i64([rate for _, rate, _ in end]),
            end_cap_s=_i64([cap_s for _, _, cap_s in end]),
        ),
    )


def _i32(values: ArrayLike) -> np.ndarray:
    return np.array(values, dtype=np.int32)


def _i64(values: ArrayLike) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def _bool(values: ArrayLike) -> np.ndarray:
    return np.array(values, dtype=np.bool_)
