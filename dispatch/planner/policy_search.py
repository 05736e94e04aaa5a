"""The search that a policy asks for: by the cost table, with a margin, by odds; within a budget of moved customers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from dispatch.domain.request import Request
from dispatch.planner.budget import has_agreed, solve_within
from dispatch.planner.encode import Encoded
from dispatch.planner.risk_search import PARTS, risk_rules, solve_by_odds, solve_with_buffer
from dispatch.policy.settings import Policy
from solver.nearby import Nearby
from solver.problem import Problem
from solver.result import Progress, Result
from solver.solution import Routes
from solver.solve import solve
from solver.stop import Cancelled, FirstOf, IterationLimit, Stop, TimeLimit

TellProgress = Callable[[Progress], None]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long to search: seconds, iterations of each thread, or whatever ends first; None = no such limit."""

    limit_s: float | None
    iterations: int | None

    def parts(self, count: int) -> tuple[Effort, ...]:
        """Return the efforts of a search in several parts."""
        limit_s = None if self.limit_s is None else self.limit_s / count
        ends = [None if self.iterations is None else self.iterations * k // count for k in range(count + 1)]
        return tuple(
            Effort(limit_s=limit_s, iterations=None if end is None or begin is None else end - begin)
            for begin, end in pairwise(ends)
        )


@dataclass(frozen=True, kw_only=True)
class PolicySearch:
    """Searches the encoded problem of a request as its policy says.

    Attributes
    ----------
    clock
        Seconds since some moment; never runs backwards.
    is_cancelled
        Once true, the search ends with the best that it has found.
    """

    encoded: Encoded
    request: Request
    policy: Policy
    seed: int
    threads: int
    clock: Callable[[], float]
    is_cancelled: Callable[[], bool]
    on_progress: TellProgress | None

    def run(self, effort: Effort) -> Result:
        """Search, within the budget of moved customers if there is one."""
        encoded, most = self.encoded, self.policy.disruption.most_agreed_moved
        if most is None or not has_agreed(encoded):
            return self.search(encoded.problem, encoded.initial, effort=effort)
        first, rest = effort.parts(2)
        unheard = replace(self, on_progress=None)
        return solve_within(
            encoded,
            self.request,
            most=most,
            explore=partial(unheard.search, effort=first),
            settle=partial(self.search, effort=rest),
        )

    def search(self, problem: Problem, initial: Routes | None, *, effort: Effort) -> Result:
        """Search a problem from some routes; None = from nothing."""
        match self.policy.risk.in_search:
            case "none":
                return self._solve(problem, initial, effort=effort, tell=self.on_progress)
            case "buffer":
                whole = partial(self._solve, effort=effort, tell=self.on_progress)
                return solve_with_buffer(problem, initial, buffer_s=self.policy.risk.buffer_s, search=whole)
            case "odds":
                return self._by_odds(problem, initial, effort=effort)

    def _by_odds(self, problem: Problem, initial: Routes | None, *, effort: Effort) -> Result:
        """Search in parts; what is worked out between them counts towards the time."""
        begun_s, iterations = self.clock(), 0
        rules = risk_rules(self.encoded, self.request, self.policy, seed=self.seed)
        nearby = Nearby.of(problem)

        def search(problem: Problem, initial: Routes | None, *, number: int, part: Effort) -> Result:
            nonlocal iterations
            before_s = self.clock() - begun_s
            if part.limit_s is not None:
                part = replace(part, limit_s=max(0.0, (number + 1) * part.limit_s - before_s))
            tell = _continued(self.on_progress, elapsed_s=before_s, iterations=iterations)
            found = self._solve(problem, initial, effort=part, tell=tell, nearby=nearby)
            iterations += found.iterations
            return found

        searches = [partial(search, number=number, part=part) for number, part in enumerate(effort.parts(PARTS))]
        return solve_by_odds(problem, initial, rules=rules, searches=searches)

    def _solve(
        self,
        problem: Problem,
        initial: Routes | None,
        *,
        effort: Effort,
        tell: TellProgress | None,
        nearby: Nearby | None = None,
    ) -> Result:
        stops: list[Stop] = [Cancelled(self.is_cancelled)]
        if effort.limit_s is not None:
            stops.append(TimeLimit(effort.limit_s, self.clock))
        if effort.iterations is not None:
            stops.append(IterationLimit(effort.iterations))
        return solve(
            problem,
            stop=FirstOf(*stops),
            seed=self.seed,
            threads=self.threads,
            initial=initial,
            nearby=nearby,
            clock=self.clock,
            on_progress=tell,
        )


def _continued(tell: TellProgress | None, *, elapsed_s: float, iterations: int) -> TellProgress | None:
    """Return who is told of a later part of a search as if it were one with the parts before."""
    if tell is None:
        return None
    return lambda now: tell(replace(now, elapsed_s=elapsed_s + now.elapsed_s, iterations=iterations + now.iterations))
