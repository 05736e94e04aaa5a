"""A planner that works until it is let go or cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from dispatch.domain.plan import Plan
from dispatch.domain.request import Request
from dispatch.domain.run import RunParameters
from dispatch.policy.settings import Policy
from dispatch.ports import PlannerProgress
from tests.fakes import a_plan, progress_of


class HeldPlanner:
    """Reports progress over and over until `let_go` is set or it is cancelled, then returns `a_plan`."""

    version = "held"

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.error: Exception | None = None
        self.parameters: RunParameters | None = None

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
        self.parameters = parameters
        for cost in range(1_000_000, 0, -1):
            if self.let_go.wait(timeout=0.005):
                break
            on_progress(PlannerProgress(progress=progress_of(cost), best_plan=partial(a_plan, cost=cost)))
            if is_cancelled():
                return a_plan(cost=cost, stopped_by="cancelled")
        if self.error is not None:
            raise self.error
        return a_plan(cost=600)
