"""Arithmetic of one gap: from leaving a stop, by way of depots and breaks, to the next stop."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A break taken in a gap; seconds since 1970.

    Attributes
    ----------
    start_s
        When the plan lets it start; None = as early as it can.
    depots_before
        How many depot stops of the gap come before it.
    """

    start_s: int | None
    earliest_s: int
    latest_s: int
    duration_s: int
    depots_before: int = 0


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """One understanding of how a gap is crossed.

    Attributes
    ----------
    leave_s
        When the stop before the gap is left.
    earliest_leave_s
        When it could have been left; earlier than `leave_s` only at the start of a route.
    travel_s
        Ways through the gap: one, and one more for each depot stop.
    pauses
        Breaks in sequence.
    """

    leave_s: int
    earliest_leave_s: int
    travel_s: tuple[int, ...]
    pauses: tuple[Pause, ...]

    def depot_arrivals_s(self) -> tuple[int, ...]:
        """Return when each depot is reached, with the breaks where the plan has them."""
        return self._reached_s()[:-1]

    def arrival_s(self) -> int:
        """Return when the stop behind the gap is reached, with the breaks where the plan has them."""
        return self._reached_s()[-1]

    def ready_s(self) -> int:
        """Return when the stop behind the gap can be reached at the earliest, every break as early as it can be.

        A break interrupts travel or waiting, so it adds its length to whichever comes later: the end of the way so
        far or the moment from which it is allowed.
        """
        ready = self.earliest_leave_s + sum(self.travel_s)
        for pause in self.pauses:
            ready = max(ready, pause.earliest_s) + pause.duration_s
        return ready

    def latest_departure_s(self, start_s: int) -> int:
        """Return how late the stop before the gap can be left so that the visit behind it still starts at `start_s`.

        The ready time from departure D is the maximum of D + travel + breaks and of sums without D, so only the former
        limits D; and break number i has to end by its latest end: D + breaks 1 .. i <= latest end of i.
        """
        departure = start_s - sum(self.travel_s) - sum(pause.duration_s for pause in self.pauses)
        before = 0
        for pause in self.pauses:
            before += pause.duration_s
            departure = min(departure, pause.latest_s - before)
        return departure

    def _reached_s(self) -> tuple[int, ...]:
        reached: list[int] = []
        free = ready = self.leave_s
        for n_depots, travel_s in enumerate(self.travel_s):
            ready += travel_s
            for pause in self.pauses:
                if pause.depots_before == n_depots:
                    start = max(free, pause.earliest_s) if pause.start_s is None else pause.start_s
                    free = start + pause.duration_s
                    ready = max(ready, start) + pause.duration_s
            reached.append(ready)
            free = max(free, ready)
        return tuple(reached)
