"""The problem the solver sees: read-only integer arrays, no ids, no datetimes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U8 = NDArray[np.uint8]
Bool = NDArray[np.bool_]

UNREACHABLE_S: Final = 2**30
"""Travel time that stands for "there is no way"; no feasible route contains such a leg."""
NEVER_S: Final = 2**40
"""A moment after everything: no due time, no soft due time, no agreed time."""
NO_LOCK: Final = -1
LAST_STOP: Final = -1
"""`shift_end_location` of a route that ends where its last visit ends."""

NOT_ELIGIBLE: Final = 0
ELIGIBLE: Final = 1
ELIGIBLE_NOT_PREFERRED: Final = 2
"""Eligible, at the price `Prices.preference`."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """What a second, a metre, a broken promise costs: non-negative integers, cost units.

    Attributes
    ----------
    travel, work_time, overtime
        Per second of travel, per second between departure and return, per second after the shift's end.
    distance
        Per metre.
    shift_used
        Once for each route with a visit.
    preference
        Once for each visit whose eligibility is `ELIGIBLE_NOT_PREFERRED`.
    agreed_buffer
        Per second that a start lies after `order_buffer_from_s`.
    agreed_broken
        Once, if a start lies after `order_broken_from_s`.
    soft_due, tardiness
        Per second that an end lies after `order_soft_due_s` or `order_due_s`, up to `*_cap_s` seconds.
    """

    travel: int = 1
    distance: int = 0
    work_time: int = 0
    overtime: int = 2
    shift_used: int = 0
    preference: int = 600
    agreed_buffer: int = 1
    agreed_broken: int = 12_500_000
    soft_due: int = 1
    soft_due_cap_s: int = 7_200
    tardiness: int = 1
    tardiness_cap_s: int = 86_400


@dataclass(frozen=True, kw_only=True, eq=False)
class Disruption:
    """What changes to a published plan cost, cost units, none negative.

    No cost falls when a visit starts later, so an earlier start than the published one costs nothing here.

    Attributes
    ----------
    assignment_cost : (n, S) int32
        Charged if the order is in the route of the shift.
    moved_from_s : (n,) int64
        Judged at the visit's start; `NEVER_S` = none.
    moved_cost : (n,) int64
        Charged once if the start lies after `moved_from_s`.
    dropped_cost : (n,) int64
        Charged if the order is in no route, on top of `order_unassigned_cost`.
    """

    assignment_cost: I32
    moved_from_s: I64
    moved_cost: I64
    dropped_cost: I64

    def part(self, orders: Sequence[int] | I64, shifts: Sequence[int] | I64) -> Disruption:
        """Return the prices of some orders and shifts, in the given sequence."""
        picked = np.array(orders, np.int64)
        return Disruption(
            assignment_cost=np.ascontiguousarray(self.assignment_cost[np.ix_(picked, np.array(shifts, np.int64))]),
            moved_from_s=self.moved_from_s[picked],
            moved_cost=self.moved_cost[picked],
            dropped_cost=self.dropped_cost[picked],
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Risk:
    """What the chance of being late costs, by the planned start and end: prices that rise by the second, none negative.

    Attributes
    ----------
    start_from_s, end_from_s : (n,) int64
        Where they begin to rise; `NEVER_S` = none.
    start_rate, end_rate : (n,) int64
        Cost units for each second after it ...
    start_cap_s, end_cap_s : (n,) int64
        ... up to so many seconds.
    """

    start_from_s: I64
    start_rate: I64
    start_cap_s: I64
    end_from_s: I64
    end_rate: I64
    end_cap_s: I64

    def part(self, orders: Sequence[int] | I64) -> Risk:
        """Return the prices of some orders, in the given sequence."""
        picked = np.array(orders, np.int64)
        return Risk(**{field.name: getattr(self, field.name)[picked] for field in fields(self)})


@dataclass(frozen=True, kw_only=True, eq=False)
class Problem:
    """Orders to be put into the routes of shifts (technician-days).

    `L` locations, `P` travel profiles, `n` orders, `W` start windows of all orders together, `S` shifts, `B` breaks
    of all shifts together, `K` kinds of parts, `Q` kinds of tools, `D` depots. Second 0 is any moment the caller
    chooses; every time lies in [0, 2**40]. Arrays are C-contiguous.

    Attributes
    ----------
    travel_s : (P, L, L) int32
        Seconds from row to column, everything spent on the way in (parking, gate) included; `UNREACHABLE_S` if none.
    distance_m : (P, L, L) int32
        Metres.
    order_location : (n,) int32
    order_service_s : (n,) int32
        Seconds for a technician of `shift_service_permille` 1000; the visit takes `ceil(service * permille / 1000)`.
    order_window_first : (n + 1,) int32
        Windows of order `j` are `order_window_first[j] .. order_window_first[j + 1] - 1`; none = cannot be planned.
    window_open_s, window_close_s : (W,) int64
        Service starts in [open, close]; per order ascending and disjoint.
    order_due_s, order_soft_due_s : (n,) int64
        Judged at the visit's end; `NEVER_S` = none.
    order_buffer_from_s, order_broken_from_s : (n,) int64
        Judged at the visit's start; `NEVER_S` = none.
    order_missed_cost : (n,) int64
        Charged once if the end lies after `order_due_s`.
    order_unassigned_cost : (n,) int64
        Charged if the order is in no route.
    order_lock_shift : (n,) int32
        The shift that must serve the order (it is never unassigned and never elsewhere); `NO_LOCK` = free. A locked
        order fits: the routes of the locked orders alone, in the order of `locked_routes`, are feasible.
    locked_routes : tuple of S tuples
        Locked orders of each shift in a feasible sequence.
    order_parts : (n, K) int32; order_tools : (n, Q) bool, Q <= 64
        Used up by the visit; needed for it.
    eligibility : (n, S) uint8
        `NOT_ELIGIBLE`, `ELIGIBLE` or `ELIGIBLE_NOT_PREFERRED`.
    shift_profile, shift_start_location : (S,) int32
    shift_end_location : (S,) int32
        `LAST_STOP` = the route ends where its last visit ends.
    shift_departure_s, shift_end_s, shift_latest_s : (S,) int64
        Earliest departure; overtime starts after `end`; the route must have ended by `latest`.
    shift_max_visits, shift_service_permille : (S,) int32
    shift_break_first : (S + 1,) int32
        Breaks of shift `s` are `shift_break_first[s] .. shift_break_first[s + 1] - 1`, taken in that order.
    break_earliest_s, break_latest_s, break_duration_s : (B,) int64
        A break starts at or after `earliest` and ends at or before `latest`. Within a shift `earliest`,
        `earliest + duration` and `latest - duration` ascend.
    shift_parts : (S, K) int32; shift_tools : (S, Q) bool
        What the shift starts with.
    depot_location : (D,) int32
        Where parts and tools may be had; at most one depot stop a route, and only where the route needs it.
    prices : Prices
    shift_max_duration_s : (S,) int64 or None
        Longest time between departure and the end of the route; None = no limits. Needs `departure_keeps_end`.
    departure_keeps_end : bool
        False: a route departs as late as delays no start. True: as late as keeps its earliest end, so that it takes the
        least time; starts may be delayed by that. True is for problems with one window an order and without breaks,
        preferences and costs by the hour, as in the published benchmarks.
    disruption : Disruption or None
        None = no plan has been published, or changes to it are free.
    risk : Risk or None
        None = a planned time is as good as another one that is in time.
    """

    travel_s: I32
    distance_m: I32
    order_location: I32
    order_service_s: I32
    order_window_first: I32
    window_open_s: I64
    window_close_s: I64
    order_due_s: I64
    order_soft_due_s: I64
    order_buffer_from_s: I64
    order_broken_from_s: I64
    order_missed_cost: I64
    order_unassigned_cost: I64
    order_lock_shift: I32
    locked_routes: tuple[tuple[int, ...], ...]
    order_parts: I32
    order_tools: Bool
    eligibility: U8
    shift_profile: I32
    shift_start_location: I32
    shift_end_location: I32
    shift_departure_s: I64
    shift_end_s: I64
    shift_latest_s: I64
    shift_max_visits: I32
    shift_service_permille: I32
    shift_break_first: I32
    break_earliest_s: I64
    break_latest_s: I64
    break_duration_s: I64
    shift_parts: I32
    shift_tools: Bool
    depot_location: I32
    prices: Prices
    shift_max_duration_s: I64 | None = None
    departure_keeps_end: bool = False
    disruption: Disruption | None = None
    risk: Risk | None = None

    @property
    def n_orders(self) -> int:
        """Number of orders."""
        return len(self.order_location)

    @property
    def n_shifts(self) -> int:
        """Number of shifts."""
        return len(self.shift_profile)

    @property
    def order_left_out_cost(self) -> I64:
        """What each order costs in no route: (n,), `order_unassigned_cost` and what dropping it disturbs."""
        if self.disruption is None:
            return self.order_unassigned_cost
        return self.order_unassigned_cost + self.disruption.dropped_cost

    def service_s(self, order: int, shift: int) -> int:
        """Seconds that `order` takes on `shift`: `ceil(service * permille / 1000)`."""
        return -(-int(self.order_service_s[order]) * int(self.shift_service_permille[shift]) // 1000)
