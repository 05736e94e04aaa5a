"""Checks a `Problem` at the solver's border: every array by its field's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solver.errors import InvalidProblemError
from solver.problem import (
    ELIGIBLE_NOT_PREFERRED,
    LAST_STOP,
    NEVER_S,
    NO_LOCK,
    NOT_ELIGIBLE,
    UNREACHABLE_S,
    Prices,
    Problem,
)

MAX_COST = 2**53
"""Every possible cost stays below: exact in JSON readers that know doubles only."""
MAX_TOOLS = 64
"""Tools of an order are the bits of one machine word."""

_SHAPE_OF_FIELD = {
    "travel_s": "PLL",
    "distance_m": "PLL",
    "order_location": "n",
    "order_service_s": "n",
    "order_window_first": "n+1",
    "window_open_s": "W",
    "window_close_s": "W",
    "order_due_s": "n",
    "order_soft_due_s": "n",
    "order_buffer_from_s": "n",
    "order_broken_from_s": "n",
    "order_missed_cost": "n",
    "order_unassigned_cost": "n",
    "order_lock_shift": "n",
    "order_parts": "nK",
    "order_tools": "nQ",
    "eligibility": "nS",
    "shift_profile": "S",
    "shift_start_location": "S",
    "shift_end_location": "S",
    "shift_departure_s": "S",
    "shift_end_s": "S",
    "shift_latest_s": "S",
    "shift_max_visits": "S",
    "shift_service_permille": "S",
    "shift_break_first": "S+1",
    "break_earliest_s": "B",
    "break_latest_s": "B",
    "break_duration_s": "B",
    "shift_parts": "SK",
    "shift_tools": "SQ",
    "depot_location": "D",
}
_DTYPE_OF_ANNOTATION = {"I32": np.int32, "I64": np.int64, "U8": np.uint8, "Bool": np.bool_}


def validate(problem: Problem) -> None:
    """Check shapes, dtypes, layout, ranges, indices, order of windows and breaks, locks, and the size of sums.

    Whether the locked routes are feasible is not checked here: the evaluation does it.

    Raises
    ------
    InvalidProblemError
        If the problem breaks the contract of `solver.problem.Problem`.
    """
    _check_arrays(problem)
    _check_ranges(problem)
    _check_windows(problem)
    _check_breaks(problem)
    _check_locks(problem)
    _check_disruption(problem)
    _check_risk(problem)
    _check_departure_rule(problem)
    _check_sums(problem)


def _check_disruption(problem: Problem) -> None:
    disruption = problem.disruption
    if disruption is None:
        return
    shape_of_field = {
        "assignment_cost": ((problem.n_orders, problem.n_shifts), np.int32, 2**31 - 1),
        "moved_from_s": ((problem.n_orders,), np.int64, NEVER_S),
        "moved_cost": ((problem.n_orders,), np.int64, MAX_COST),
        "dropped_cost": ((problem.n_orders,), np.int64, MAX_COST),
    }
    for field, (shape, dtype, most) in shape_of_field.items():
        name, array = f"disruption.{field}", getattr(disruption, field)
        is_sound = isinstance(array, np.ndarray) and array.dtype == dtype and array.shape == shape
        if not is_sound or not array.flags.c_contiguous:
            raise InvalidProblemError(
                f"{name} must be a C-contiguous NumPy array of {np.dtype(dtype)} with shape {shape}"
            )
        _check_within(name, array, 0, most)
    if problem.departure_keeps_end:
        raise InvalidProblemError(
            "disruption does not go with departure_keeps_end\nMaybe set departure_keeps_end to False."
        )


def _check_risk(problem: Problem) -> None:
    if problem.risk is None:
        return
    for field in fields(problem.risk):
        name, array = f"risk.{field.name}", getattr(problem.risk, field.name)
        shape = (problem.n_orders,)
        if not isinstance(array, np.ndarray) or array.dtype != np.int64 or array.shape != shape:
            raise InvalidProblemError(f"{name} must be a NumPy array of int64 with shape {shape}")
        _check_within(name, array, 0, MAX_COST if field.name.endswith("_rate") else NEVER_S)
    if problem.departure_keeps_end:
        raise InvalidProblemError("risk does not go with departure_keeps_end\nMaybe set departure_keeps_end to False.")


def _check_departure_rule(problem: Problem) -> None:
    """Refuse what the second rule of departure is not defined for."""
    longest = problem.shift_max_duration_s
    if longest is not None:
        if not isinstance(longest, np.ndarray) or longest.dtype != np.int64 or longest.shape != (problem.n_shifts,):
            raise InvalidProblemError(
                f"shift_max_duration_s must be a NumPy array of int64 with shape ({problem.n_shifts},)"
            )
        _check_within("shift_max_duration_s", longest, 0, NEVER_S)
        if not problem.departure_keeps_end:
            raise InvalidProblemError("shift_max_duration_s is given, so departure_keeps_end must be True")
    if not problem.departure_keeps_end:
        return
    latest = problem.shift_latest_s.max(initial=0)
    costs_by_the_hour = {
        "break_earliest_s": problem.break_earliest_s.size > 0,
        "order_window_first": bool((np.diff(problem.order_window_first) > 1).any()),
        "eligibility": problem.prices.preference > 0 and bool((problem.eligibility == ELIGIBLE_NOT_PREFERRED).any()),
        "shift_latest_s": problem.prices.overtime > 0 and bool((problem.shift_latest_s > problem.shift_end_s).any()),
        **{
            name: bool((getattr(problem, name) < latest).any())
            for name in ("order_due_s", "order_soft_due_s", "order_buffer_from_s", "order_broken_from_s")
        },
    }
    for name, is_there in costs_by_the_hour.items():
        if is_there:
            raise InvalidProblemError(
                f"{name} does not go with departure_keeps_end, which knows one window an order, no breaks, no "
                "preferences and no cost by the hour\nMaybe set departure_keeps_end to False."
            )


def _check_arrays(problem: Problem) -> None:
    size_of: dict[str, int] = {}
    source_of: dict[str, str] = {}
    dtype_of = {
        f.name: _DTYPE_OF_ANNOTATION[str(f.type)] for f in fields(problem) if str(f.type) in _DTYPE_OF_ANNOTATION
    }
    for name, letters in _SHAPE_OF_FIELD.items():
        array = getattr(problem, name)
        dtype = np.dtype(dtype_of[name])
        if not isinstance(array, np.ndarray):
            raise InvalidProblemError(f"{name} is a {type(array).__name__}, expected a NumPy array of {dtype}")
        if array.dtype != dtype:
            raise InvalidProblemError(f"{name} has dtype {array.dtype}, expected {dtype}")
        axes = [letters] if letters.endswith("+1") else list(letters)
        if array.ndim != len(axes):
            raise InvalidProblemError(f"{name} has shape {array.shape}, expected {len(axes)} axes ({', '.join(axes)})")
        if not array.flags.c_contiguous:
            raise InvalidProblemError(f"{name} is not C-contiguous\nMaybe np.ascontiguousarray({name}) helps")
        for axis, length in zip(axes, array.shape, strict=True):
            letter, size = (axis[0], length - 1) if axis.endswith("+1") else (axis, length)
            if size_of.setdefault(letter, size) != size:
                raise InvalidProblemError(
                    f"{name} has shape {array.shape}, expected {axis} = {size_of[letter] + length - size} "
                    f"({letter} as in {source_of[letter]})"
                )
            source_of.setdefault(letter, name)
    if size_of["Q"] > MAX_TOOLS:
        raise InvalidProblemError(f"order_tools has {size_of['Q']} kinds of tools, expected at most {MAX_TOOLS}")


def _check_ranges(problem: Problem) -> None:
    _, n_locations, _ = problem.travel_s.shape
    places, profiles, shifts = n_locations - 1, len(problem.travel_s) - 1, problem.n_shifts
    _check_within("travel_s", problem.travel_s, 0, UNREACHABLE_S)
    _check_within("distance_m", problem.distance_m, 0, 2**31 - 1)
    _check_within("order_location", problem.order_location, 0, places)
    _check_within("order_service_s", problem.order_service_s, 0, 2**31 - 1)
    for name in ("window_open_s", "window_close_s", "order_due_s", "order_soft_due_s", "order_buffer_from_s"):
        _check_within(name, getattr(problem, name), 0, NEVER_S)
    for name in ("order_broken_from_s", "shift_departure_s", "shift_end_s", "shift_latest_s"):
        _check_within(name, getattr(problem, name), 0, NEVER_S)
    for name in ("break_earliest_s", "break_latest_s"):
        _check_within(name, getattr(problem, name), 0, NEVER_S)
    _check_within("break_duration_s", problem.break_duration_s, 1, NEVER_S)
    _check_within("order_missed_cost", problem.order_missed_cost, 0, MAX_COST)
    _check_within("order_unassigned_cost", problem.order_unassigned_cost, 0, MAX_COST)
    _check_within("order_lock_shift", problem.order_lock_shift, NO_LOCK, shifts - 1)
    _check_within("order_parts", problem.order_parts, 0, 2**31 - 1)
    _check_within("eligibility", problem.eligibility, NOT_ELIGIBLE, ELIGIBLE_NOT_PREFERRED)
    _check_within("shift_profile", problem.shift_profile, 0, profiles)
    _check_within("shift_start_location", problem.shift_start_location, 0, places)
    _check_within("shift_end_location", problem.shift_end_location, LAST_STOP, places)
    _check_within("shift_max_visits", problem.shift_max_visits, 0, 2**31 - 1)
    _check_within("shift_service_permille", problem.shift_service_permille, 0, 2**31 - 1)
    _check_within("shift_parts", problem.shift_parts, 0, 2**31 - 1)
    _check_within("depot_location", problem.depot_location, 0, places)
    longest = int(problem.order_service_s.max(initial=0)) * int(problem.shift_service_permille.max(initial=0)) // 1_000
    if longest > UNREACHABLE_S:
        raise InvalidProblemError(
            f"order_service_s x shift_service_permille / 1000 reaches {longest}, expected at most {UNREACHABLE_S}"
        )
    long = np.flatnonzero(problem.shift_latest_s - problem.shift_departure_s >= UNREACHABLE_S)
    if len(long):
        raise InvalidProblemError(
            f"shift_latest_s[{long[0]}] is {problem.shift_latest_s[long[0]]}, expected less than {UNREACHABLE_S} after "
            f"shift_departure_s[{long[0]}] = {problem.shift_departure_s[long[0]]}, or unreachable legs could be used"
        )
    late = np.flatnonzero(problem.shift_latest_s < problem.shift_end_s)
    if len(late):
        raise InvalidProblemError(
            f"shift_latest_s[{late[0]}] is {problem.shift_latest_s[late[0]]}, expected at least "
            f"shift_end_s[{late[0]}] = {problem.shift_end_s[late[0]]}"
        )
    if not isinstance(problem.prices, Prices):
        raise InvalidProblemError(f"prices is a {type(problem.prices).__name__}, expected Prices")
    for price in fields(Prices):
        value = getattr(problem.prices, price.name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MAX_COST:
            raise InvalidProblemError(f"prices.{price.name} is {value!r}, expected an integer in [0, 2**53)")


def _check_within(name: str, array: NDArray[Any], low: int, high: int) -> None:
    if array.size == 0:
        return
    outside = np.argwhere((array < low) | (array > high))
    if len(outside):
        where = tuple(int(i) for i in outside[0])
        raise InvalidProblemError(
            f"{name}[{', '.join(map(str, where))}] is {array[where]}, expected a value in [{low}, {high}]"
        )


def _check_windows(problem: Problem) -> None:
    _check_first("order_window_first", problem.order_window_first, len(problem.window_open_s))
    for order, window, is_first in _owned(problem.order_window_first):
        opens, closes = int(problem.window_open_s[window]), int(problem.window_close_s[window])
        if opens > closes:
            raise InvalidProblemError(
                f"window_close_s[{window}] is {closes}, expected at least window_open_s[{window}] = {opens}"
            )
        if not is_first and opens <= problem.window_close_s[window - 1]:
            raise InvalidProblemError(
                f"window_open_s[{window}] is {opens}, expected more than window_close_s[{window - 1}] = "
                f"{problem.window_close_s[window - 1]}: windows of order {order} must ascend and be disjoint"
            )


def _check_breaks(problem: Problem) -> None:
    _check_first("shift_break_first", problem.shift_break_first, len(problem.break_earliest_s))
    earliest, latest, duration = problem.break_earliest_s, problem.break_latest_s, problem.break_duration_s
    keys = {
        "break_earliest_s": earliest,
        "break_earliest_s + break_duration_s": earliest + duration,
        "break_latest_s - break_duration_s": latest - duration,
    }
    for shift, pause, is_first in _owned(problem.shift_break_first):
        if earliest[pause] + duration[pause] > latest[pause]:
            raise InvalidProblemError(
                f"break_latest_s[{pause}] is {latest[pause]}, expected at least break_earliest_s + break_duration_s = "
                f"{earliest[pause] + duration[pause]}"
            )
        for name, key in keys.items():
            if not is_first and key[pause] < key[pause - 1]:
                raise InvalidProblemError(
                    f"{name} of break {pause} is {key[pause]}, expected at least {key[pause - 1]} as of break "
                    f"{pause - 1}: breaks of shift {shift} are out of order"
                )


def _check_first(name: str, first: NDArray[np.int32], total: int) -> None:
    if first[0] != 0 or first[-1] != total:
        raise InvalidProblemError(f"{name} runs from {first[0]} to {first[-1]}, expected from 0 to {total}")
    falls = np.flatnonzero(np.diff(first) < 0)
    if len(falls):
        at = int(falls[0])
        raise InvalidProblemError(f"{name}[{at + 1}] is {first[at + 1]}, expected at least {name}[{at}] = {first[at]}")


def _owned(first: NDArray[np.int32]) -> Iterator[tuple[int, int, bool]]:
    """(owner, index, whether it is the owner's first) of every window or break."""
    for owner in range(len(first) - 1):
        for index in range(int(first[owner]), int(first[owner + 1])):
            yield owner, index, index == first[owner]


def _check_locks(problem: Problem) -> None:
    routes = problem.locked_routes
    if len(routes) != problem.n_shifts:
        raise InvalidProblemError(
            f"locked_routes has {len(routes)} routes, expected one for each of {problem.n_shifts} shifts"
        )
    seen: set[int] = set()
    for shift, route in enumerate(routes):
        for order in route:
            if not 0 <= order < problem.n_orders:
                raise InvalidProblemError(
                    f"locked_routes[{shift}] has order {order}, expected 0 to {problem.n_orders - 1}"
                )
            if order in seen:
                raise InvalidProblemError(f"locked_routes[{shift}] has order {order} a second time, expected it once")
            seen.add(order)
            if problem.order_lock_shift[order] != shift:
                raise InvalidProblemError(
                    f"order_lock_shift[{order}] is {problem.order_lock_shift[order]}, expected {shift} "
                    "as in locked_routes"
                )
            if problem.eligibility[order, shift] == NOT_ELIGIBLE:
                raise InvalidProblemError(
                    f"eligibility[{order}, {shift}] is {NOT_ELIGIBLE} (not eligible), expected 1 or 2: "
                    f"order {order} is locked to shift {shift}"
                )
    for locked in map(int, np.flatnonzero(problem.order_lock_shift != NO_LOCK)):
        if locked not in seen:
            raise InvalidProblemError(
                f"order_lock_shift[{locked}] is {problem.order_lock_shift[locked]}, expected {NO_LOCK}: "
                f"order {locked} is in none of locked_routes"
            )


def _check_sums(problem: Problem) -> None:
    """Refuse prices and times whose worst possible sum does not stay below 2**53."""
    prices = problem.prices
    worst_order = (
        sum(map(int, problem.order_unassigned_cost))
        + sum(map(int, problem.order_missed_cost))
        + problem.n_orders * (prices.preference + prices.agreed_broken)
        + problem.n_orders * prices.soft_due * prices.soft_due_cap_s
        + problem.n_orders * prices.tardiness * prices.tardiness_cap_s
    )
    if problem.disruption is not None:
        worst_order += (
            sum(map(int, problem.disruption.assignment_cost.max(axis=1, initial=0)))
            + sum(map(int, problem.disruption.moved_cost))
            + sum(map(int, problem.disruption.dropped_cost))
        )
    risk = problem.risk
    if risk is not None:
        worst_order += sum(int(r) * int(c) for r, c in zip(risk.start_rate, risk.start_cap_s, strict=True))
        worst_order += sum(int(r) * int(c) for r, c in zip(risk.end_rate, risk.end_cap_s, strict=True))
    horizon = max(map(int, problem.shift_latest_s), default=0)
    span = sum(max(0, int(e) - int(d)) for e, d in zip(problem.shift_latest_s, problem.shift_departure_s, strict=True))
    overtime = sum(int(e) - int(d) for e, d in zip(problem.shift_latest_s, problem.shift_end_s, strict=True))
    legs = problem.n_orders + 2 * problem.n_shifts
    buffers = sum(max(0, horizon - int(b)) for b in problem.order_buffer_from_s)
    worst = (
        worst_order
        + prices.travel * span
        + prices.distance * int(problem.distance_m.max(initial=0)) * legs
        + prices.work_time * span
        + prices.overtime * overtime
        + prices.shift_used * problem.n_shifts
        + prices.agreed_buffer * buffers
    )
    if worst >= MAX_COST:
        raise InvalidProblemError(
            f"prices and order costs may sum up to {worst}, expected less than 2**53 = {MAX_COST}\n"
            "Maybe a price or an order's missed or unassigned cost is in the wrong unit"
        )
