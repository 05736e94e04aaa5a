"""The published dynamic technician instances: what it costs not to know requests before they are made.

Pillac, Guéret, Medaglia (2012), "On the dynamic technician routing and scheduling problem": requests become known at
their release time; the rest of the plan is then searched anew, from the plan in force, under an iteration limit. What
a technician has set out for stays. `python -m benchmarks.replay.trsp` runs them and prints the table.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.instances.instance import InstanceError
from benchmarks.instances.trsp_dynamic import FROM_THE_START, DynamicInstance, dynamic_name, read_trsp_dynamic
from benchmarks.replay.trsp_crew import Crew, Leaving, Remaining
from benchmarks.replay.trsp_results import DynamicResult, table
from benchmarks.replay.trsp_room import drawn_copies, plan_with_room
from solver.cost import RouteTimer
from solver.problem import Problem
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit

ITERATIONS: Final = 500
FIRST_ITERATIONS: Final = 10_000
LEAVING: Final[Leaving] = "shortest"
ROOM: Final = 0
EVERYBODY_S: Final = 2**39
"""After everything that can happen in an instance."""
UNPUBLISHED: Final = "RC203.100_4-"
"""Beginning of the names of releases whose static instance is not among the published ones."""


@dataclass(frozen=True, kw_only=True)
class DynamicPolicy:
    """How a dynamic instance is replayed.

    Attributes
    ----------
    iterations, first_iterations
        Of each search during the day, and of the search before it.
    leaving
        When technicians leave home first.
    room
        How many copies of known requests are planned along as long as requests may come (the end of that is known: the
        last release); 0 = none.
    seed
        Of the searches and the copies.
    """

    iterations: int = ITERATIONS
    first_iterations: int = FIRST_ITERATIONS
    leaving: Leaving = LEAVING
    room: int = ROOM
    seed: int = 1


def replay(instance: DynamicInstance, *, name: str, policy: DynamicPolicy) -> DynamicResult:
    """Replay the day of an instance: the same arguments, the same result."""
    static, release_s = instance.static.problem, instance.release_s
    every = range(static.n_orders)
    crew = Crew(static, leaving=policy.leaving)
    stranded: set[int] = set()
    search = _Searcher(crew, policy, last_s=int(release_s.max()))
    nothing: Routes = ((),) * static.n_shifts
    left = crew.remaining([order for order in every if release_s[order] == FROM_THE_START], now_s=0)
    routes = search.planned(left, nothing, known=left.orders, now_s=0, iterations=policy.first_iterations)
    for moment_s in sorted({int(moment) for moment in release_s if moment != FROM_THE_START}):
        rest = crew.move(left, routes, until_s=moment_s)
        new = [order for order in every if release_s[order] == moment_s]
        stranded.update(order for order in new if not _can_be_reached(crew, order, now_s=moment_s))
        served = crew.served
        still = [order for order in left.orders if order not in served and _closes_s(static, order) >= moment_s]
        before, left = left, crew.remaining((*still, *new), now_s=moment_s)
        number_of = {order: number for number, order in enumerate(left.orders)}
        start = tuple(tuple(number_of[before.orders[k]] for k in route if k < len(before.orders)) for route in rest)
        known = [order for order in every if release_s[order] <= moment_s]
        routes = search.planned(left, start, known=known, now_s=moment_s, iterations=policy.iterations)
    crew.move(left, routes, until_s=EVERYBODY_S)
    executed = tuple(tuple(worker.served) for worker in crew.workers)
    _verify(static, executed)
    unserved = set(every) - crew.served
    beyond_reach = _beyond_reach(instance)
    reference = instance.static.best_known
    if unserved or reference is None:
        reference = instance.static.reported(_offline(static, executed, policy))
    return DynamicResult(
        name=name,
        group=instance.static.group,
        percent=instance.percent,
        seed=policy.seed,
        is_tuning=instance.static.may_tune,
        requests=static.n_orders,
        working_time=instance.static.reported(crew.working_s),
        reference=reference,
        beyond_reach=len(unserved & beyond_reach),
        stranded=len((unserved & stranded) - beyond_reach),
        given_up=len(unserved - stranded - beyond_reach),
    )


class _Searcher:
    """Searches under a policy; the copies it plans along differ from search to search."""

    def __init__(self, crew: Crew, policy: DynamicPolicy, *, last_s: int) -> None:
        self._crew = crew
        self._policy = policy
        self._last_s = last_s
        self._generator = np.random.default_rng(policy.seed)

    def planned(self, left: Remaining, start: Routes, *, known: Sequence[int], now_s: int, iterations: int) -> Routes:
        """Search for the best way to do what is left, from the plan in force on."""
        closes_s = self._crew.static.window_close_s.tolist()
        count = self._policy.room if now_s < self._last_s else 0
        return plan_with_room(
            self._crew,
            left,
            start,
            copied=drawn_copies(known, closes_s, now_s=now_s, count=count, generator=self._generator),
            now_s=now_s,
            iterations=iterations,
            seed=self._policy.seed,
        )


def _closes_s(problem: Problem, order: int) -> int:
    return int(problem.window_close_s[problem.order_window_first[order]])


def _can_be_reached(crew: Crew, order: int, *, now_s: int) -> bool:
    """Tell whether some technician could serve an order with nothing else left to do."""
    left = crew.remaining([order], now_s=now_s)
    timer = RouteTimer(left.problem)
    alone = left.with_pins(((0,),) * left.problem.n_shifts)
    return any(timer.time_route(shift, route) is not None for shift, route in enumerate(alone))


def _beyond_reach(instance: DynamicInstance) -> set[int]:
    """Return the requests that nobody could serve who sets out from home when they become known.

    Whatever was decided before: only a technician who by chance was nearer could.
    """
    at_home = Crew(instance.static.problem)
    return {
        order
        for order, moment_s in enumerate(instance.release_s)
        if not _can_be_reached(at_home, order, now_s=max(0, int(moment_s)))
    }


def _offline(static: Problem, executed: Routes, policy: DynamicPolicy) -> int:
    """Return the working time of our own plan for the requests that were served, all of them known."""
    served = [order for route in executed for order in route]
    known = Crew(static).remaining(served, now_s=0)
    return solve(known.problem, stop=IterationLimit(policy.first_iterations), seed=policy.seed).solution.cost


def _verify(static: Problem, executed: Routes) -> None:
    """Judge the day by the static problem: no window is missed, no skill, tool or part was lacking.

    Raises
    ------
    ValueError
        If a route breaks a rule: a fault of the replay.
    """
    timer = RouteTimer(static)
    for shift, route in enumerate(executed):
        if route and timer.time_route(shift, route) is None:
            raise ValueError(f"shift {shift} served {route}, which breaks a rule of the static problem")


def _run(path: Path, *, policy: DynamicPolicy) -> DynamicResult:
    return replay(read_trsp_dynamic(path), name=dynamic_name(path), policy=policy)


def main(arguments: list[str]) -> None:
    """Read the options, replay the instances, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay.trsp", description=__doc__.split("\n")[0])
    parser.add_argument("--instances", type=Path, default=Path("../shared/instances"), help="folder of instances")
    parser.add_argument("--only", default="", help="only instances whose names begin with this: C1, or R203-50")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="of each search during the day")
    parser.add_argument("--first-iterations", type=int, default=FIRST_ITERATIONS, help="of the search before the day")
    parser.add_argument("--leaving", choices=("early", "shortest", "late"), default=LEAVING, help="when home is left")
    parser.add_argument("--room", type=int, default=ROOM, help="copies of known requests that are planned along")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=1, help="instances side by side")
    parser.add_argument("--out", type=Path, help="JSON Lines file that results are written to, one after the other")
    chosen = parser.parse_args(arguments)
    folder = chosen.instances / "trsp" / "dynamic"
    paths = [
        path
        for path in sorted(folder.glob("*.txt"))
        if dynamic_name(path).startswith(chosen.only) and not path.name.startswith(UNPUBLISHED)
    ]
    if not paths:
        sys.exit(f"error: folder is {folder}, expected instances there\nMaybe name it with --instances")
    policy = DynamicPolicy(
        iterations=chosen.iterations,
        first_iterations=chosen.first_iterations,
        leaving=chosen.leaving,
        room=chosen.room,
        seed=chosen.seed,
    )
    results: list[DynamicResult] = []
    try:
        with ProcessPoolExecutor(max_workers=chosen.parallel) as pool:
            for result in pool.map(partial(_run, policy=policy), paths):
                results.append(result)
                print(f"{len(results)}/{len(paths)} {result.name}", file=sys.stderr)
                if chosen.out is not None:
                    lines = "".join(json.dumps(asdict(result)) + "\n" for result in results)
                    chosen.out.write_text(lines, encoding="utf-8")
    except InstanceError as error:
        sys.exit(f"error: {error}")
    print(_report(results))


def _report(results: Sequence[DynamicResult]) -> str:
    kept_apart = [result for result in results if not result.is_tuning]
    parts = [table(results, by="percent"), table(results, by="group")]
    if kept_apart:
        parts.append(f"Instances that no setting was chosen on:\n\n{table(kept_apart, by='percent')}")
    return "\n\n".join(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
