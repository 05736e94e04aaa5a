"""The compiled search core (solver/core)."""

from collections.abc import Sequence

from solver.bounds_pricing import PricingTask
from solver.params import SearchParams
from solver.problem import Problem as ProblemArrays
from solver.risk import ChanceTables, OutcomeCounts, SimulatedRoutes

class Problem:
    def __init__(self, source: ProblemArrays) -> None: ...
    @property
    def teams(self) -> list[int]:
        """Number of each shift's team: shifts that no rule and no price tells apart."""
    @property
    def is_plain(self) -> bool:
        """One window an order, no breaks, nothing costs by the hour."""
    def time_route(
        self, shift: int, orders: Sequence[int]
    ) -> (
        tuple[
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
        | None
    ): ...

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
