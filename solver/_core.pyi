"""The compiled search core (solver/core)."""

from collections.abc import Sequence
from typing import TypeAlias

from solver.bounds_pricing import PricingTask
from solver.live import Guest
from solver.params import SearchParams
from solver.problem import Problem as ProblemArrays
from solver.risk import ChanceTables, OutcomeCounts, SimulatedRoutes

Timed: TypeAlias = tuple[
    int,
    list[tuple[int, int, int, int, int, int]],
    list[tuple[int, int, int]],
    tuple[int, int, int, int, int] | None,
    int,
    int,
    int,
    list[int],
    int,
]
"""Departure, visits, breaks, depot stop, end, travel and distance of the last leg, cost by term, total cost."""

class Problem:
    def __init__(self, source: ProblemArrays) -> None: ...
    @property
    def teams(self) -> list[int]:
        """Number of each shift's team: shifts that no rule and no price tells apart."""
    @property
    def is_plain(self) -> bool:
        """One window an order, no breaks, nothing costs by the hour."""
    def time_route(self, shift: int, orders: Sequence[int]) -> Timed | None: ...

class Neighbours:
    def __init__(self, problem: Problem, params: SearchParams) -> None: ...

class Search:
    def __init__(
        self,
        problem: Problem,
        neighbours: Neighbours,
        params: SearchParams,
        seed: int,
        initial: Sequence[Sequence[int]],
    ) -> None: ...
    def run(self, iterations: int, progress_begin: float, progress_end: float, total_iterations: int) -> None: ...
    def adopt(self, routes: Sequence[Sequence[int]], cost: int) -> None: ...
    def take_part(self, routes: Sequence[Sequence[int]], shifts: Sequence[int], unassigned: Sequence[int]) -> None: ...
    def current(self) -> list[list[int]]: ...
    def best(self) -> list[list[int]]: ...
    @property
    def best_cost(self) -> int: ...
    @property
    def iterations(self) -> int: ...
    @property
    def is_trivial(self) -> bool: ...

class LiveRoutes:
    """Routes of the running day (solver/core/live.h)."""

    def __init__(self, problem: Problem, spare: int) -> None: ...
    def set_route(self, shift: int, orders: Sequence[int]) -> bool: ...
    def add(self, guest: Guest) -> int: ...
    def forget(self, order: int) -> None: ...
    def is_known(self, order: int) -> bool: ...
    def is_guest(self, order: int) -> bool: ...
    def shift_of(self, order: int) -> int:
        """Return the shift of the order's route; -1 = in none."""

    def insertions(self, order: int, most: int) -> list[tuple[int, int, int]]:
        """Return cost, shift and place of the cheapest insertion into each of the cheapest shifts."""

    def insertions_within(
        self, order: int, window_sets: Sequence[Sequence[tuple[int, int]]], most: int
    ) -> list[list[tuple[int, int, int]]]:
        """Return `insertions` for each set of windows in place of the order's own."""

    def insert(self, order: int, shift: int, at: int) -> bool: ...
    def remove(self, order: int) -> bool: ...
    def orders(self, shift: int) -> list[int]: ...
    def time_route(self, shift: int, orders: Sequence[int]) -> Timed | None: ...
    def time_route_within(
        self, shift: int, orders: Sequence[int], order: int, windows: Sequence[tuple[int, int]]
    ) -> Timed | None:
        """Return `time_route` while `order` has other windows."""

    @property
    def n_places(self) -> int: ...

class Pricer:
    """Routes of least reduced cost of one shift (solver/core/pricing.h)."""

    def __init__(self, problem: Problem, shift: int) -> None: ...
    def price(self, task: PricingTask) -> tuple[int, bool, int, list[tuple[int, list[int]]]]:
        """Return a bound on reduced costs, whether it is the least one, the number of labels, routes with costs."""

    def cancel(self) -> None:
        """Have this and every later call give up."""

    @property
    def orders(self) -> list[int]:
        """Orders that the shift may serve."""

def check_routes(routes: SimulatedRoutes, kinds: int) -> None:
    """Raise ValueError if the values of the arrays are none that can be driven."""

def simulate_routes(
    routes: SimulatedRoutes,
    chances: ChanceTables,
    outcomes: OutcomeCounts,
    seed: int,
    scenarios: int,
    first: int,
    last: int,
) -> None:
    """Drive the routes `first .. last - 1` in random scenarios and write their outcomes (solver/core/risk.h)."""
