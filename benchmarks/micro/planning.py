"""Times what stands around the search: a request becomes a problem, a plan is checked."""

from __future__ import annotations

import time

from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.micro.days import Size, day
from dispatch.check import check
from dispatch.planner.encode import encode
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.policy.settings import effective_policy, load_policy


def measure_encode_district(benchmark: BenchmarkFixture) -> None:
    """A district's request to its problem, travel included."""
    _encode(benchmark, "district", rounds=20)


def measure_encode_city(benchmark: BenchmarkFixture) -> None:
    """A city's request to its problem, travel included."""
    _encode(benchmark, "city", rounds=5)


def measure_check_district(benchmark: BenchmarkFixture) -> None:
    """The independent check of a district's plan."""
    _check(benchmark, "district", rounds=20)


def measure_check_city(benchmark: BenchmarkFixture) -> None:
    """The independent check of a city's plan."""
    _check(benchmark, "city", rounds=5)


def _encode(benchmark: BenchmarkFixture, size: Size, *, rounds: int) -> None:
    request = day(size).request
    benchmark.pedantic(encode, args=(request, effective_policy(request)), rounds=rounds, warmup_rounds=1)  # type: ignore[no-untyped-call]


def _check(benchmark: BenchmarkFixture, size: Size, *, rounds: int) -> None:
    request, policy = day(size).request, load_policy()
    options = PlanOptions(limit_s=None, iterations=500, threads=1)
    plan = make_plan(request, policy=policy, options=options, clock=time.perf_counter)
    benchmark.pedantic(check, args=(request, plan), kwargs={"policy": policy}, rounds=rounds, warmup_rounds=1)  # type: ignore[no-untyped-call]
