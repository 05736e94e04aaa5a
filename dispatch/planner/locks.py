"""Keeps the locks of the current plan: what stands against them gives way, exactly as far as it must.

The locked visits of a shift are taken alone, in the sequence of the current plan, one more at a time. Where the next
one does not fit, its window, the shift's earliest departure and latest end and its breaks are relaxed: each by the
least that suffices, found by bisection, for more slack never makes a route infeasible. A visit locked in time keeps
its time before all else; for one locked to its technician only, the window gives way last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from dispatch.planner.alone import alone
from solver.cost import time_route
from solver.problem import ELIGIBLE, ELIGIBLE_NOT_PREFERRED, NOT_ELIGIBLE, Problem

MOST_SLACK_S: Final = 7 * 86_400
"""A visit that does not fit with so much slack cannot be reached at all; its lock cannot be kept."""

Lever = Literal["close", "departure", "breaks", "latest"]
_TIME_FIRST: Final[tuple[Lever, ...]] = ("close", "departure", "breaks", "latest")
_WINDOW_LAST: Final[tuple[Lever, ...]] = ("departure", "breaks", "latest", "close")
"""What is kept as far as possible, most important first."""


@dataclass(frozen=True, kw_only=True)
class LockedOrder:
    """An order that is locked to its shift.

    Attributes
    ----------
    start_s
        It is locked to this start as well; None = it is not.
    is_preferred
        Whether the shift's technician goes without the price of `preference`.
    """

    order: int
    start_s: int | None
    is_preferred: bool = True


@dataclass(frozen=True, kw_only=True)
class Relaxations:
    """What gave way to locks, by index.

    Attributes
    ----------
    orders
        A rule of the order (window, skill, parts, ...) or its locked time.
    shifts
        A rule of the shift (departure, breaks, latest end, number of visits).
    unkeepable
        Orders whose lock cannot be kept: there is no way to them. They stay unassigned.
    """

    orders: frozenset[int] = frozenset()
    shifts: frozenset[int] = frozenset()
    unkeepable: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, eq=False)
class Kept:
    """A problem with its locks, and what gave way to them."""

    problem: Problem
    relaxations: Relaxations


@dataclass(frozen=True, kw_only=True)
class _Slack:
    """By how many seconds windows close later (one figure an order), a departure is earlier, and so on."""

    close: tuple[int, ...]
    departure: int = 0
    breaks: int = 0
    latest: int = 0

    def with_lever(self, lever: Lever, value_s: int) -> _Slack:
        """Return this slack with one lever set; `close` is that of the last order."""
        if lever == "close":
            return replace(self, close=(*self.close[:-1], value_s))
        return _Slack(**{**asdict(self), lever: value_s})

    def value_of(self, lever: Lever) -> int:
        return self.close[-1] if lever == "close" else int(getattr(self, lever))


@dataclass
class _Draft:
    """The problem while locks are put in; arrays are copied before they are changed."""

    problem: Problem
    windows: list[list[tuple[int, int]]]
    orders: set[int] = field(default_factory=set)
    shifts: set[int] = field(default_factory=set)
    unkeepable: set[int] = field(default_factory=set)


def keep_locks(problem: Problem, locked: Mapping[int, Sequence[LockedOrder]], *, now_s: int) -> Kept:
    """Return the problem in which each locked order is locked to its shift, relaxed as far as that forces.

    Parameters
    ----------
    problem
        Without locks.
    locked
        Locked visits in their sequence, by shift.
    now_s
        An order without a usable window does not start before it, unless it is locked in time.
    """
    if not any(locked.values()):
        return Kept(problem=problem, relaxations=Relaxations())
    draft = _Draft(problem=_with_own_copies(problem), windows=windows_of(problem))
    routes: list[tuple[int, ...]] = [()] * problem.n_shifts
    for shift, visits in locked.items():
        routes[shift] = _keep_route(draft, shift, visits, now_s)
    lock_shift = draft.problem.order_lock_shift
    for shift, route in enumerate(routes):
        lock_shift[list(route)] = shift
    return Kept(
        problem=with_windows(replace(draft.problem, locked_routes=tuple(routes)), draft.windows),
        relaxations=Relaxations(
            orders=frozenset(draft.orders), shifts=frozenset(draft.shifts), unkeepable=frozenset(draft.unkeepable)
        ),
    )


def _keep_route(draft: _Draft, shift: int, visits: Sequence[LockedOrder], now_s: int) -> tuple[int, ...]:
    """Put the locked visits of one shift into the draft; return those that can be kept."""
    problem = draft.problem
    for visit in visits:
        _let_serve(draft, shift, visit)
        _open_window(draft, shift, visit, now_s)
    _share_out_equipment(draft, shift, visits)
    if len(visits) > problem.shift_max_visits[shift]:
        problem.shift_max_visits[shift] = len(visits)
        draft.shifts.add(shift)

    kept: list[int] = []
    slack = _Slack(close=())
    for visit in visits:
        cut = alone(with_windows(problem, draft.windows), shift, [*kept, visit.order])
        found = _least_slack(cut, slack, is_in_time=visit.start_s is not None)
        if found is None:
            draft.unkeepable.add(visit.order)
            draft.windows[visit.order] = []
            continue
        kept.append(visit.order)
        slack = found
    _apply(draft, shift, kept, slack)
    return tuple(kept)


def _let_serve(draft: _Draft, shift: int, visit: LockedOrder) -> None:
    if draft.problem.eligibility[visit.order, shift] == NOT_ELIGIBLE:
        draft.problem.eligibility[visit.order, shift] = ELIGIBLE if visit.is_preferred else ELIGIBLE_NOT_PREFERRED
        draft.orders.add(visit.order)


def _open_window(draft: _Draft, shift: int, visit: LockedOrder, now_s: int) -> None:
    """Leave the locked visit the locked time, or the windows that its shift can use, or a moment to relax from."""
    windows = draft.windows[visit.order]
    if visit.start_s is not None:
        if not any(opens <= visit.start_s <= closes for opens, closes in windows):
            draft.orders.add(visit.order)
        draft.windows[visit.order] = [(visit.start_s, visit.start_s)]
        return
    usable = [window for window in windows if window[0] <= draft.problem.shift_latest_s[shift]]
    if not usable:
        earliest_s = max(int(draft.problem.shift_departure_s[shift]), now_s)
        usable = [(earliest_s, earliest_s)]
        draft.orders.add(visit.order)
    draft.windows[visit.order] = usable


def _share_out_equipment(draft: _Draft, shift: int, visits: Sequence[LockedOrder]) -> None:
    """Where no depot can help, let locked visits do with what the shift has, in their sequence."""
    problem = draft.problem
    if len(problem.depot_location):
        return
    left = problem.shift_parts[shift].copy()
    for visit in visits:
        parts, tools = problem.order_parts[visit.order], problem.order_tools[visit.order]
        if (parts > left).any() or (tools & ~problem.shift_tools[shift]).any():
            draft.orders.add(visit.order)
        problem.order_parts[visit.order] = np.minimum(parts, left)
        problem.order_tools[visit.order] = tools & problem.shift_tools[shift]
        left -= problem.order_parts[visit.order]


def _least_slack(cut: Problem, slack: _Slack, *, is_in_time: bool) -> _Slack | None:
    """Return the least slack, lever by lever, with which all orders of `cut` fit; None if none suffices."""
    slack = replace(slack, close=(*slack.close, 0))
    if _fits(cut, slack):
        return slack
    levers = _TIME_FIRST if is_in_time else _WINDOW_LAST
    most = dict.fromkeys(levers, MOST_SLACK_S)
    most["departure"] = min(MOST_SLACK_S, int(cut.shift_departure_s[0])) if is_in_time else slack.departure
    found = slack
    for lever in levers:
        found = found.with_lever(lever, max(slack.value_of(lever), most[lever]))
    if not _fits(cut, found):
        return None
    for lever in levers:
        found = found.with_lever(lever, _least(slack.value_of(lever), found.value_of(lever), _with(cut, found, lever)))
    return found


def _with(cut: Problem, slack: _Slack, lever: Lever) -> Callable[[int], bool]:
    return lambda value_s: _fits(cut, slack.with_lever(lever, value_s))


def _least(low: int, high: int, suffices: Callable[[int], bool]) -> int:
    """Return the least value in [low, high] that suffices, given that `high` does and more never hurts."""
    while low < high:
        middle = (low + high) // 2
        if suffices(middle):
            high = middle
        else:
            low = middle + 1
    return high


def _fits(cut: Problem, slack: _Slack) -> bool:
    close_s = cut.window_close_s.copy()
    close_s[cut.order_window_first[1:] - 1] += slack.close
    relaxed = replace(
        cut,
        window_close_s=close_s,
        shift_departure_s=cut.shift_departure_s - slack.departure,
        shift_latest_s=cut.shift_latest_s + slack.latest,
        break_latest_s=cut.break_latest_s + slack.breaks,
    )
    return time_route(relaxed, 0, tuple(range(cut.n_orders))) is not None


def _apply(draft: _Draft, shift: int, kept: Sequence[int], slack: _Slack) -> None:
    problem = draft.problem
    for order, close_s in zip(kept, slack.close, strict=True):
        if close_s:
            opens, closes = draft.windows[order][-1]
            draft.windows[order][-1] = (opens, closes + close_s)
            draft.orders.add(order)
    if slack.departure or slack.latest or slack.breaks:
        draft.shifts.add(shift)
    problem.shift_departure_s[shift] -= slack.departure
    problem.shift_latest_s[shift] += slack.latest
    problem.break_latest_s[slice(*problem.shift_break_first[shift : shift + 2])] += slack.breaks


def _with_own_copies(problem: Problem) -> Problem:
    return replace(
        problem,
        order_lock_shift=problem.order_lock_shift.copy(),
        order_parts=problem.order_parts.copy(),
        order_tools=problem.order_tools.copy(),
        eligibility=problem.eligibility.copy(),
        shift_departure_s=problem.shift_departure_s.copy(),
        shift_latest_s=problem.shift_latest_s.copy(),
        shift_max_visits=problem.shift_max_visits.copy(),
        break_latest_s=problem.break_latest_s.copy(),
    )


def windows_of(problem: Problem) -> list[list[tuple[int, int]]]:
    """Return the start windows of each order, (open, close)."""
    opens, closes = problem.window_open_s.tolist(), problem.window_close_s.tolist()
    first = problem.order_window_first.tolist()
    return [list(zip(opens[begin:end], closes[begin:end], strict=True)) for begin, end in pairwise(first)]


def with_windows(problem: Problem, windows: Sequence[Sequence[tuple[int, int]]]) -> Problem:
    """Return the problem with other start windows, those of each order in the order of time."""
    return replace(
        problem,
        order_window_first=np.cumsum([0, *map(len, windows)], dtype=np.int32),
        window_open_s=np.array([opens for own in windows for opens, _ in own], np.int64),
        window_close_s=np.array([closes for own in windows for _, closes in own], np.int64),
    )
