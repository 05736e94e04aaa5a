"""The search, run in slices: Python decides about time, progress, cancellation and threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np

from solver import _core
from solver.cost import RouteTimer, check_routes
from solver.nearby import Nearby
from solver.params import SearchParams
from solver.parts import Part, cut, joined
from solver.problem import Problem
from solver.result import Incumbent, Progress, Result
from solver.solution import Routes
from solver.stop import Clock, Stop
from solver.validate import validate

_FIRST_SLICE = 50
_FIXED_SLICE = 500
_PROGRESS_EVERY_S = 0.25
_ORDERS_A_PART = 600
"""Where there are at least so many orders a thread, each works on a part of the problem."""


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
    nearby: Nearby | None = None,
    clock: Clock = no_clock,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """Search for routes of least cost.

    String removal and recreate under simulated annealing (Christiaens & Vanden Berghe 2020), one chain a thread. In
    large problems each chain works on a part, and now and then the parts are put together and the problem is cut anew;
    in small ones the chains now and then continue from the best of them. With a stop criterion that
    fixes the number of iterations the result depends on `problem`, `seed`, `threads`, `params` and `initial` alone.

    Parameters
    ----------
    stop
        When to end. It is asked every 50 ms or 500 iterations; a problem without choices ends at once.
    seed
        0 to 2**64 - threads - 1; thread `i` uses `seed + i`.
    initial
        Routes to begin with (warm start). Visits are taken over in their sequence; one that does not fit with those
        before it (and the locked ones) is left out. The result is never dearer than what remains.
    nearby
        Of a problem that differs from this one in prices alone, found with the same `params`; None = it is found here.
    clock
        Seconds, for elapsed times only; `stop` has its own.
    on_progress
        Called about four times a second in this thread; an exception in it ends the search and is passed on.

    Raises
    ------
    InvalidProblemError
        If an array of the problem does not fit.
    ValueError
        If `nearby` is that of another problem.
    InvalidRoutesError
        If `initial` does not fit the problem.
    InfeasibleRouteError
        If the locked routes of the problem are not feasible.
    """
    validate(problem)
    if initial is not None:
        check_routes(problem, initial)
    if nearby is not None and not nearby.fits(problem):
        msg = "nearby was found for a problem that differs in more than prices, find it anew"
        raise ValueError(msg)
    run = _Run(
        problem,
        stop=stop,
        seeds=range(seed, seed + max(1, threads)),
        params=params or SearchParams(),
        initial=problem.locked_routes if initial is None else initial,
        nearby=nearby,
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
        nearby: Nearby | None,
        clock: Clock,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.started = clock()
        self.problem = problem
        self.seed = seeds[0]
        self.clock = clock
        self.stop = stop
        self.on_progress = on_progress
        self.timer = RouteTimer(problem)
        self.params = params.for_problem(is_plain=self.timer.core.is_plain, is_published=problem.disruption is not None)
        self.timer.evaluate(problem.locked_routes)  # refuses locks that cannot be kept
        neighbours = nearby.core if nearby else _core.Neighbours(self.timer.core, self.params)
        self.pool = ThreadPoolExecutor(len(seeds))
        make = [
            self.pool.submit(_core.Search, self.timer.core, neighbours, self.params, seed, initial) for seed in seeds
        ]
        self.chains = [future.result() for future in make]
        is_movable = len(seeds) > 1 and hasattr(os, "sched_setaffinity")
        self.cores = sorted(os.sched_getaffinity(0)) if is_movable else []
        self.sizes = [_FIRST_SLICE] * len(self.chains)
        self.slices = 0
        self.trajectory: list[Incumbent] = []
        self.reported_s = -_PROGRESS_EVERY_S
        first = self.best_chain()
        self.best_cost, self.best = first.best_cost, _routes(first)
        self.parts: tuple[Part, ...] = ()
        if len(seeds) > 1 and problem.n_orders >= _ORDERS_A_PART * len(seeds) and not first.is_trivial:
            self.cut(self.best, 0)

    def to_the_end(self) -> Result:
        with self.pool:
            self.note_incumbent()
            begin = self.stop.progress(0)
            while begin < 1.0 and not self.chains[0].is_trivial:
                begin = self.run_slice(begin)
                self.note_incumbent()
                self.report()
        return Result(
            solution=self.timer.evaluate(self.best),
            iterations=self.iterations,
            runtime_s=self.clock() - self.started,
            stopped_by=self.stop.reason,
            trajectory=tuple(self.trajectory),
        )

    def run_slice(self, begin: float) -> float:
        """Run a slice of every chain, share their best when it is time; give the progress reached."""
        total = self.stop.total_iterations
        if total is not None:
            self.run_counted_slice(begin, total)
        else:
            for future in [self.pool.submit(self.run_timed_slice, i, begin) for i in range(len(self.chains))]:
                future.result()
        done = self.chains[0].iterations
        end = self.stop.progress(done)
        if total is not None:
            is_sync = done % self.sync_every(total) == 0
        elif end > 0:
            is_sync = int(begin * self.params.syncs) != int(min(end, 1.0) * self.params.syncs)
        else:  # nobody knows how long the run will be
            self.slices += 1
            is_sync = self.slices % self.params.syncs == 0
        if is_sync and self.parts:
            self.keep_best()
            self.cut(joined(self.parts, (chain.current() for chain in self.chains), self.problem.n_shifts), done)
        elif is_sync:
            self.share()
        return end

    def run_counted_slice(self, begin: float, total: int) -> None:
        """Run the same number of iterations in every chain, up to the next sharing at most."""
        done = self.chains[0].iterations
        until_sync = self.sync_every(total) - done % self.sync_every(total)
        size = min(_FIXED_SLICE, total - done, until_sync)
        for future in [self.pool.submit(self.run_chain, i, size, begin, total) for i in range(len(self.chains))]:
            future.result()

    def run_timed_slice(self, index: int, begin: float) -> None:
        """Run a slice of one chain: as many iterations as took the share of the run last time, in its own thread."""
        chain, size = self.chains[index], self.sizes[index]
        before = self.stop.progress(chain.iterations)
        self.run_chain(index, size, begin, 0)
        share = self.stop.slice_share
        if share is None:
            self.sizes[index] = _FIXED_SLICE
        else:
            spent = max(self.stop.progress(chain.iterations) - before, 1e-9)
            self.sizes[index] = max(1, min(4 * size, int(size * share / spent)))

    def run_chain(self, index: int, size: int, begin: float, total: int) -> None:
        """Run iterations of one chain, on a core of its own to begin with.

        Where cores do not share a cache, Linux wakes all threads of a pool on the core that called them and may leave
        them there for seconds: two threads then did the work of one.
        """
        if self.cores:
            with suppress(OSError):  # the cores that this process may use can have changed: then stay where we are
                os.sched_setaffinity(0, {self.cores[index % len(self.cores)]})
                os.sched_setaffinity(0, self.cores)
        self.chains[index].run(size, begin, begin, total)

    def sync_every(self, total: int) -> int:
        return max(1, total // self.params.syncs)

    def share(self) -> None:
        """Let every chain continue from the best solution, where that is better than its own."""
        best = self.best_chain()
        for chain in self.chains:
            if chain is not best:
                chain.adopt(best.best(), best.best_cost)

    def cut(self, routes: Routes, done: int) -> None:
        """Give each chain a part of a solution."""
        rng = np.random.default_rng([self.seed, done])
        self.parts = cut(self.problem, routes, len(self.chains), rng)
        for chain, part in zip(self.chains, self.parts, strict=True):
            chain.take_part(routes, part.shifts, part.unassigned)

    def best_chain(self) -> _core.Search:
        return min(self.chains, key=lambda chain: chain.best_cost)

    def keep_best(self) -> None:
        """Keep the best that the chains have, if it is better than what is known."""
        if self.parts:
            cost = sum(chain.best_cost for chain in self.chains)
            if cost < self.best_cost:
                self.best = joined(self.parts, (chain.best() for chain in self.chains), self.problem.n_shifts)
                self.best_cost = cost
        else:
            chain = self.best_chain()
            if chain.best_cost < self.best_cost:
                self.best_cost, self.best = chain.best_cost, _routes(chain)

    @property
    def iterations(self) -> int:
        return sum(chain.iterations for chain in self.chains)

    def note_incumbent(self) -> None:
        self.keep_best()
        if not self.trajectory or self.best_cost < self.trajectory[-1].cost:
            elapsed_s = self.clock() - self.started
            self.trajectory.append(Incumbent(elapsed_s=elapsed_s, iterations=self.iterations, cost=self.best_cost))

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
                solution=self.timer.evaluate(self.best),
            )
        )


def _routes(chain: _core.Search) -> Routes:
    return tuple(tuple(route) for route in chain.best())
