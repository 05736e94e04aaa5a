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
from statistics import fmean, median
from typing import Final

from benchmarks.instances.instance import InstanceError
from benchmarks.instances.trsp_dynamic import DynamicInstance, dynamic_name, read_trsp_dynamic
from benchmarks.replay.trsp_crew import Crew
from solver.cost import RouteTimer
from solver.problem import Problem
from solver.solution import Routes
from solver.solve import solve
from solver.stop import IterationLimit

ITERATIONS: Final = 5_000
FIRST_ITERATIONS: Final = 50_000
EVERYBODY_S: Final = 2**39
"""After everything that can happen in an instance."""


@dataclass(frozen=True, kw_only=True)
class DynamicResult:
    """One replayed instance.

    Attributes
    ----------
    working_time
        Of all technicians, from first leaving home to last coming back, in published units.
    offline
        Working time of our own plan for the requests that were served, made with all of them known, under the same
        iteration limit as all searches of the day together.
    best_known
        Least published working time if everything is known; None = not published.
    hopeless
        Requests that nobody could reach in time when they became known, whatever else were given up.
    lost
        Requests that somebody could have reached then and that were not served all the same.
    """

    name: str
    group: str
    percent: int
    seed: int
    working_time: float
    offline: float
    best_known: float | None
    hopeless: int
    lost: int

    @property
    def cost_of_not_knowing(self) -> float | None:
        """Working time above the static best known one, as a fraction of it; None where a request was not served."""
        if self.best_known is None or self.hopeless or self.lost:
            return None
        return self.working_time / self.best_known - 1


def replay(instance: DynamicInstance, *, name: str, iterations: int, first_iterations: int, seed: int) -> DynamicResult:
    """Replay the day of an instance: the same arguments, the same result."""
    static, release_s = instance.static.problem, instance.release_s
    crew = Crew(static)
    known = [order for order in range(static.n_orders) if release_s[order] < 0]
    moments = sorted({int(release_s[order]) for order in range(static.n_orders) if release_s[order] >= 0})
    open_orders, hopeless = known, 0
    nothing: Routes = ((),) * static.n_shifts
    problem, routes = _planned(crew, open_orders, nothing, now_s=0, iterations=first_iterations, seed=seed)
    for moment_s in moments:
        left = crew.move(problem, routes, open_orders, until_s=moment_s)
        served = {order for worker in crew.workers for order in worker.served}
        new = [order for order in range(static.n_orders) if release_s[order] == moment_s]
        before = open_orders
        open_orders = [
            order for order in (*before, *new) if order not in served and _closes_s(static, order) >= moment_s
        ]
        hopeless += sum(_is_hopeless(crew, order, now_s=moment_s) for order in new)
        number_of = {order: number for number, order in enumerate(open_orders)}
        start = tuple(tuple(number_of[before[k]] for k in route if k < len(before)) for route in left)
        problem, routes = _planned(crew, open_orders, start, now_s=moment_s, iterations=iterations, seed=seed)
    crew.move(problem, routes, open_orders, until_s=EVERYBODY_S)
    executed = tuple(tuple(worker.served) for worker in crew.workers)
    _verify(static, executed)
    served_count = sum(map(len, executed))
    known_problem = Crew(static).remaining([order for route in executed for order in route], now_s=0)
    offline = solve(known_problem, stop=IterationLimit(first_iterations + iterations * len(moments)), seed=seed)
    return DynamicResult(
        name=name,
        group=instance.static.group,
        percent=instance.percent,
        seed=seed,
        working_time=instance.static.reported(crew.working_s),
        offline=instance.static.reported(offline.solution.cost),
        best_known=instance.static.best_known,
        hopeless=hopeless,
        lost=static.n_orders - served_count - hopeless,
    )


def _planned(
    crew: Crew, orders: Sequence[int], start: Routes, *, now_s: int, iterations: int, seed: int
) -> tuple[Problem, Routes]:
    """Search for the best way to do what is left, from the plan in force on."""
    problem = crew.remaining(orders, now_s=now_s)
    result = solve(problem, stop=IterationLimit(iterations), seed=seed, initial=crew.with_pins(start, len(orders)))
    return problem, result.solution.routes


def _closes_s(problem: Problem, order: int) -> int:
    return int(problem.window_close_s[problem.order_window_first[order]])


def _is_hopeless(crew: Crew, order: int, *, now_s: int) -> bool:
    """Tell whether no technician could serve an order with nothing else left to do."""
    problem = crew.remaining([order], now_s=now_s)
    timer = RouteTimer(problem)
    alone = crew.with_pins(((0,),) * problem.n_shifts, 1)
    return all(timer.time_route(shift, route) is None for shift, route in enumerate(alone))


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


def table(results: Sequence[DynamicResult]) -> str:
    """Return results by degree of dynamism as a Markdown table; instances where a request was not served are apart."""
    columns = (
        *("released during the day", "instances", "all served", "above static best known", "median", "least", "most"),
        *("above our own with all those known", "hopeless", "lost"),
    )
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for percent in sorted({result.percent for result in results}):
        own = [result for result in results if result.percent == percent]
        costs = sorted(cost for result in own if (cost := result.cost_of_not_knowing) is not None)
        offline = fmean(result.working_time / result.offline - 1 for result in own)
        figures = [fmean(costs), median(costs), costs[0], costs[-1]] if costs else [None] * 4
        shown = " | ".join("-" if figure is None else f"{100 * figure:+.1f} %" for figure in (*figures, offline))
        hopeless, lost = sum(r.hopeless for r in own), sum(r.lost for r in own)
        lines.append(f"| {percent} % | {len(own)} | {len(costs)} | {shown} | {hopeless} | {lost} |")
    return "\n".join(lines)


def _run(path: Path, *, iterations: int, first_iterations: int, seed: int) -> DynamicResult:
    return replay(
        read_trsp_dynamic(path),
        name=dynamic_name(path),
        iterations=iterations,
        first_iterations=first_iterations,
        seed=seed,
    )


def main(arguments: list[str]) -> None:
    """Read the options, replay the instances, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay.trsp", description=__doc__.split("\n")[0])
    parser.add_argument("--instances", type=Path, default=Path("../shared/instances"), help="folder of instances")
    parser.add_argument("--only", default="", help="only instances whose names begin with this: C1, or R203-50")
    parser.add_argument("--iterations", type=int, default=ITERATIONS, help="of each search during the day")
    parser.add_argument("--first-iterations", type=int, default=FIRST_ITERATIONS, help="of the search before the day")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=1, help="instances side by side")
    parser.add_argument("--out", type=Path, help="JSON Lines file that results are written to")
    chosen = parser.parse_args(arguments)
    folder = chosen.instances / "trsp" / "dynamic"
    paths = [path for path in sorted(folder.glob("*.txt")) if dynamic_name(path).startswith(chosen.only)]
    if not paths:
        sys.exit(f"error: folder is {folder}, expected instances there\nMaybe name it with --instances")
    run = partial(_run, iterations=chosen.iterations, first_iterations=chosen.first_iterations, seed=chosen.seed)
    results = []
    try:
        with ProcessPoolExecutor(max_workers=chosen.parallel) as pool:
            for result in pool.map(run, paths):
                results.append(result)
                print(f"{len(results)}/{len(paths)} {result.name}", file=sys.stderr)
    except InstanceError as error:
        sys.exit(f"error: {error}")
    if chosen.out is not None:
        chosen.out.write_text("".join(json.dumps(asdict(result)) + "\n" for result in results), encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main(sys.argv[1:])
