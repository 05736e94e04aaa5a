"""What a problem would be without one of its features: shows whether a feature matters in an optimum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from solver.problem import ELIGIBLE, ELIGIBLE_NOT_PREFERRED, NEVER_S, NO_LOCK, NOT_ELIGIBLE, UNREACHABLE_S, Problem


def _hull(problem: Problem) -> Problem:
    """One window for each order, from its first opening to its last closing."""
    first = problem.order_window_first
    used = np.flatnonzero(np.diff(first) > 0)
    return replace(
        problem,
        order_window_first=np.concatenate([[0], np.cumsum(np.diff(first) > 0)]).astype(np.int32),
        window_open_s=problem.window_open_s[first[used]],
        window_close_s=problem.window_close_s[first[used + 1] - 1],
    )


def _no_windows(problem: Problem) -> Problem:
    hull = _hull(problem)
    return replace(
        hull, window_open_s=np.zeros_like(hull.window_open_s), window_close_s=np.full_like(hull.window_close_s, NEVER_S)
    )


def _no_breaks(problem: Problem) -> Problem:
    none = np.zeros(0, dtype=np.int64)
    return replace(
        problem,
        shift_break_first=np.zeros_like(problem.shift_break_first),
        break_earliest_s=none,
        break_latest_s=none,
        break_duration_s=none,
    )


def _no_locks(problem: Problem) -> Problem:
    return replace(
        problem,
        order_lock_shift=np.full_like(problem.order_lock_shift, NO_LOCK),
        locked_routes=((),) * problem.n_shifts,
    )


def _no_holes(problem: Problem) -> Problem:
    holes = problem.eligibility == NOT_ELIGIBLE
    return replace(problem, eligibility=np.where(holes, ELIGIBLE, problem.eligibility).astype(np.uint8))


def _all_preferred(problem: Problem) -> Problem:
    disliked = problem.eligibility == ELIGIBLE_NOT_PREFERRED
    return replace(problem, eligibility=np.where(disliked, ELIGIBLE, problem.eligibility).astype(np.uint8))


def _no_depots(problem: Problem) -> Problem:
    return replace(problem, depot_location=np.zeros(0, dtype=np.int32))


def _second_depot_gone(problem: Problem) -> Problem:
    return replace(problem, depot_location=problem.depot_location[:1].copy())


def _all_reachable(problem: Problem) -> Problem:
    return replace(problem, travel_s=np.where(problem.travel_s == UNREACHABLE_S, 10, problem.travel_s).astype(np.int32))


def _filled(field: str, value: float) -> Callable[[Problem], Problem]:
    def relaxed(problem: Problem) -> Problem:
        changes: dict[str, Any] = {field: np.full_like(getattr(problem, field), value)}
        return replace(problem, **changes)

    return relaxed


def _priced(price: str, value: int) -> Callable[[Problem], Problem]:
    def relaxed(problem: Problem) -> Problem:
        changes: dict[str, Any] = {price: value}
        return replace(problem, prices=replace(problem.prices, **changes))

    return relaxed


RELAXATIONS: Final[dict[str, Callable[[Problem], Problem]]] = {
    "windows": _no_windows,
    "several windows": _hull,
    "tardiness": _priced("tardiness", 0),
    "tardiness cap": _priced("tardiness_cap_s", 10_000),
    "promise missed": _filled("order_missed_cost", 0),
    "soft due": _filled("order_soft_due_s", NEVER_S),
    "soft due cap": _priced("soft_due_cap_s", 10_000),
    "agreed buffer": _filled("order_buffer_from_s", NEVER_S),
    "agreed broken": _filled("order_broken_from_s", NEVER_S),
    "breaks": _no_breaks,
    "overtime allowed": lambda problem: replace(problem, shift_latest_s=problem.shift_end_s),
    "overtime priced": _priced("overtime", 0),
    "max visits": _filled("shift_max_visits", 99),
    "parts": _filled("order_parts", 0),
    "tools": _filled("order_tools", value=False),
    "depots": _no_depots,
    "second depot": _second_depot_gone,
    "service permille": _filled("shift_service_permille", 1_000),
    "eligibility": _no_holes,
    "preference": _all_preferred,
    "locks": _no_locks,
    "end elsewhere or at the last stop": lambda problem: replace(
        problem, shift_end_location=problem.shift_start_location
    ),
    "distance": _priced("distance", 0),
    "work time": _priced("work_time", 0),
    "shift used": _priced("shift_used", 0),
    "profiles": _filled("shift_profile", 0),
    "unreachable": _all_reachable,
    "disruption": lambda problem: replace(problem, disruption=None),
    "unassigned": _filled("order_unassigned_cost", 10_000),
}
"""By name of a feature: the problem without it (or, for what helps, such as depots and overtime, without its help)."""
