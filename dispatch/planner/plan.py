"""Makes a checked plan of a request: policy, travel, encode, search, prove, decode, explain, check."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import Final

import numpy as np

from dispatch.domain.plan import Plan, RunInfo, TrajectoryPoint, TravelUsed, Unassigned
from dispatch.domain.request import Request
from dispatch.domain.run import RunProgress
from dispatch.errors import CheckFailedError
from dispatch.planner.declare import checked
from dispatch.planner.decode import decode
from dispatch.planner.encode import Encoded, encode, shifts_of
from dispatch.planner.explain import reasons_for_unassigned
from dispatch.planner.order_terms import terms_of_orders
from dispatch.planner.places import travel_between_stops
from dispatch.planner.policy_search import Effort, PolicySearch
from dispatch.planner.problem_digest import problem_digest
from dispatch.planner.prove import Proof, prove, with_proof
from dispatch.planner.reserve import Reserve, reserve_of, travel_without, with_placeholders
from dispatch.planner.risk import odds_of_plan, with_odds
from dispatch.planner.timings import PlanningTimings
from dispatch.policy.reserve import placeholders
from dispatch.policy.settings import Policy, effective_policy
from dispatch.ports import PlannerProgress
from dispatch.travel_sources import TravelSources
from solver.cost import RouteTimer
from solver.result import Incumbent, Progress, Result
from solver.solution import Routes

DISTRIBUTION: Final = "field-dispatch"
TRAJECTORY_POINTS: Final = 100


@dataclass(frozen=True, kw_only=True)
class PlanOptions:
    """What steers the search.

    Attributes
    ----------
    limit_s
        Seconds of search; None = no time limit.
    iterations
        Iterations of each thread; None = no such limit. With `limit_s=None` the plan is reproducible.
    seed
        Seed of the core's random generator.
    threads
        None = all cores.
    prove_s
        Seconds for the proof of a lower bound, after the search; None = no proof.
    is_draft
        Leave out the reasons of unassigned orders and the check of the plan: for simulations, which judge a sample.
    """

    limit_s: float | None = 30.0
    iterations: int | None = None
    seed: int = 1
    threads: int | None = None
    prove_s: float | None = None
    is_draft: bool = False


def make_plan(
    request: Request,
    *,
    policy: Policy,
    options: PlanOptions,
    clock: Callable[[], float],
    on_progress: Callable[[PlannerProgress], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    best_plan: Plan | None = None,
    timings: PlanningTimings | None = None,
    sources: TravelSources | None = None,
) -> Plan:
    """Return a plan of a request, checked unless it is a draft.

    Parameters
    ----------
    policy
        The operator's; the request's own policy section overrides it.
    clock
        Seconds since some moment; never runs backwards.
    on_progress
        Called about four times a second during the search.
    is_cancelled
        Once true, the search ends and its best plan is returned.
    best_plan
        Where the search begins; None = at the request's current plan, if it has one.
    timings
        Gets the time spent in each phase.
    sources
        Where travel comes from; default: one that reads files relative to the working directory.

    Raises
    ------
    CheckFailedError
        If the plan breaks a rule: a fault of the planner.
    BadPolicyError
        If the request's policy section cannot be used.
    TravelError
        If travel times cannot be had.
    """
    timings = timings or PlanningTimings(clock)
    with timings.measure("promises"):
        sources = sources or TravelSources()
        policy = effective_policy(request, policy)
        terms = terms_of_orders(request, policy)
        expected = placeholders(request, policy)
        asked = with_placeholders(request, expected)
    with timings.measure("travel"):
        travel = travel_between_stops(asked, policy, shifts_of(asked), sources=sources)
    with timings.measure("encode"):
        own_travel = travel_without(travel, request, len(expected))
        encoded = encode(request, policy, terms=terms, travel=own_travel, best_plan=best_plan)
        reserve = None
        if expected:
            reserve = reserve_of(
                asked, expected, policy, terms=terms, travel=travel, encoded=encoded, best_plan=best_plan
            )
        searched = reserve.encoded if reserve else encoded
        digest = problem_digest(searched.problem, searched.initial, risk=_risk_in_search(policy))
    threads = options.threads or available_cores()
    writer = _PlanWriter(
        encoded=encoded,
        digest=digest,
        request=request,
        policy=policy,
        options=options,
        threads=threads,
        sources=sources,
        stand_in=travel.stand_in,
        reserve=reserve,
    )
    with timings.measure("search"):
        search = PolicySearch(
            encoded=searched,
            request=asked,
            policy=policy,
            seed=options.seed,
            threads=threads,
            clock=clock,
            is_cancelled=is_cancelled or (lambda: False),
            on_progress=None if on_progress is None else lambda progress: on_progress(writer.told(progress)),
        )
        effort = Effort(limit_s=options.limit_s, iterations=options.iterations)
        result = search.run(effort)
        if reserve is not None:
            emptied = reserve.emptied(result.solution.routes)
            if emptied is None:
                reserve, writer = None, replace(writer, reserve=None)
                result = replace(search, encoded=encoded, request=request).run(effort)
    proof = None
    if options.prove_s is not None:
        with timings.measure("prove"):
            proof = prove(
                encoded.problem,
                reserve.without(result.solution.routes) if reserve else result.solution.routes,
                limit_s=options.prove_s,
                threads=threads,
                clock=clock,
                is_cancelled=is_cancelled,
            )
    return writer.final_plan(result, timings, proof)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def program_version() -> str:
    """Return the version of the program that plans."""
    return version(DISTRIBUTION)


def _risk_in_search(policy: Policy) -> str:
    """Return what the search reads of the policy's risk; "" = nothing."""
    return "" if policy.risk.in_search == "none" else policy.risk.model_dump_json()


@dataclass(frozen=True, kw_only=True)
class _PlanWriter:
    """Turns what the search finds into plans."""

    encoded: Encoded
    digest: str
    request: Request
    policy: Policy
    options: PlanOptions
    threads: int
    sources: TravelSources
    stand_in: TravelUsed | None
    reserve: Reserve | None

    def final_plan(self, result: Result, timings: PlanningTimings, proof: Proof | None) -> Plan:
        """Decode, explain and check the result of the search, with what is proven about it."""
        trajectory = (
            () if self.reserve else _trajectory(result.trajectory)
        )  # with placeholders, other costs are searched
        run = self._run_info(result.iterations, result.runtime_s, result.stopped_by, trajectory=trajectory)
        routes = result.solution.routes if proof is None or self.reserve else proof.routes
        plan = self._checked_plan(routes, run, timings, proof)
        if not self.policy.risk.enabled:
            return plan
        with timings.measure("odds"):
            return with_odds(plan, odds_of_plan(self.request, plan, policy=self.policy, threads=self.threads))

    def told(self, progress: Progress) -> PlannerProgress:
        """Return what the caller gets to know about the search."""
        emptied = self.reserve.emptied(progress.routes) if self.reserve else None
        solution = emptied or progress.solution
        terms = solution.terms
        return PlannerProgress(
            progress=RunProgress(
                elapsed_s=progress.elapsed_s,
                iterations=progress.iterations,
                iterations_per_s=progress.iterations_per_s,
                cost=solution.cost,
                cost_terms=asdict(terms),
                unassigned=len(solution.unassigned),
            ),
            best_plan=lambda: self._plan_so_far(progress),
        )

    def _plan_so_far(self, progress: Progress) -> Plan | None:
        """Return the checked plan of the incumbent; None if it does not pass."""
        run = self._run_info(progress.iterations, progress.elapsed_s, "running")
        try:
            return self._checked_plan(progress.routes, run, PlanningTimings(lambda: 0.0))
        except CheckFailedError:
            return None

    def _checked_plan(self, routes: Routes, run: RunInfo, timings: PlanningTimings, proof: Proof | None = None) -> Plan:
        with timings.measure("decode"):
            reserve, real = self.reserve, routes
            if reserve is None:
                timer = RouteTimer(self.encoded.problem)
            else:
                timer, real = reserve.timer, reserve.without(routes)
            reasons = None if self.options.is_draft else self._reasons(routes, timer)
            plan = decode(self.encoded, self.request, real, run=run, unassigned=reasons, timer=timer)
            if proof is not None:
                plan = with_proof(plan, proof)
        if not self.options.is_draft:
            with timings.measure("check"):
                plan = checked(plan, self.encoded, self.request, self.policy, sources=self.sources)
        return plan if reserve is None else reserve.in_kpis(plan, routes)

    def _reasons(self, routes: Routes, timer: RouteTimer) -> tuple[Unassigned, ...]:
        """Return the orders left out and why."""
        if self.reserve is not None:
            return self.reserve.reasons(routes, self.policy)
        return reasons_for_unassigned(self.encoded, self.request, self.policy, routes, timer=timer)

    def _run_info(
        self, iterations: int, runtime_s: float, stopped_by: str, trajectory: tuple[TrajectoryPoint, ...] = ()
    ) -> RunInfo:
        return RunInfo(
            seed=self.options.seed,
            limit_s=self.options.limit_s,
            iterations=iterations,
            stopped_by=stopped_by,
            version=program_version(),
            runtime_s=round(runtime_s, 3),
            digest=self.digest,
            threads=self.threads,
            travel=self.stand_in,
            trajectory=trajectory,
        )


def _trajectory(incumbents: Sequence[Incumbent]) -> tuple[TrajectoryPoint, ...]:
    """Return the best costs so far; of many, the first, the last and some evenly spread between them."""
    chosen = np.unique(np.linspace(0, len(incumbents) - 1, min(TRAJECTORY_POINTS, len(incumbents))).round().astype(int))
    return tuple(
        TrajectoryPoint(
            runtime_s=round(incumbents[k].elapsed_s, 3), iterations=incumbents[k].iterations, cost=incumbents[k].cost
        )
        for k in chosen.tolist()
    )
