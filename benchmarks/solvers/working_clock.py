"""A clock without lunch, for peers that know no breaks: the common break is cut out of everybody's day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from benchmarks.solvers.carried import Carried, Window

_DAY_S: Final = 86_400


@dataclass(frozen=True, kw_only=True)
class WorkingClock:
    """Counts only the seconds outside the breaks that are cut out.

    Attributes
    ----------
    cut_breaks
        (earliest start, latest end, duration), ascending and disjoint; the middle of each is cut out.
    lost_s
        For each shift the seconds that it loses at its end for breaks that no cut stands for.
    """

    cut_breaks: tuple[tuple[int, int, int], ...]
    lost_s: tuple[int, ...]

    def working_s(self, moment_s: int) -> int:
        """Give the working seconds before a moment."""
        return moment_s - sum(
            min(max(moment_s - (earliest_s + latest_s - duration_s) // 2, 0), duration_s)
            for earliest_s, latest_s, duration_s in self.cut_breaks
        )

    def working_windows(self, windows: Iterable[Window], service_s: int) -> tuple[Window, ...]:
        """Give windows of start by this clock, without the moments from which a service leaves no room for a break.

        A visit either ends by the break's latest start or begins after its earliest end.
        """
        for earliest_s, latest_s, duration_s in self.cut_breaks:
            windows = [
                part
                for opens_s, closes_s in windows
                for part in (
                    (opens_s, min(closes_s, latest_s - duration_s - service_s)),
                    (max(opens_s, earliest_s + duration_s, latest_s - duration_s - service_s + 1), closes_s),
                )
                if part[0] <= part[1]
            ]
        return _joined((self.working_s(opens_s), self.working_s(closes_s)) for opens_s, closes_s in windows)

    def shift_end_s(self, shift: int, moment_s: int) -> int:
        """Give the working second at which a shift must be over that ends at `moment_s`."""
        return self.working_s(moment_s) - self.lost_s[shift]


def clock_without_breaks(carried: Carried, *, cuts: bool = True) -> WorkingClock:
    """Cut each day's most frequent break out of the clock, in the middle of its window.

    A route feasible by this clock is nearly always feasible with the break for the shifts that take it, if its visits
    keep to `working_windows`. Other breaks shorten their shift.

    Parameters
    ----------
    cuts
        False: cut nothing, let every break shorten its shift.
    """
    shifts = range(carried.problem.n_shifts)
    count_of_break = Counter(pause for shift in shifts for pause in carried.breaks_of(shift))
    break_of_day: dict[int, tuple[int, int, int]] = {}
    for pause, _ in count_of_break.most_common() if cuts else ():
        break_of_day.setdefault(pause[0] // _DAY_S, pause)
    chosen = sorted(break_of_day.values())
    return WorkingClock(
        cut_breaks=tuple(chosen),
        lost_s=tuple(sum(pause[2] for pause in carried.breaks_of(shift) if pause not in chosen) for shift in shifts),
    )


def _joined(windows: Iterable[Window]) -> tuple[Window, ...]:
    joined: list[Window] = []
    for opens_s, closes_s in windows:
        if joined and opens_s <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], closes_s)
        else:
            joined.append((opens_s, closes_s))
    return tuple(joined)
