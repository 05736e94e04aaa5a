"""Times the timing of one route: 5 to 100 visits, without and with breaks."""

from __future__ import annotations

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.micro.days import road
from solver.cost import RouteTimer


def _time_route(benchmark: BenchmarkFixture, visits: int, *, has_breaks: bool) -> None:
    core = RouteTimer(road(visits, has_breaks=has_breaks)).core
    benchmark(core.time_route, 0, list(range(visits)))


def measure_route_of_5_visits(benchmark: BenchmarkFixture) -> None:
    """Five visits: a route in the field."""
    _time_route(benchmark, 5, has_breaks=False)


def measure_route_of_12_visits(benchmark: BenchmarkFixture) -> None:
    """Twelve visits: a full day in the field."""
    _time_route(benchmark, 12, has_breaks=False)


def measure_route_of_50_visits(benchmark: BenchmarkFixture) -> None:
    """Fifty visits: a long route of the published instances."""
    _time_route(benchmark, 50, has_breaks=False)


def measure_route_of_100_visits(benchmark: BenchmarkFixture) -> None:
    """A hundred visits."""
    _time_route(benchmark, 100, has_breaks=False)


def measure_route_of_5_visits_with_breaks(benchmark: BenchmarkFixture) -> None:
    """Five visits, one break."""
    _time_route(benchmark, 5, has_breaks=True)


def measure_route_of_12_visits_with_breaks(benchmark: BenchmarkFixture) -> None:
    """Twelve visits, two breaks."""
    _time_route(benchmark, 12, has_breaks=True)


def measure_route_of_50_visits_with_breaks(benchmark: BenchmarkFixture) -> None:
    """Fifty visits, eight breaks."""
    _time_route(benchmark, 50, has_breaks=True)


def measure_route_of_100_visits_with_breaks(benchmark: BenchmarkFixture) -> None:
    """A hundred visits, seventeen breaks."""
    _time_route(benchmark, 100, has_breaks=True)
