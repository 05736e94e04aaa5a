"""Times the evaluation of a whole solution and slices of the search: 100 iterations from the same routes each time."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.micro.days import Size, day
from solver import _core
from solver.cost import RouteTimer
from solver.params import SearchParams

_ITERATIONS = 100
_HALFWAY = 0.5
"""Where in the run the slice lies: the temperature is that of the middle."""


def measure_evaluate_district(benchmark: BenchmarkFixture) -> None:
    """All routes of a district, times and costs, as Python objects."""
    benchmark(RouteTimer(day("district").problem).evaluate, day("district").routes)


def measure_evaluate_city(benchmark: BenchmarkFixture) -> None:
    """All routes of a city."""
    benchmark(RouteTimer(day("city").problem).evaluate, day("city").routes)


def measure_slice_district(benchmark: BenchmarkFixture) -> None:
    """A hundred iterations on a district."""
    _slice(benchmark, "district", rounds=60)


def measure_slice_city(benchmark: BenchmarkFixture) -> None:
    """A hundred iterations on a city."""
    _slice(benchmark, "city", rounds=20)


def _slice(benchmark: BenchmarkFixture, size: Size, *, rounds: int) -> None:
    problem = _core.Problem(day(size).problem)
    params = SearchParams().for_problem(is_plain=problem.is_plain)
    neighbours = _core.Neighbours(problem, params)

    def begin() -> tuple[tuple[_core.Search, int, float, float, int], dict[str, object]]:
        search = _core.Search(problem, neighbours, params, 1, day(size).routes)
        return (search, _ITERATIONS, _HALFWAY, _HALFWAY, 0), {}

    benchmark.pedantic(_core.Search.run, setup=begin, rounds=rounds, warmup_rounds=2)  # type: ignore[no-untyped-call]
