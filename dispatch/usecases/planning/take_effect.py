"""What comes with a plan that is put in force: the running day, the orders, and the difference for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.live_day import LiveDay
from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.running_day import (
    EventPosition,
    LiveDayText,
    PlanChange,
    RunningDay,
    live_day_text,
    running_day_id,
)
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Request
from dispatch.policy.order_moves import Assignment, OrderMoves, order_moves
from dispatch.policy.plan_changes import changes_between
from dispatch.policy.running_days import assignments_of, day_with_plan, dispatch_next_at
from dispatch.policy.settings import Policy, effective_policy
from dispatch.ports import Transaction
from dispatch.usecases.planning.snapshot import position_now


@dataclass(frozen=True, kw_only=True)
class Effects:
    """What publishing a plan brings about, reckoned before the transaction that does it.

    Attributes
    ----------
    before
        The running day as it was when this was reckoned; None = it begins.
    orders
        Those that the plan's request is about, by id, as they were then.
    moves
        What becomes of them.
    """

    before: RunningDay | None
    day: RunningDay
    text: str
    orders: Mapping[str, WorkOrder]
    moves: OrderMoves
    change: PlanChange | None


def effects_of(
    version: PlanVersion, request: Request, plan: Plan, *, policy: Policy, now: datetime, transaction: Transaction
) -> Effects:
    """Return what putting a plan in force brings about.

    Parameters
    ----------
    policy
        The centre's.
    transaction
        Seen by the centre; one that reads is enough.
    """
    key = running_day_id(version.dispatch_day)
    before = transaction.records(RunningDay).find(key)
    automatic = transaction.records(AutomaticPlan).find(version.run_id)
    live_before = None if before is None else transaction.records(LiveDayText).get(key).live_day()
    is_replan = automatic is not None and automatic.kind == "urgent"
    live = day_with_plan(live_before, request, plan, is_replan=is_replan)
    found = assignments_of(live, policy)
    orders = transaction.records(WorkOrder).find_all(request.orders_by_id)
    reasons = () if automatic is None else automatic.reasons
    return Effects(
        before=before,
        day=_day(version, before, live, found, automatic, is_replan=is_replan, now=now, transaction=transaction),
        text=live_day_text(live),
        orders=orders,
        moves=order_moves(orders.values(), request, found, now, settings=policy.planning),
        change=None
        if before is None or live_before is None
        else _change(version, before, live_before, live, reasons=reasons, policy=policy, now=now),
    )


def take_effect(effects: Effects, *, now: datetime, transaction: Transaction) -> None:
    """Store the running day of a plan that was put in force, and what it changes; orders are moved by themselves.

    Raises
    ------
    StaleRecordError, AlreadyThereError
        If the running day has gone on since the effects were reckoned; nothing may be stored then.
    """
    days, texts, key = transaction.records(RunningDay), transaction.records(LiveDayText), effects.day.id
    if effects.before is None:
        days.add(effects.day)
        texts.add(LiveDayText(id=key, created_at=now, changed_at=now, text=effects.text))
    else:
        days.save(effects.day)
        texts.save(texts.get(key).changed(now, text=effects.text))
    if effects.change is not None and transaction.records(PlanChange).find(effects.change.id) is None:
        transaction.records(PlanChange).add(effects.change)


def _day(
    version: PlanVersion,
    before: RunningDay | None,
    live: LiveDay,
    found: tuple[Assignment, ...],
    automatic: AutomaticPlan | None,
    *,
    is_replan: bool,
    now: datetime,
    transaction: Transaction,
) -> RunningDay:
    next_at = dispatch_next_at(found, now)
    if before is not None:
        changes: dict[str, object] = {} if is_replan else {"last_day": version.last_day}
        if automatic is None:  # somebody decided: what asked for a new plan so far is settled
            changes |= {"replan_since": None, "replan_reasons": ()}
        return before.changed(now, plan=version.id, plan_version=version.version, dispatch_next_at=next_at, **changes)
    today = now.astimezone(live.base.zone).date()
    read: EventPosition = position_now(transaction, today) if automatic is None else automatic.read
    return RunningDay(
        id=running_day_id(version.dispatch_day),
        created_at=now,
        changed_at=now,
        dispatch_day=version.dispatch_day,
        last_day=version.last_day,
        plan=version.id,
        plan_version=version.version,
        read=read,
        dispatch_next_at=next_at,
    )


def _change(
    version: PlanVersion,
    before: RunningDay,
    was: LiveDay,
    is_now: LiveDay,
    *,
    reasons: tuple[str, ...],
    policy: Policy,
    now: datetime,
) -> PlanChange:
    """Return what changes against the plan in force before."""
    rules = effective_policy(is_now.plan_request, policy)
    diff = changes_between(was.plan_request, was.plan, is_now.plan_request, is_now.plan, policy=rules)
    return PlanChange(
        id=version.id,
        created_at=now,
        changed_at=now,
        dispatch_day=version.dispatch_day,
        before=before.plan,
        reasons=reasons,
        disturbed=len(diff.disturbed),
        document=diff.to_document(),
    )
