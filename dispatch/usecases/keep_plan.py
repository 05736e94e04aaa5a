"""Keep a run's checked plan as the next draft of its dispatch day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion, dispatch_day_of, last_day_of
from dispatch.domain.run import Run
from dispatch.ports import Transaction
from dispatch.usecases.webhooks.tell import run_finished, tell


def keep_plan(run: Run, plan: Plan | None, *, transaction: Transaction, plan_id: str) -> Run:
    """Store the plan of a finished run, drop its best plan so far, and tell the webhooks that it ended.

    The run itself is left to the caller to save.

    Parameters
    ----------
    run
        A run in a final state, with `finished_at`.
    plan
        A plan that has passed the checker; None if the run made none.

    Returns
    -------
    Run
        The run with the plan's id and cost.
    """
    if run.finished_at is None:
        msg = f"run {run.id!r} has no finished_at: only a finished run's plan is kept"
        raise ValueError(msg)
    transaction.runs.save_best_plan(run.id, None)
    finished = run if plan is None else _store(plan, run, run.finished_at, transaction=transaction, plan_id=plan_id)
    tell([run_finished(finished)], transaction=transaction, now=run.finished_at)
    return finished


def _store(plan: Plan, run: Run, now: datetime, *, transaction: Transaction, plan_id: str) -> Run:
    request = transaction.requests.document(run.request_id)
    day = dispatch_day_of(request)
    transaction.plans.lock_day(day)
    version = PlanVersion(
        id=plan_id,
        request_id=run.request_id,
        run_id=run.id,
        dispatch_day=day,
        last_day=last_day_of(request),
        version=transaction.plans.next_version(day),
        state="draft",
        created_at=now,
    )
    transaction.plans.add(version, plan, request)
    return replace(run, plan_id=plan_id, cost=plan.cost.total, cost_terms=dict(plan.cost.terms))
