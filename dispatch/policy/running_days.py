"""Running days: which are open, and how one goes on with another plan in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from dispatch.domain.live_day import LiveDay, begin_day
from dispatch.domain.plan import Plan
from dispatch.domain.records.running_day import RunningDay
from dispatch.domain.request import Request
from dispatch.policy.live_request import without_freeze
from dispatch.policy.order_moves import Assignment, assignments
from dispatch.policy.settings import Policy


def open_days(days: Iterable[RunningDay], today: date) -> tuple[RunningDay, ...]:
    """Return the days whose plans are being carried out or will be, in order: the running one, then those to come.

    The running one is the youngest that has begun. It goes on until its last day unless another one begins before.
    """
    known = sorted((day for day in days if day.last_day >= today), key=lambda day: day.dispatch_day)
    begun = [day for day in known if day.dispatch_day <= today]
    return (*begun[-1:], *(day for day in known if day.dispatch_day > today))


def end_of(day: RunningDay, among: Sequence[RunningDay], live: LiveDay) -> datetime:
    """Return where a running day ends: where the plan of the next one begins, else with its own horizon."""
    later = [other.dispatch_day for other in among if other.dispatch_day > day.dispatch_day]
    if not later:
        return live.base.horizon.end
    midnight = datetime.combine(min(later), datetime.min.time(), tzinfo=live.base.zone)
    return min(midnight, live.base.horizon.end)


def day_with_plan(before: LiveDay | None, request: Request, plan: Plan, *, is_replan: bool) -> LiveDay:
    """Return the running day with a plan put in force.

    Parameters
    ----------
    before
        The day so far; None = it begins with this plan.
    is_replan
        The plan is one of what was left of this day; otherwise it comes from a new look at the whole centre, and
        what is under way goes on.
    """
    if before is None:
        return begin_day(request, plan)
    if is_replan:
        return before.with_plan(request, without_freeze(plan, before.plan))
    under_way = {
        technician: visit for technician, visit in before.under_way.items() if technician in request.technicians_by_id
    }
    orders = {visit.order: before.orders[visit.order] for visit in under_way.values()}
    known = request.technicians_by_id
    return replace(
        before,
        base=request,
        plan=plan,
        plan_request=request,
        now=max(before.now, request.now),
        orders={
            **orders,
            **{order: one for order, one in request.orders_by_id.items() if order not in before.finished},
        },
        under_way=under_way,
        off={technician: until for technician, until in before.off.items() if technician in known},
        used={technician: used for technician, used in before.used.items() if technician in known},
        last_seen={technician: seen for technician, seen in before.last_seen.items() if technician in known},
        parent_of={},
    )


def assignments_of(day: LiveDay, policy: Policy) -> tuple[Assignment, ...]:
    """Return who visits which order by the plan in force, and when each visit is handed out.

    Parameters
    ----------
    policy
        The centre's.
    """
    before = timedelta(minutes=policy.planning.dispatch_before_min)
    return tuple(assignments(day.base, day.plan, dispatch_before=before))


def dispatch_next_at(found: Iterable[Assignment], now: datetime) -> datetime | None:
    """Return when visits are handed out next; None = all of them are."""
    return min((one.dispatch_at for one in found if one.dispatch_at > now), default=None)
