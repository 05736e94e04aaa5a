"""What more shifts would be worth: the dual prices of a bound, put to use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from solver import _core
from solver.bounds import Bound
from solver.bounds_pricing import SCALE, PricingTask
from solver.problem import NO_LOCK, NOT_ELIGIBLE, Problem

_MAX_LABELS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class ExtraShift:
    """A shift that there might be: like one of the problem's, but in these hours, for these orders, without breaks.

    Attributes
    ----------
    like
        Index of the shift whose technician, places, stock and eligibility it has.
    departure_s, end_s
        Seconds; there is no overtime.
    orders
        The orders it may serve, of those its like may.
    """

    like: int
    departure_s: int
    end_s: int
    orders: frozenset[int]


def savings(problem: Problem, bound: Bound, extras: Sequence[ExtraShift]) -> tuple[int, ...]:
    """Return what each extra shift would save by itself, at the margin, in cost units; 0 without dual prices.

    It is the least reduced cost of its routes at the dual prices of the bound, hence the most by which the bound would
    fall. Locked orders stay where they are.
    """
    if bound.prices is None or not extras:
        return (0,) * len(extras)
    core = _core.Problem(_problem_of(problem, extras))
    found = []
    for number in range(len(extras)):
        task = PricingTask(
            duals=bound.prices.orders,
            cuts=bound.prices.cuts,
            neighbours=bound.neighbours,
            scale=SCALE,
            threshold=0,
            max_routes=1,
            heuristic=False,
            max_arcs=0,
            max_labels=_MAX_LABELS,
        )
        least, _, _, _ = _core.Pricer(core, number).price(task)
        found.append(-(least // SCALE))
    return tuple(found)


def _problem_of(problem: Problem, extras: Sequence[ExtraShift]) -> Problem:
    """The problem with the extra shifts in place of its own, and with nothing locked."""
    like = [extra.like for extra in extras]
    eligibility = np.full((problem.n_orders, len(extras)), NOT_ELIGIBLE, np.uint8)
    for number, extra in enumerate(extras):
        orders = [order for order in extra.orders if problem.order_lock_shift[order] == NO_LOCK]
        eligibility[orders, number] = problem.eligibility[orders, extra.like]
    ends_s = np.array([extra.end_s for extra in extras], np.int64)
    none = np.zeros(0, np.int64)
    return replace(
        problem,
        order_lock_shift=np.full(problem.n_orders, NO_LOCK, np.int32),
        locked_routes=((),) * len(extras),
        eligibility=eligibility,
        shift_profile=problem.shift_profile[like],
        shift_start_location=problem.shift_start_location[like],
        shift_end_location=problem.shift_end_location[like],
        shift_departure_s=np.array([extra.departure_s for extra in extras], np.int64),
        shift_end_s=ends_s,
        shift_latest_s=ends_s,
        shift_max_visits=problem.shift_max_visits[like],
        shift_service_permille=problem.shift_service_permille[like],
        shift_break_first=np.zeros(len(extras) + 1, np.int32),
        break_earliest_s=none,
        break_latest_s=none,
        break_duration_s=none,
        shift_parts=np.ascontiguousarray(problem.shift_parts[like]),
        shift_tools=np.ascontiguousarray(problem.shift_tools[like]),
        shift_max_duration_s=None if problem.shift_max_duration_s is None else problem.shift_max_duration_s[like],
        disruption=None if problem.disruption is None else problem.disruption.part(range(problem.n_orders), like),
    )
