"""What dispatchers and supervisors see at a glance: orders, countdowns, promises at risk, open escalations (R38)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from dispatch.domain.diff import PlanDiff, plan_diff
from dispatch.domain.plan_version import PlanVersion
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.escalation import Escalation
from dispatch.domain.records.note import Note
from dispatch.domain.records.order_state import ASSIGNED_STATES, OPEN_STATES, STATES, State
from dispatch.domain.records.record import Page
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, Store
from dispatch.usecases.work_orders.look_up import Countdown, countdowns

SHOWN: Final = 20
"""Countdowns, escalations and promises at risk that a board shows."""
ORDERS_A_PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class OrderFilter:
    """Which orders a board lists; "" = all."""

    state: str = ""
    community: str = ""
    technician: str = ""
    order: str = ""

    @property
    def where(self) -> dict[str, object]:
        """The condition on columns; without a state or an order those that are open."""
        found: dict[str, object] = {"community": self.community, "technician": self.technician, "id": self.order}
        found = {name: value for name, value in found.items() if value}
        if self.state:
            return {**found, "state": self.state}
        return found if self.order else {**found, "state": tuple(sorted(OPEN_STATES))}


class AtRisk(BaseModel):
    """An order whose promise may not be kept, as much of it as a board shows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    state: State
    technician: str | None = None
    due: datetime | None = None
    planned_end: datetime | None = None
    p_on_time: float | None = None

    @property
    def is_late(self) -> bool:
        """Whether the plan itself comes too late."""
        return self.due is not None and self.planned_end is not None and self.planned_end > self.due


@dataclass(frozen=True, kw_only=True)
class Board:
    """The present state of a dispatch centre.

    Attributes
    ----------
    counts
        Orders by state; states without one are left out.
    unread
        Notes of customers that nobody has seen, by order.
    """

    counts: Mapping[State, int]
    orders: Page[WorkOrder]
    countdowns: tuple[Countdown, ...]
    at_risk: tuple[AtRisk, ...]
    escalations: tuple[Escalation, ...]
    unread: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """A plan that was made by itself, and the version it became; None = it did not come to one."""

    automatic: AutomaticPlan
    version: PlanVersion | None


@dataclass(frozen=True, kw_only=True)
class PlanBoard:
    """The plans of a day.

    Attributes
    ----------
    in_force
        None = none is.
    draft
        The youngest one that waits to be published.
    diff
        What the draft changes; None = there are not two plans to compare.
    """

    plans: tuple[PlanView, ...]
    in_force: PlanVersion | None
    draft: PlanVersion | None
    diff: PlanDiff | None


def board(*, wanted: OrderFilter, after: str | None, store: Store, clock: Clock, policy: Policy) -> Board:
    """Return what a board shows now.

    Parameters
    ----------
    after
        Cursor of the page of orders; None = the first.

    Raises
    ------
    BadInputError
        If the cursor is none of this list.
    """
    with store.read() as transaction:
        orders = transaction.records(WorkOrder)
        counts = {state: orders.count({"state": state}) for state in STATES}
        unread: dict[str, int] = {}
        for note in transaction.records(Note).all(where={"author": "customer", "is_unread": True}, limit=500):
            unread[note.order] = unread.get(note.order, 0) + 1
        return Board(
            counts={state: number for state, number in counts.items() if number},
            orders=orders.page(where=wanted.where, sort="due", after=after, limit=ORDERS_A_PAGE),
            countdowns=countdowns(store=store, clock=clock, limit=SHOWN),
            at_risk=_at_risk(orders.views(AtRisk, where={"state": tuple(sorted(ASSIGNED_STATES))}), policy),
            escalations=transaction.records(Escalation).all(
                where={"taken_up_at": None, "audience": "supervisor"}, sort="-at", limit=SHOWN
            ),
            unread=unread,
        )


def plan_board(day: date, *, store: Store) -> PlanBoard:
    """Return the plans of a dispatch day, and what the youngest draft would change."""
    with store.read() as transaction:
        plans = transaction.plans
        made = transaction.records(AutomaticPlan).all(where={"dispatch_day": day}, sort="-created_at", limit=SHOWN)
        views = tuple(
            PlanView(automatic=one, version=None if one.plan is None else plans.get(one.plan)) for one in made
        )
        in_force = plans.published(day)
        drafts = [view.version for view in views if view.version is not None and view.version.state == "draft"]
        draft = drafts[0] if drafts else None
        diff = None
        if in_force is not None and draft is not None:
            requests = [transaction.requests.document(version.request_id) for version in (in_force, draft)]
            documents = [plans.document(version.id) for version in (in_force, draft)]
            diff = plan_diff(requests[0], documents[0], requests[1], documents[1])
    return PlanBoard(plans=views, in_force=in_force, draft=draft, diff=diff)


def _at_risk(orders: Any, policy: Policy) -> tuple[AtRisk, ...]:
    """Return the orders that the plan serves too late, or with too small a chance; the first to be due first."""
    least = policy.slots.least_probability
    found = [one for one in orders if one.is_late or (one.p_on_time is not None and one.p_on_time < least)]
    return tuple(sorted(found, key=lambda one: (not one.is_late, one.due is None, one.due, one.id))[:SHOWN])
