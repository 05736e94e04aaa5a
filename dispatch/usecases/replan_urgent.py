"""Plan the rest of the running day anew: after an urgent order, an illness, an overrun."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from dispatch.domain.apply_event import apply_event
from dispatch.domain.diff import PlanDiff
from dispatch.domain.events import Event
from dispatch.domain.live_day import LiveDay
from dispatch.domain.plan import Plan, PlanCost
from dispatch.domain.request import Request
from dispatch.domain.run import RunParameters
from dispatch.errors import CheckFailedError
from dispatch.policy.live_request import live_request, without_freeze
from dispatch.policy.plan_changes import changes_between
from dispatch.policy.settings import Policy, effective_policy
from dispatch.ports import Planner, PlannerProgress


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """A new plan for the rest of the day.

    Attributes
    ----------
    day
        The day with the new plan in force.
    request, plan
        What is left of the day, and the plan of it; every rule that locks and events force it to break is declared.
    diff
        What changes for customers and technicians against the plan that was in force.
    """

    day: LiveDay
    request: Request
    plan: Plan
    diff: PlanDiff


def after_events(day: LiveDay, events: Iterable[Event]) -> LiveDay:
    """Return the day after events, in their order.

    Raises
    ------
    BadInputError
        If one of them cannot have happened.
    """
    for event in events:
        day = apply_event(day, event)
    return day


def replan(
    day: LiveDay,
    *,
    planner: Planner,
    policy: Policy,
    parameters: RunParameters,
    on_progress: Callable[[PlannerProgress], None] = lambda _: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    best_plan: Plan | None = None,
    unchanged: Callable[[Request, Plan], PlanCost] | None = None,
) -> Replanned:
    """Plan what is left of the day, beginning at the plan in force, changes to it at the prices of disruption.

    New orders are inserted where that is cheapest before the search begins. If what the search finds does not pass the
    checker, the plan with these insertions alone stands.

    Parameters
    ----------
    policy
        The operator's.
    best_plan
        Where the search begins, if not at the plan in force: that plan with insertions already promised.
    unchanged
        Tells what going on with the plan in force would cost where the new request applies; only with it does the
        diff say what the change buys.

    Raises
    ------
    CheckFailedError
        If not even the plan in force with insertions passes the checker.
    """
    request = live_request(day, policy)

    def planned(parameters: RunParameters) -> Plan:
        return planner.plan(
            request, policy, parameters, on_progress=on_progress, is_cancelled=is_cancelled, best_plan=best_plan
        )

    plan = plan_or_insertions(planned, parameters)
    rules = effective_policy(request, policy)
    diff = changes_between(
        day.plan_request,
        day.plan,
        request,
        plan,
        policy=rules,
        unchanged=unchanged(request, day.plan) if unchanged else None,
    )
    in_force = without_freeze(plan, day.plan)
    return Replanned(day=day.with_plan(request, in_force), request=request, plan=plan, diff=diff)


def plan_or_insertions(planned: Callable[[RunParameters], Plan], parameters: RunParameters) -> Plan:
    """Return the plan of a search; if it does not pass the checker, the plan in force with new orders inserted.

    Raises
    ------
    CheckFailedError
        If not even that passes.
    """
    try:
        return planned(parameters)
    except CheckFailedError:
        return planned(replace(parameters, limit_s=None, iterations=0))
