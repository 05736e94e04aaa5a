"""The planner and the checker as the use cases see them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from dispatch.check import check
from dispatch.domain.plan import Plan, Violation
from dispatch.domain.request import Request
from dispatch.domain.run import RunParameters
from dispatch.planner.live_plan import LivePlan
from dispatch.planner.order_story import PlanReader
from dispatch.planner.plan import PlanOptions, make_plan, program_version
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, LiveBook, PlannerProgress
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


class PlanExplainer:
    """Explains orders of plans with `dispatch.planner`; an `explain.Explain`.

    The last plan that was asked about is kept, for to read one takes a second or two for a city, and whoever asks
    about one order asks about another.

    Parameters
    ----------
    map_dir
        Where the maps lie that requests may name; None = they may name none.
    at_a_time
        So many explanations are worked out side by side; others wait.
    """

    def __init__(self, *, map_dir: Path | None = None, at_a_time: int = 1) -> None:
        self._map_dir = map_dir
        self._turns = BoundedSemaphore(at_a_time)
        self._last: tuple[str, str, PlanReader] | None = None

    def __call__(self, request: Request, plan: Plan, policy: Policy, order: str, why_not: str | None) -> dict[str, Any]:
        """Return everything that can be said about an order."""
        with self._turns:
            return self._reader(request, plan, policy).explanation(order, why_not=why_not).to_document()

    def _reader(self, request: Request, plan: Plan, policy: Policy) -> PlanReader:
        asked = (plan.model_dump_json(), policy.model_dump_json())
        last = self._last
        if last is not None and last[:2] == asked:
            return last[2]
        reader = PlanReader(request, plan, policy=policy, sources=TravelSources(folder=self._map_dir, confined=True))
        self._last = (*asked, reader)
        return reader


def load_live_book(request: Request, plan: Plan, policy: Policy, *, map_dir: Path | None = None) -> LiveBook:
    """Return a live plan; an `order_books.LoadBook`."""
    return LivePlan(request, plan, policy=policy, sources=TravelSources(folder=map_dir, confined=True))


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
