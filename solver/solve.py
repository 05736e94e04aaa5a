"""The search, run in slices: Python decides about time, progress, cancellation and threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from solver import _core
from solver.cost import RouteTimer, check_routes
from solver.params import SearchParams
from solver.problem import Problem
from solver.result import Incumbent, Progress, Result
from solver.solution import Routes
from solver.stop import Clock, Stop
from solver.validate import validate

_FIRST_SLICE = 50
_FIXED_SLICE = 500
_PROGRESS_EVERY_S = 0.25


def no_clock() -> float:
    """A clock that stands still: for runs that are limited by iterations and report no times."""
    return 0.0


def solve(
    problem: Problem,
    *,
    stop: Stop,
    seed: int = 1,
    threads: int = 1,
    params: SearchParams | None = None,
    initial: Routes | None = None,
    clock: Clock = no_clock,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Search for routes of least cost.

    String removal and recreate under simulated annealing (Christiaens & Vanden Berghe 2020), one chain a thread; now
    and then the chains continue from the best of them. With a stop criterion that fixes the number of iterations the
    result depends on `problem`, `seed`, `threads`, `params` and `initial` alone.

    Parameters
    ----------
    stop
        When to end. It is asked every 50 ms or 500 iterations; a problem without choices ends at once.
    seed
        0 to 2**64 - threads - 1; thread `i` uses `seed + i`.
    initial
        Routes to begin with (warm start). Visits are taken over in their sequence; one that does not fit with those
        before it (and the locked ones) is left out. The result is never dearer than what remains.
    clock
        Seconds, for elapsed times only; `stop` has its own.
    on_progress
        Called about four times a second in this thread; an exception in it ends the search and is passed on.

    Raises
    ------
    InvalidProblemError
        If an array of the problem does not fit.
    InvalidRoutesError
        If `initial` does not fit the problem.
    InfeasibleRouteError
        If the locked routes of the problem are not feasible.
    """
    validate(problem)
    if initial is not None:
        check_routes(problem, initial)
    run = _Run(
        problem,
        stop=stop,
        seeds=range(seed, seed + max(1, threads)),
        params=params or SearchParams(),
        initial=problem.locked_routes if initial is None else initial,
        clock=clock,
        on_progress=on_progress,
    )
    return run.to_the_end()


class _Run:
    """One run: the chains, their slices and what is known of the best solution."""

    def __init__(
        self,
        problem: Problem,
        *,
        stop: Stop,
        seeds: Sequence[int],
        params: SearchParams,
        initial: Routes,
        clock: Clock,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.started = clock()
        self.clock = clock
        self.stop = stop
        self.params = params
        self.on_progress = on_progress
        self.timer = RouteTimer(problem)
        self.timer.evaluate(problem.locked_routes)  # refuses locks that cannot be kept
        neighbours = _core.Neighbours(self.timer.core, params)
        self.pool = ThreadPoolExecutor(len(seeds))
        make = [self.pool.submit(_core.Search, self.timer.core, neighbours, params, seed, initial) for seed in seeds]
        self.chains = [future.result() for future in make]
        self.trajectory: list[Incumbent] = []
        self.reported_s = -_PROGRESS_EVERY_S

    def to_the_end(self) -> Result:
        with self.pool:
            self.note_incumbent()
            begin = self.stop.progress(0)
            size = _FIRST_SLICE
            while begin < 1.0 and not self.chains[0].is_trivial:
                size, begin = self.run_slice(size, begin)
                self.note_incumbent()
                self.report()
        best = self.best_chain()
        return Result(
            solution=self.timer.evaluate(_routes(best)),
            iterations=self.iterations,
            runtime_s=self.clock() - self.started,
            stopped_by=self.stop.reason,
            trajectory=tuple(self.trajectory),
        )

    def run_slice(self, size: int, begin: float) -> tuple[int, float]:
        """Run a slice of every chain; give the size of the next one and the progress reached."""
        done = self.chains[0].iterations
        total = self.stop.total_iterations
        if total is not None:
            size = min(_FIXED_SLICE, total - done, self.until_sync(done, total))
        for future in [self.pool.submit(c.run, size, begin, begin, total or 0) for c in self.chains]:
            future.result()
        end = self.stop.progress(done + size)
        if self.is_sync(done + size, total, begin, end):
            self.share()
        share = self.stop.slice_share
        if share is None:
            return _FIXED_SLICE, end
        return max(1, min(4 * size, int(size * share / max(end - begin, 1e-9)))), end

    def is_sync(self, done: int, total: int | None, begin: float, end: float) -> bool:
        """Tell whether the chains share their best now: by the count of iterations where that is what counts."""
        if total is not None:
            return done % self.sync_every(total) == 0
        return int(begin * self.params.syncs) != int(min(end, 1.0) * self.params.syncs)

    def sync_every(self, total: int) -> int:
        return max(1, total // self.params.syncs)

    def until_sync(self, done: int, total: int) -> int:
        every = self.sync_every(total)
        return every - done % every

    def share(self) -> None:
        """Let every chain continue from the best solution, where that is better than its own."""
        best = self.best_chain()
        for chain in self.chains:
            if chain is not best:
                chain.adopt(best.best(), best.best_cost)

    def best_chain(self) -> _core.Search:
        return min(self.chains, key=lambda chain: chain.best_cost)

    @property
    def iterations(self) -> int:
        return sum(chain.iterations for chain in self.chains)

    def note_incumbent(self) -> None:
        cost = self.best_chain().best_cost
        if not self.trajectory or cost < self.trajectory[-1].cost:
            elapsed_s = self.clock() - self.started
            self.trajectory.append(Incumbent(elapsed_s=elapsed_s, iterations=self.iterations, cost=cost))

    def report(self) -> None:
        elapsed_s = self.clock() - self.started
        if self.on_progress is None or elapsed_s - self.reported_s < _PROGRESS_EVERY_S:
            return
        self.reported_s = elapsed_s
        self.on_progress(
            Progress(
                elapsed_s=elapsed_s,
                iterations=self.iterations,
                iterations_per_s=self.iterations / elapsed_s if elapsed_s > 0 else 0.0,
                solution=self.timer.evaluate(_routes(self.best_chain())),
            )
        )


def _routes(chain: _core.Search) -> Routes:
    return tuple(tuple(route) for route in chain.best())
