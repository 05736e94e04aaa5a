"""What changes from one plan to another, judged by the policy's own limits."""

from __future__ import annotations

from dispatch.domain.diff import PlanDiff, plan_diff
from dispatch.domain.plan import Plan, PlanCost
from dispatch.domain.request import Request
from dispatch.policy.promise import due_times
from dispatch.policy.settings import Policy


def changes_between(
    before_request: Request,
    before: Plan,
    after_request: Request,
    after: Plan,
    *,
    policy: Policy,
    unchanged: PlanCost | None = None,
) -> PlanDiff:
    """Return what changes from the plan `before` to the plan `after`; see `dispatch.domain.diff.plan_diff`.

    Parameters
    ----------
    policy
        The effective one of the request after: its promises, tolerance, buffer and lateness of agreed times hold.
    """
    return plan_diff(
        before_request,
        before,
        after_request,
        after,
        dues={order.id: due_times(order, after_request, policy).due for order in after_request.orders},
        unchanged=unchanged,
        tolerance_s=policy.disruption.tolerance_s,
        agreed_buffer_s=policy.appointment.buffer_s,
        agreed_late_s=policy.appointment.late_s,
    )
