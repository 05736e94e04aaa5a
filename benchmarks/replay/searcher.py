"""The project's own planner as replays use it: limited by iterations, most plans unchecked drafts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from benchmarks.replay.spec import ReplaySpec
from dispatch.domain.live_day import LiveDay
from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.domain.run import RunParameters
from dispatch.domain.told import TOLD_LEVELS
from dispatch.errors import CheckFailedError
from dispatch.planning_adapters import NightPlanner
from dispatch.policy.settings import Policy
from dispatch.ports import PlannerProgress
from dispatch.usecases.replan_urgent import Replanned, replan


class _StandingClock:
    """A clock that tells no times: plans do not depend on them."""

    def now(self) -> datetime:
        """Return a moment."""
        return datetime(2026, 3, 9, tzinfo=UTC)

    def monotonic_s(self) -> float:
        """Return 0."""
        return 0.0


class SampledPlanner:
    """Plans with `NightPlanner`; all but a sample of the plans are drafts, without reasons and unchecked.

    A draft is the plan that would have been checked, so the check changes nothing unless it refuses a plan.

    Parameters
    ----------
    checked_every
        Of so many plans the first is checked; 1 = all.

    Attributes
    ----------
    checked, refused
        Plans that the checker judged, and those of them that it refused.
    """

    def __init__(self, *, checked_every: int) -> None:
        self._every = checked_every
        self._whole = NightPlanner(clock=_StandingClock())
        self._drafts = NightPlanner(clock=_StandingClock(), drafts=True)
        self._count = 0
        self.checked = 0
        self.refused = 0

    @property
    def version(self) -> str:
        """Version of the program that plans."""
        return self._whole.version

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
        """Plan a request; raises `CheckFailedError` if the plan is in the sample and is refused."""
        is_sample = self._count % self._every == 0
        planner = self._whole if is_sample else self._drafts
        self._count += 1
        self.checked += is_sample
        try:
            return planner.plan(
                request, policy, parameters, on_progress=on_progress, is_cancelled=is_cancelled, best_plan=best_plan
            )
        except CheckFailedError:
            self.refused += 1
            raise


@dataclass(frozen=True, kw_only=True)
class Searcher:
    """The project's own planner, limited by iterations, so that the machine's speed does not matter.

    Attributes
    ----------
    policy
        The operator's.
    live_iterations
        Of every search by day; 0 = new orders are inserted where that is cheapest, nothing else changes.
    """

    spec: ReplaySpec
    policy: Policy
    live_iterations: int
    planner: SampledPlanner = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "planner", SampledPlanner(checked_every=self.spec.checked_every))

    def by_night(self, request: Request) -> Plan:
        """Return the plan for the next day."""
        parameters = self._parameters(self.spec.night_iterations)
        return self.planner.plan(request, self.policy, parameters, on_progress=_ignore, is_cancelled=_never)

    def by_day(self, day: LiveDay) -> Replanned:
        """Return the plan for the rest of the day, from the plan in force on."""
        parameters = self._parameters(self.live_iterations)
        return replan(day, planner=self.planner, policy=self.policy, parameters=parameters)

    def _parameters(self, iterations: int) -> RunParameters:
        return RunParameters(limit_s=None, iterations=iterations, seed=self.spec.seed, threads=1)


def without_disruption(policy: Policy) -> Policy:
    """Return a policy under which changes to the plan in force cost nothing."""
    nothing: Final = dict.fromkeys(TOLD_LEVELS, 0)
    return policy.overridden({"disruption": {"technician": nothing, "day": nothing, "dropped": nothing, "later": 0}})


def _ignore(progress: PlannerProgress) -> None:
    """Take no notice of progress."""


def _never() -> bool:
    """Never cancel."""
    return False
