"""Random tiny problems with features of the model switched on at random, tight enough that the features matter.

Times are small (a day lasts about 100 seconds), so that ties, limits met to the second and roundings are frequent.
Travel matrices are asymmetric and closed under the triangle inequality.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from solver.problem import (
    ELIGIBLE_NOT_PREFERRED,
    I32,
    I64,
    LAST_STOP,
    NEVER_S,
    NO_LOCK,
    NOT_ELIGIBLE,
    UNREACHABLE_S,
    Disruption,
    Prices,
    Problem,
    Risk,
)
from tests.naive import naive_time_route
from tests.problems import BreakSpec, OrderSpec, ShiftSpec, build_problem

DAY_S: Final = 160
"""From the start of one day to the start of the next; shifts begin in its first 10 seconds and last 35 to 110."""

FEATURES: Final = (
    "windows",
    "several_windows",
    "due",
    "soft_due",
    "agreed",
    "breaks",
    "overtime",
    "max_visits",
    "parts",
    "tools",
    "depots",
    "service_permille",
    "eligibility",
    "preference",
    "locks",
    "last_stop",
    "end_elsewhere",
    "distance",
    "work_time",
    "shift_used",
    "profiles",
    "unreachable",
    "disruption",
    "risk",
)
"""Everything that `random_problem` switches on or off."""

_RARE = {"unreachable": 0.15, "max_visits": 0.35}


def random_problem(
    seed: int,
    *,
    n_orders: int | None = None,
    max_orders: int = 7,
    max_shifts: int = 3,
    features: Collection[str] | None = None,
) -> Problem:
    """Draw a problem; `n_orders` and `features` (of `FEATURES`) are drawn as well unless given."""
    return _Draw(seed, features).problem(n_orders, max_orders, max_shifts)


class _Draw:
    """The generator of one problem."""

    def __init__(self, seed: int, features: Collection[str] | None) -> None:
        self.rng = np.random.default_rng(seed)
        drawn = {name for name in FEATURES if self.chance(_RARE.get(name, 0.45))}
        self.features = drawn if features is None else set(features)

    def pick(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high, endpoint=True))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def has(self, feature: str, share: float = 1.0) -> bool:
        """Whether the feature is on, and then with a chance of `share` for this order or shift."""
        return feature in self.features and self.chance(share)

    def problem(self, n_orders: int | None, max_orders: int, max_shifts: int) -> Problem:
        n = self.pick((max_orders + 1) // 2, max_orders) if n_orders is None else n_orders
        n_shifts = self.pick(1, max_shifts)
        n_days = self.pick(1, 2) if n_shifts > 1 else 1
        n_depots = self.pick(1, 2) if self.has("depots") else 0
        n_profiles = 2 if self.has("profiles") else 1
        shift_places = 3
        places = n + shift_places + n_depots
        problem = build_problem(
            [self.order(shift_places + j, n_days, n_shifts) for j in range(n)],
            [self.shift(s % n_days, n_profiles) for s in range(n_shifts)],
            travel_s=[self.travel_s(places) for _ in range(n_profiles)],
            distance_m=[self.distance_m(places) for _ in range(n_profiles)],
            depots=range(n + shift_places, places),
            prices=self.prices(),
        )
        if "locks" in self.features:
            problem = self.with_locks(problem)
        return replace(
            problem,
            disruption=self.disruption(problem) if "disruption" in self.features else None,
            risk=self.risk(problem.n_orders) if "risk" in self.features else None,
        )

    def order(self, location: int, n_days: int, n_shifts: int) -> OrderSpec:
        horizon_s = n_days * DAY_S - 40
        agreed_s = self.pick(5, horizon_s - 30)
        is_agreed = self.has("agreed", 0.6)
        windows = self.windows(n_days, horizon_s)
        if is_agreed:
            windows = ((max(0, agreed_s - self.pick(0, 10)), agreed_s + self.pick(15, 80)),)
        eligibility = {}
        for shift in range(n_shifts):
            if self.has("eligibility", 0.3):
                eligibility[shift] = NOT_ELIGIBLE
            elif self.has("preference", 0.4):
                eligibility[shift] = ELIGIBLE_NOT_PREFERRED
        return OrderSpec(
            location=location,
            service_s=self.pick(3, 16),
            windows=windows,
            due_s=self.pick(0, horizon_s - 20) if self.has("due", 0.7) else 2**40,
            soft_due_s=self.pick(0, horizon_s - 20) if self.has("soft_due", 0.7) else 2**40,
            buffer_from_s=agreed_s if is_agreed else 2**40,
            broken_from_s=agreed_s + self.pick(2, 12) if is_agreed else 2**40,
            missed_cost=self.pick(5, 80),
            unassigned_cost=self.pick(40, 300),
            parts={part: self.pick(0, 2) for part in ("ont", "splitter") if self.has("parts", 0.6)},
            tools=frozenset(tool for tool in ("splicer", "ladder") if self.has("tools", 0.3)),
            eligibility=eligibility,
        )

    def windows(self, n_days: int, horizon_s: int) -> tuple[tuple[int, int], ...]:
        if self.has("several_windows", 0.7):
            moments = np.sort(self.rng.choice(horizon_s, size=2 * self.pick(2, 3), replace=False)).tolist()
            return tuple(zip(moments[::2], moments[1::2], strict=True))
        if self.has("windows", 0.7):
            opens = self.pick(0, horizon_s - 20)
            return ((opens, opens + self.pick(0, 60)),)
        if self.has("windows", 0.05):
            return ()
        return ((0, n_days * DAY_S),)

    def shift(self, day: int, n_profiles: int) -> ShiftSpec:
        start_s = day * DAY_S + self.pick(0, 10)
        has_overtime = self.has("overtime", 0.8)
        end_s = start_s + (self.pick(35, 75) if has_overtime else self.pick(60, 110))
        start = self.pick(0, 2)
        end = self.pick(0, 2) if "end_elsewhere" in self.features else start
        return ShiftSpec(
            profile=self.pick(0, n_profiles - 1),
            start=start,
            end=LAST_STOP if self.has("last_stop", 0.6) else end,
            departure_s=start_s,
            end_s=end_s,
            latest_s=end_s + (self.pick(5, 40) if has_overtime else 0),
            max_visits=self.pick(1, 4) if self.has("max_visits", 0.7) else 99,
            service_permille=self.pick(600, 1_500) if self.has("service_permille") else 1_000,
            breaks=self.breaks(start_s) if "breaks" in self.features else (),
            parts={part: self.pick(0, 3) for part in ("ont", "splitter") if "parts" in self.features},
            tools=frozenset(tool for tool in ("splicer", "ladder") if self.has("tools", 0.5)),
        )

    def breaks(self, start_s: int) -> tuple[BreakSpec, ...]:
        """None to two breaks in order; they may overlap."""
        drawn = []
        for _ in range(self.pick(0, 2)):
            earliest, duration = start_s + self.pick(0, 75), self.pick(4, 15)
            latest = earliest + duration + self.pick(0, 20)
            drawn.append(BreakSpec(earliest_s=earliest, latest_s=latest, duration_s=duration))
        drawn.sort(key=lambda pause: pause.earliest_s)
        keys = [(b.earliest_s, b.earliest_s + b.duration_s, b.latest_s - b.duration_s) for b in drawn]
        in_order = all(a <= b for one, other in pairwise(keys) for a, b in zip(one, other, strict=True))
        return tuple(drawn) if in_order else self.breaks(start_s)

    def travel_s(self, n_places: int) -> I32:
        """Manhattan distances with a random surcharge each way, closed under the triangle inequality."""
        travel = self.distance_m(n_places, side=8).astype(np.int64)
        travel += self.rng.integers(0, 4, size=travel.shape)
        if self.has("unreachable"):
            island = self.pick(0, n_places - 1)
            travel[:, island] = UNREACHABLE_S
            if self.chance(0.5):
                travel[island, :] = UNREACHABLE_S
        np.fill_diagonal(travel, 0)
        for middle in range(n_places):
            travel = np.minimum(travel, travel[:, middle, None] + travel[None, middle, :])
        return np.minimum(travel, UNREACHABLE_S).astype(np.int32)

    def distance_m(self, n_places: int, *, side: int = 12) -> I32:
        points = self.rng.integers(0, side, size=(n_places, 2))
        distance: I32 = np.abs(points[:, None] - points[None]).sum(axis=2).astype(np.int32)
        return distance

    def prices(self) -> Prices:
        return Prices(
            travel=self.pick(0, 2) if self.chance(0.3) else 1,
            distance=self.pick(1, 3) if self.has("distance") else 0,
            work_time=self.pick(1, 2) if self.has("work_time") else 0,
            overtime=self.pick(0, 2),
            shift_used=self.pick(5, 50) if self.has("shift_used") else 0,
            preference=self.pick(5, 60),
            agreed_buffer=self.pick(1, 3),
            agreed_broken=self.pick(5, 60),
            soft_due=self.pick(1, 2),
            soft_due_cap_s=self.pick(5, 30),
            tardiness=self.pick(1, 2),
            tardiness_cap_s=self.pick(10, 60),
        )

    def with_locks(self, problem: Problem) -> Problem:
        """Lock up to three orders to shifts, wherever the locked orders alone are feasible."""
        routes: list[tuple[int, ...]] = [()] * problem.n_shifts
        lock_shift = np.full(problem.n_orders, NO_LOCK, dtype=np.int32)
        for order in self.rng.permutation(problem.n_orders).tolist()[: self.pick(1, 3)]:
            shift = self.pick(0, problem.n_shifts - 1)
            route = (*routes[shift], order)
            if naive_time_route(problem, shift, route) is not None:
                routes[shift] = route
                lock_shift[order] = shift
        return replace(problem, order_lock_shift=lock_shift, locked_routes=tuple(routes))

    def disruption(self, problem: Problem) -> Disruption:
        """Publish about half of the free orders, each on one shift; some of them may not start later than told."""
        n, n_shifts = problem.n_orders, problem.n_shifts
        assignment_cost = np.zeros((n, n_shifts), np.int32)
        moved_from_s = np.full(n, NEVER_S, np.int64)
        moved_cost, dropped_cost = np.zeros(n, np.int64), np.zeros(n, np.int64)
        for order in range(n):
            if problem.order_lock_shift[order] != NO_LOCK or self.chance(0.4):
                continue
            assignment_cost[order] = self.rng.integers(1, 40, n_shifts)
            assignment_cost[order, self.pick(0, n_shifts - 1)] = 0
            dropped_cost[order] = self.pick(0, 100)
            if self.chance(0.6):
                moved_from_s[order], moved_cost[order] = self.pick(5, 200), self.pick(1, 50)
        return Disruption(
            assignment_cost=assignment_cost,
            moved_from_s=moved_from_s,
            moved_cost=moved_cost,
            dropped_cost=dropped_cost,
        )

    def risk(self, n: int) -> Risk:
        """Price about half of the starts and of the ends, from some moment on."""

        def ramp() -> tuple[I64, I64, I64]:
            is_priced = self.rng.random(n) < 0.5
            from_s = np.where(is_priced, self.rng.integers(0, 200, n), NEVER_S)
            return from_s, np.where(is_priced, self.rng.integers(1, 4, n), 0), self.rng.integers(0, 40, n)

        start_from_s, start_rate, start_cap_s = ramp()
        end_from_s, end_rate, end_cap_s = ramp()
        return Risk(
            start_from_s=start_from_s,
            start_rate=start_rate,
            start_cap_s=start_cap_s,
            end_from_s=end_from_s,
            end_rate=end_rate,
            end_cap_s=end_cap_s,
        )
