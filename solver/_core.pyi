"""The compiled search core (solver/core)."""

from collections.abc import Sequence

from solver.params import SearchParams
from solver.problem import Problem as ProblemArrays

class Problem:
    def __init__(self, source: ProblemArrays) -> None: ...
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
    def best(self) -> list[list[int]]: ...
    @property
    def best_cost(self) -> int: ...
    @property
    def iterations(self) -> int: ...
    @property
    def is_trivial(self) -> bool: ...
