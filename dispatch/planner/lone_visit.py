"""Whether a shift could serve an order if it had nothing else to do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dispatch.planner.alone import alone
from solver.cost import RouteTimer, time_route
from solver.problem import I32, I64, LAST_STOP, NEVER_S, NOT_ELIGIBLE, UNREACHABLE_S, Bool, Problem


@dataclass(frozen=True)
class LoneVisit:
    """One free order, alone on each shift of a problem; nobody is asked whether the technician is eligible.

    Most shifts are decided at once by arithmetic over all shifts: a visit without breaks that comes too late comes too
    late with them; one that is back before each break must begin, or leaves after it could have ended, needs none. The
    few others are timed exactly.
    """

    timer: RouteTimer
    order: int

    @property
    def problem(self) -> Problem:
        """The problem of the shifts."""
        return self.timer.problem

    def feasible_shifts(self, among: Bool, *, with_travel: bool = True, with_equipment: bool = True) -> Bool:
        """Return which of the shifts `among` (mask over all shifts) could serve the order alone.

        Parameters
        ----------
        with_travel
            False: as if every place were next door.
        with_equipment
            False: as if the shift had every part and tool.
        """
        there_s, home_s = self._travel_s(with_travel=with_travel)
        start_s = self._earliest_start_s(self.problem.shift_departure_s + there_s)
        permille = self.problem.shift_service_permille.astype(np.int64)
        service_s = -(-int(self.problem.order_service_s[self.order]) * permille // 1000)
        back_s = start_s + service_s + home_s
        is_possible = (back_s <= self.problem.shift_latest_s) & (self.problem.shift_max_visits > 0) & among
        is_certain = is_possible & self._needs_no_break(leave_s=start_s - there_s, back_s=back_s)
        if with_equipment:
            is_certain &= self._is_equipped()
        for shift in np.flatnonzero(is_possible & ~is_certain):
            is_certain[shift] = self._fits_exactly(int(shift), with_travel=with_travel, with_equipment=with_equipment)
        return is_certain

    def _travel_s(self, *, with_travel: bool) -> tuple[I64, I64]:
        """Seconds from each shift's start to the order, and from there to its end."""
        problem, location = self.problem, self.problem.order_location[self.order]
        if not with_travel:
            none = np.zeros(problem.n_shifts, np.int64)
            return none, none
        there_s = problem.travel_s[problem.shift_profile, problem.shift_start_location, location]
        home_s = problem.travel_s[problem.shift_profile, location, problem.shift_end_location]
        home_s = np.where(problem.shift_end_location == LAST_STOP, np.int32(0), home_s)
        return _never_if_unreachable(there_s), _never_if_unreachable(home_s)

    def _earliest_start_s(self, ready_s: I64) -> I64:
        first, last = self.problem.order_window_first[self.order : self.order + 2]
        start_s = np.full(len(ready_s), NEVER_S, np.int64)
        for window in reversed(range(first, last)):
            opens, closes = self.problem.window_open_s[window], self.problem.window_close_s[window]
            start_s = np.where(ready_s <= closes, np.maximum(ready_s, opens), start_s)
        return start_s

    def _needs_no_break(self, *, leave_s: I64, back_s: I64) -> Bool:
        problem = self.problem
        shift = np.repeat(np.arange(problem.n_shifts), np.diff(problem.shift_break_first))
        is_early = back_s[shift] <= problem.break_latest_s - problem.break_duration_s
        is_late = leave_s[shift] >= problem.break_earliest_s + problem.break_duration_s
        needs_none = np.ones(problem.n_shifts, np.bool_)
        needs_none[shift[~(is_early | is_late)]] = False
        return needs_none

    def _is_equipped(self) -> Bool:
        problem = self.problem
        has_parts: Bool = (problem.shift_parts >= problem.order_parts[self.order]).all(axis=1)
        has_tools: Bool = (problem.shift_tools | ~problem.order_tools[self.order]).all(axis=1)
        return has_parts & has_tools

    def _fits_exactly(self, shift: int, *, with_travel: bool, with_equipment: bool) -> bool:
        is_eligible = self.problem.eligibility[self.order, shift] != NOT_ELIGIBLE
        if with_travel and with_equipment and is_eligible:
            return self.timer.time_route(shift, (self.order,)) is not None
        cut = alone(self.problem, shift, [self.order])
        if not with_travel:
            cut = replace(cut, travel_s=np.zeros_like(cut.travel_s))
        if not with_equipment:
            cut = replace(cut, order_parts=np.zeros_like(cut.order_parts), order_tools=np.zeros_like(cut.order_tools))
        return time_route(cut, 0, (0,)) is not None


def _never_if_unreachable(travel_s: I32) -> I64:
    return np.where(travel_s >= UNREACHABLE_S, np.int64(NEVER_S), travel_s)
