"""Which news of the running day asks for a new plan of what is left, and which does not."""

from __future__ import annotations

from datetime import timedelta

from dispatch.domain.events import (
    ContactFailed,
    ContactSucceeded,
    Event,
    MassOutage,
    NoAccess,
    OrderAccepted,
    OrderChanged,
    Overrun,
    Rescheduled,
    SpeedTestFailed,
)
from dispatch.domain.live_day import LiveDay
from dispatch.domain.request import Order
from dispatch.policy.promise import due_times
from dispatch.policy.settings import Policy


def replan_reason(before: LiveDay, event: Event, policy: Policy) -> str | None:
    """Return why an event asks for a new plan, in words for a dispatcher; None = it does not.

    A new or changed order does so only if it is urgent, an overrun only if it ends later than planned by so much that
    others have to wait, a customer's wish or absence only if somebody was to go there, an agreed time only if the plan
    in force does not keep it.

    Parameters
    ----------
    before
        The day before the event.
    policy
        The effective one of the day.
    """
    settings = policy.planning
    if event.kind not in settings.replan_after:
        return None
    if isinstance(event, OrderAccepted | OrderChanged) and not is_urgent(event.order, before.at(event.at), policy):
        return None
    if isinstance(event, Rescheduled | ContactFailed | NoAccess) and before.planned_visit(event.order) is None:
        return None  # nobody was to go there: nothing falls free
    if isinstance(event, ContactSucceeded) and _keeps(before, event, policy):
        return None
    if isinstance(event, Overrun):
        visit = before.visit_of(event.order)
        late_by = timedelta(seconds=settings.overrun_s)
        if visit is None or event.expected_end - visit.expected_end < late_by:
            return None
    return f"{event.kind.replace('_', ' ')}: {_about(event)}"


def is_urgent(order: Order, day: LiveDay, policy: Policy) -> bool:
    """Tell whether a new order cannot wait for the next night: by its priority, or since it is due soon after now."""
    if order.priority >= policy.planning.urgent_priority:
        return True
    due = due_times(order, day.base, policy).due
    return due is not None and due - day.now <= timedelta(hours=policy.planning.urgent_due_h)


def _keeps(day: LiveDay, event: ContactSucceeded, policy: Policy) -> bool:
    """Tell whether the plan in force keeps an agreed time, or it is not on this day's horizon at all."""
    if not day.base.horizon.start <= event.agreed_start < day.base.horizon.end:
        return True
    planned = day.planned_visit(event.order)
    if planned is None:
        return False
    early, late = (timedelta(seconds=number) for number in (policy.appointment.early_s, policy.appointment.late_s))
    return event.agreed_start - early <= planned[1].start <= event.agreed_start + late


def _about(event: Event) -> str:
    """Return the order or technician that an event is about."""
    if isinstance(event, MassOutage):
        return f"{event.parent.id} with {len(event.children)} tickets"
    if isinstance(event, SpeedTestFailed):
        return f"{event.order}, to be mended by {event.remedy.id}"
    subject = getattr(event, "order", None) or getattr(event, "technician", None)
    if isinstance(subject, Order):
        return subject.id
    return str(subject) if subject is not None else f"factor {getattr(event, 'factor', 1)}"
