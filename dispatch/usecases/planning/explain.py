"""Explain a stored plan: why an order is where it is, what would help, and what changed against another plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dispatch.domain.plan import Plan
from dispatch.domain.records.running_day import PlanChange
from dispatch.domain.request import Request
from dispatch.policy.plan_changes import changes_between
from dispatch.policy.settings import Policy, effective_policy, stored_policy
from dispatch.ports import Store, Transaction

Explain = Callable[[Request, Plan, Policy, str, str | None], dict[str, Any]]
"""Tells all about an order of a plan as JSON's types: request, plan, policy, order, technician asked about or None."""


def explain_order(
    plan_id: str, order_id: str, *, store: Store, explain: Explain, why_not: str | None = None
) -> dict[str, Any]:
    """Return why an order is where it is in a plan, where else it could go, and what would help.

    Takes seconds for an order that is late or in no route.

    Parameters
    ----------
    why_not
        Id of a technician: what having this one go would cost; None = of nobody in particular.

    Raises
    ------
    NotFoundError
        If there is no such plan, order or technician.
    TravelError
        If travel cannot be had now.
    """
    with store.read() as transaction:
        request, plan = _read(plan_id, transaction)
        run = transaction.runs.get(transaction.plans.get(plan_id).run_id)
    return explain(request, plan, stored_policy(run.policy), order_id, why_not)


def plan_difference(plan_id: str, *, store: Store, against: str | None = None) -> dict[str, Any]:
    """Return what changes from another plan to this one: who is disturbed, promises, cost.

    Parameters
    ----------
    against
        Id of the plan before; None = the one that was in force when this one was published, as it was kept then.

    Raises
    ------
    NotFoundError
        If there is no such plan, or none was in force before.
    """
    with store.read() as transaction:
        if against is None:
            transaction.plans.get(plan_id)
            return transaction.records(PlanChange).get(plan_id).document
        before_request, before = _read(against, transaction)
        request, plan = _read(plan_id, transaction)
        run = transaction.runs.get(transaction.plans.get(plan_id).run_id)
    rules = effective_policy(request, stored_policy(run.policy))
    return changes_between(before_request, before, request, plan, policy=rules).to_document()


def plan_changes(plan_id: str, *, store: Store) -> PlanChange:
    """Return what publishing a plan changed, with why it was made; raises `NotFoundError` if it replaced none."""
    with store.read() as transaction:
        return transaction.records(PlanChange).get(plan_id)


def _read(plan_id: str, transaction: Transaction) -> tuple[Request, Plan]:
    version = transaction.plans.get(plan_id)
    return transaction.requests.document(version.request_id), transaction.plans.document(plan_id)
