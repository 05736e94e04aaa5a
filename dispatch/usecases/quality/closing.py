"""What an order's closing asks of its visit, and what follows it (R14, R15, R21, R23, R25, R37)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.records.checklist import Checklist, visit_id
from dispatch.domain.records.convenience import Convenience
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.work_order import Stage, WorkOrder
from dispatch.domain.request import Order
from dispatch.errors import Problem
from dispatch.policy.closing_gate import open_points, stage_times
from dispatch.policy.settings import Policy
from dispatch.policy.speed_test import last_judged, remedy_order
from dispatch.ports import Transaction
from dispatch.usecases.quality.at_visit import visit_of
from dispatch.usecases.quality.follow_ups import schedule_after
from dispatch.usecases.quality.surveys import survey_after


@dataclass(frozen=True, kw_only=True)
class ClosingState:
    """How far the present visit of an order is from being closed.

    Attributes
    ----------
    open_points
        What is missing; () = it may be closed.
    stages
        When each stage that is whole was whole.
    speed_test
        The series that decides; None = none proves anything.
    """

    open_points: tuple[Problem, ...]
    stages: Mapping[Stage, datetime]
    speed_test: SpeedTest | None

    @property
    def needs_remedy(self) -> bool:
        """Whether the order is completed with a remedy pending (R15)."""
        return self.speed_test is not None and self.speed_test.passed is False


def closing_state(transaction: Transaction, order: WorkOrder, *, policy: Policy) -> ClosingState:
    """Return how far an order's present visit is from being closed."""
    visit, settings = visit_of(order), policy.quality
    checklist = transaction.records(Checklist).find(visit_id(order.id, visit))
    tests = [one for one in transaction.records(SpeedTest).all(where={"order": order.id}) if one.visit == visit]
    offered = [one for one in transaction.records(Convenience).all(where={"order": order.id}) if one.visit == visit]
    return ClosingState(
        open_points=open_points(
            order.kind, order.tier, checklist=checklist, tests=tests, conveniences=offered, settings=settings
        ),
        stages=stage_times(checklist, settings.checklist),
        speed_test=last_judged(tests),
    )


def what_is_missing(transaction: Transaction, order: WorkOrder, policy: Policy) -> tuple[Problem, ...]:
    """Return what keeps an order from being closed: stages, speed test, convenience items; () = nothing."""
    return closing_state(transaction, order, policy=policy).open_points


def remedy_after(order: WorkOrder, *, failed_at: datetime, policy: Policy) -> Order:
    """Return the order that mends the line of one whose speed test failed (R15); its id follows from the other's."""
    remedy_id = f"{visit_id(order.id, visit_of(order))}-remedy"
    return remedy_order(order.order, remedy_id=remedy_id, failed_at=failed_at, settings=policy.quality.speed_test)


def after_close(transaction: Transaction, order: WorkOrder, *, now: datetime, policy: Policy) -> None:
    """Make what follows the closing of a served order: its survey (R37), a premium customer's next follow-up (R23)."""
    survey_after(transaction, order, now=now, policy=policy)
    schedule_after(transaction, order, now=now, policy=policy)
