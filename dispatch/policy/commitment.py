"""Which visits of the plan in force may not move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.plan import LockKind, Plan


@dataclass(frozen=True, kw_only=True)
class LockedVisit:
    """A visit that stays with its technician and shift, and perhaps at its time.

    Attributes
    ----------
    order, technician, shift
        Ids.
    position
        Number of the visit among the visits of its route, from 0.
    lock
        `technician` or `technician_and_time`.
    start, end
        Its times in the plan in force; binding with `technician_and_time`.
    """

    order: str
    technician: str
    shift: str
    position: int
    lock: LockKind
    start: datetime
    end: datetime

    @property
    def holds_time(self) -> bool:
        """Whether the start may not move either."""
        return self.lock == "technician_and_time"


def locked_visits(current_plan: Plan | None) -> tuple[LockedVisit, ...]:
    """Return the locked visits of a plan, route by route, in sequence; () without a plan.

    Whatever is not `planned` any more (under way, at the customer, done) is locked in technician and time, whatever
    its `lock` says.
    """
    if current_plan is None:
        return ()
    return tuple(
        LockedVisit(
            order=visit.order,
            technician=route.technician,
            shift=route.shift,
            position=position,
            lock=visit.effective_lock,
            start=visit.start,
            end=visit.end,
        )
        for route in current_plan.routes
        for position, visit in enumerate(route.visits)
        if visit.effective_lock != "free"
    )
