"""Which break of the shift each break of a route is, and which are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dispatch.checker.findings import SECOND, Findings, second_of
from dispatch.checker.reading import ReadRoute
from dispatch.domain.plan import BreakStop


@dataclass(frozen=True, kw_only=True)
class ShiftBreak:
    """A break of a shift; seconds since 1970."""

    earliest_s: int
    latest_s: int
    duration_s: int

    @property
    def over_s(self) -> int:
        """When it can first be over: a route that departs then does not need it."""
        return self.earliest_s + self.duration_s

    @property
    def last_start_s(self) -> int:
        """When it has to begin at the latest: a route that ends by then does not need it."""
        return self.latest_s - self.duration_s

    def faults(self, start_s: int, end_s: int) -> int:
        """Count what would be wrong if a break from `start_s` to `end_s` were this one."""
        return (start_s < self.earliest_s) + (end_s > self.latest_s) + (end_s - start_s != self.duration_s)


@dataclass(frozen=True, kw_only=True)
class TakenBreak:
    """A break of a route; `of` is None if the shift has no such break."""

    gap: int
    start_s: int
    end_s: int
    of: ShiftBreak | None
    is_faulty: bool


@dataclass(frozen=True, kw_only=True)
class Breaks:
    """Breaks of a route.

    Attributes
    ----------
    taken
        In the sequence of the route.
    spared
        Not taken and not needed.
    missing
        Not taken though needed.
    """

    taken: tuple[TakenBreak, ...]
    spared: tuple[ShiftBreak, ...]
    missing: tuple[ShiftBreak, ...]


def breaks_of(route: ReadRoute, findings: Findings) -> Breaks:
    """Match the breaks of a route to those of its shift; notes what is missing, doubled or at the wrong time."""
    stated = [
        (gap, second_of(stop.start), second_of(stop.end))
        for gap, stops in enumerate(route.gaps)
        for stop in stops
        if isinstance(stop, BreakStop)
    ]
    due = sorted(
        (
            ShiftBreak(
                earliest_s=second_of(pause.earliest),
                latest_s=second_of(pause.latest),
                duration_s=pause.duration // SECOND,
            )
            for pause in route.shift.breaks
        ),
        key=lambda pause: pause.earliest_s,
    )
    match = _matched([(start, end) for _, start, end in stated], due, route)
    taken = tuple(
        TakenBreak(
            gap=gap,
            start_s=start,
            end_s=end,
            of=None if number is None else due[number],
            is_faulty=number is None or due[number].faults(start, end) > 0,
        )
        for (gap, start, end), number in zip(stated, match, strict=True)
    )
    left = [pause for number, pause in enumerate(due) if number not in match]
    spared = tuple(pause for pause in left if _is_spared(pause, route))
    missing = tuple(pause for pause in left if not _is_spared(pause, route))
    _note(route, taken, missing, findings)
    return Breaks(taken=taken, spared=spared, missing=missing)


def _is_spared(pause: ShiftBreak, route: ReadRoute) -> bool:
    return route.end_s <= pause.last_start_s or route.departure_s >= pause.over_s


def _matched(stated: Sequence[tuple[int, int]], due: Sequence[ShiftBreak], route: ReadRoute) -> tuple[int | None, ...]:
    """Return for each stated break the number of the shift's break it is, so that the fewest faults remain.

    Both are in order, so this is an alignment: `best[i][k]` is the best match of the first i stated breaks with the
    first k of the shift, as (faults, numbers). O(stated x due).
    """
    best: list[list[tuple[int, tuple[int | None, ...]]]] = [[(0, ())]]
    for pause in due:
        faults, numbers = best[0][-1]
        best[0].append((faults + (not _is_spared(pause, route)), numbers))
    for start, end in stated:
        above = best[-1]
        faults, numbers = above[0]
        row = [(faults + 10, (*numbers, None))]
        for k, pause in enumerate(due):
            options = (
                (above[k][0] + pause.faults(start, end), (*above[k][1], k)),
                (row[k][0] + (not _is_spared(pause, route)), row[k][1]),
                (above[k + 1][0] + 10, (*above[k + 1][1], None)),
            )
            row.append(min(options, key=lambda option: option[0]))
        best.append(row)
    return best[-1][-1][1]


def _note(route: ReadRoute, taken: Sequence[TakenBreak], missing: Sequence[ShiftBreak], findings: Findings) -> None:
    for pause in missing:
        expected = (
            f"a break of {pause.duration_s} s between {findings.moment(pause.earliest_s)} "
            f"and {findings.moment(pause.latest_s)}"
        )
        found = (
            f"none, though the route lasts from {findings.moment(route.departure_s)} to {findings.moment(route.end_s)}"
        )
        findings.add("break_missing", route=route.route, expected=expected, found=found)
    for pause_taken in taken:
        found = f"{findings.moment(pause_taken.start_s)} to {findings.moment(pause_taken.end_s)}"
        own = pause_taken.of
        if own is None:
            expected = f"{len(route.shift.breaks)} breaks"
            findings.add("break_doubled", route=route.route, expected=expected, found=f"one more, {found}")
            continue
        if pause_taken.end_s - pause_taken.start_s != own.duration_s:
            lasted = f"{pause_taken.end_s - pause_taken.start_s} s, {found}"
            findings.add("break_duration", route=route.route, expected=f"{own.duration_s} s", found=lasted)
        if pause_taken.start_s < own.earliest_s or pause_taken.end_s > own.latest_s:
            expected = f"between {findings.moment(own.earliest_s)} and {findings.moment(own.latest_s)}"
            findings.add("break_window", route=route.route, expected=expected, found=found)
