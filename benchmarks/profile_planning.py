"""Measures one planning run against its budgets: first plan, phases around the search, memory, iterations per second.

`python -m benchmarks.profile_planning` (or `make bench`) prints a table for a district (10 s) and a city over three
days (60 s); see docs/benchmarking.md for the protocol and past figures.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.domain.files import read_request, write_plan, write_request
from dispatch.planner.encode import encode
from dispatch.planner.plan import PlanOptions, make_plan
from dispatch.planner.timings import PlanningTimings
from dispatch.policy.settings import effective_policy, load_policy
from solver.solve import solve
from solver.stop import IterationLimit


@dataclass(frozen=True, kw_only=True)
class Case:
    """A city to plan and how long to search."""

    spec: CitySpec
    limit_s: float


CASES = (
    Case(spec=CitySpec(size="district", seed=7, load=0.9, days=1), limit_s=10.0),
    Case(spec=CitySpec(size="city", seed=7, load=0.9, days=3), limit_s=60.0),
)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one case showed; seconds, MiB, iterations of all threads a second."""

    name: str
    first_plan_s: float
    around_search_s: float
    peak_mib: float
    iterations_per_s: float
    cost: int
    phases: str


def measure(case: Case, threads: int | None) -> Figures:
    """Plan one case from its file to a written plan; the first plan is timed in a search of its own."""
    with tempfile.TemporaryDirectory() as folder:
        request_file = Path(folder) / "request.json"
        write_request(request_file, generate_city(case.spec))
        policy = load_policy(None)
        timings = PlanningTimings(time.perf_counter)
        with timings.measure("read"):
            request = read_request(request_file)
        options = PlanOptions(limit_s=case.limit_s, threads=threads)
        plan = make_plan(request, policy=policy, options=options, clock=time.perf_counter, timings=timings)
        with timings.measure("write"):
            write_plan(Path(folder) / "plan.json", plan)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    problem = encode(request, effective_policy(request, policy)).problem
    first = solve(problem, stop=IterationLimit(0), clock=time.perf_counter)
    spent = timings.seconds
    return Figures(
        name=f"{case.spec.size}, {case.spec.days} day(s), {len(request.orders)} orders, {problem.n_shifts} shifts",
        first_plan_s=first.trajectory[0].elapsed_s,
        around_search_s=sum(seconds for phase, seconds in spent.items() if phase != "search"),
        peak_mib=peak_mib,
        iterations_per_s=plan.run.iterations / spent["search"] if plan.run else 0.0,
        cost=plan.cost.total,
        phases=", ".join(f"{phase} {seconds:.2f}" for phase, seconds in spent.items()),
    )


def main(arguments: list[str]) -> None:
    """Measure every case, or those of one size, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["district", "city"], help="only this one")
    parser.add_argument("--limit", type=float, help="seconds of search instead of the case's own")
    parser.add_argument("--threads", type=int, help="threads of the search; default: all cores")
    chosen = parser.parse_args(arguments)
    table = Table("case", "first plan s", "around the search s", "peak MiB", "iterations/s", "cost", "seconds by phase")
    for case in CASES:
        if chosen.size not in (None, case.spec.size):
            continue
        limited = Case(spec=case.spec, limit_s=chosen.limit or case.limit_s)
        f = measure(limited, chosen.threads)
        table.add_row(
            f.name,
            f"{f.first_plan_s:.3f}",
            f"{f.around_search_s:.2f}",
            f"{f.peak_mib:.0f}",
            f"{f.iterations_per_s:,.0f}",
            f"{f.cost:,}",
            f.phases,
        )
    Console(width=160).print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
