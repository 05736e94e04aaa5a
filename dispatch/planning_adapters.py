"""The planner and the checker as the use cases see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dispatch.check import check
from dispatch.domain.plan import Plan, Violation
from dispatch.domain.request import Request
from dispatch.domain.run import RunParameters
from dispatch.planner.plan import PlanOptions, make_plan, program_version
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, PlannerProgress
from dispatch.travel_sources import TravelSources


class NightPlanner:
    """Plans with `dispatch.planner`; a `dispatch.ports.Planner`.

    Parameters
    ----------
    map_dir
        Where the maps lie that requests may name; None = they may name none.
    confined
        Whether requests may name only files in there and servers of the policy, as in a service.
    drafts
        Whether plans come without reasons and unchecked: for simulations, which judge a sample.
    """

    def __init__(
        self, *, clock: Clock, map_dir: Path | None = None, confined: bool = True, drafts: bool = False
    ) -> None:
        self._clock = clock
        self._map_dir = map_dir
        self._confined = confined
        self._drafts = drafts

    @property
    def version(self) -> str:
        """Version of the program that plans."""
        return program_version()

    def plan(
        self,
        request: Request,
        policy: Policy,
        parameters: RunParameters,
        *,
        on_progress: Callable[[PlannerProgress], None],
        is_cancelled: Callable[[], bool],
        best_plan: Plan | None = None,
    ) -> Plan:
        """Plan a request until a limit is reached or `is_cancelled` says so; then return the best plan."""
        options = PlanOptions(
            limit_s=parameters.limit_s,
            iterations=parameters.iterations,
            seed=parameters.seed,
            threads=parameters.threads,
            is_draft=self._drafts,
        )
        return make_plan(
            request,
            policy=policy,
            options=options,
            clock=self._clock.monotonic_s,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
            best_plan=best_plan,
            sources=TravelSources(folder=self._map_dir, confined=self._confined),
        )


class IndependentChecker:
    """Judges with `dispatch.check`; a `dispatch.ports.Checker`.

    Parameters
    ----------
    map_dir
        Where the maps lie that requests may name; None = they may name none.
    """

    def __init__(self, *, map_dir: Path | None = None) -> None:
        self._map_dir = map_dir

    def violations(self, request: Request, plan: Plan, policy: Policy) -> tuple[Violation, ...]:
        """Return the rules the plan breaks without declaring it."""
        sources = TravelSources(folder=self._map_dir, confined=True)
        return check(request, plan, policy=policy, sources=sources).violations
