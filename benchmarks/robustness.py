"""How much the answer depends on the seed of the search: districts planned several times each.

`python -m benchmarks.robustness -o FILE` plans twenty named districts at two loads with three seeds, 30 s of processor
time each (so that other work on the machine does not count), and tells the spread of their costs: (highest - lowest) /
mean. Two costs are looked at: without the prices of orders that no shift can serve, and without what no plan can avoid
(of each order, the price of being late or left out that it has even if it is the only one). Runs that FILE has are not
made again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.cities.generate import generate_city
from benchmarks.cities.spec import CitySpec
from dispatch.planner.encode import encode
from dispatch.policy.settings import effective_policy, load_policy
from solver.cost import RouteTimer
from solver.problem import Problem
from solver.solve import solve
from solver.stop import TimeLimit

CITIES: Final = range(101, 121)
LOADS: Final = (0.9, 1.0)
SEEDS: Final = (1, 2, 3)


def unavoidable(problem: Problem) -> tuple[int, int]:
    """Return the prices of orders that no shift can serve, and those and all other prices that no plan can avoid."""
    timer = RouteTimer(problem)
    unservable = least = 0
    for order in range(problem.n_orders):
        alone = (timer.time_route(shift, [order]) for shift in range(problem.n_shifts))
        prices = [timed.terms.promise_missed + timed.terms.tardiness for timed in alone if timed is not None]
        left_out = int(problem.order_unassigned_cost[order])
        unservable += 0 if prices else left_out
        least += min([*prices, left_out])
    return unservable, least


def runs(limit_s: float, known: set[tuple[int, float, int]]) -> Iterator[dict[str, Any]]:
    """Return the result of every run that is not known yet."""
    for city in CITIES:
        for load in LOADS:
            wanted = [seed for seed in SEEDS if (city, load, seed) not in known]
            if not wanted:
                continue
            request = generate_city(CitySpec(size="district", seed=city, load=load))
            problem = encode(request, effective_policy(request, load_policy())).problem
            unservable, least = unavoidable(problem)
            for seed in wanted:
                stop = TimeLimit(limit_s, time.process_time)
                found = solve(problem, stop=stop, seed=seed, threads=1, clock=time.process_time)
                yield {
                    "city": city,
                    "load": load,
                    "seed": seed,
                    "cost": found.solution.cost,
                    "unservable": unservable,
                    "unavoidable": least,
                }


def spreads(results: Sequence[dict[str, Any]], load: float, less: str) -> list[float]:
    """Return the spread of each city whose seeds are all there, costs `less` a field of the result."""
    found = []
    for city in CITIES:
        own = [one for one in results if (one["city"], one["load"]) == (city, load)]
        costs = [one["cost"] - one[less] for one in own]
        if len(costs) == len(SEEDS):
            found.append((max(costs) - min(costs)) / max(1.0, statistics.mean(costs)))
    return found


def main() -> None:
    """Make the runs that are missing and print the spreads."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=__doc__.split("\n")[0])
    parser.add_argument("-o", "--output", type=Path, required=True, help="file that lines are added to")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds of processor time of each run")
    args = parser.parse_args()
    lines = args.output.read_text(encoding="utf-8").splitlines() if args.output.exists() else []
    results = [json.loads(line) for line in lines]
    known = {(one["city"], one["load"], one["seed"]) for one in results}
    for result in runs(args.limit, known):
        results.append(result)
        with args.output.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(result) + "\n")
    for load in LOADS:
        for less, name in (("unservable", "orders nobody can serve"), ("unavoidable", "all that no plan can avoid")):
            shares = spreads(results, load, less)
            if shares:
                text = f"median {statistics.median(shares):.2%}, worst {max(shares):.2%} of {len(shares)} districts"
                print(f"load {load}, without the prices of {name}: {text}")


if __name__ == "__main__":
    main()
