"""Give orders to those who do them by the plan that was put in force, and take them from those who do not any more."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.order_moves import OrderMoves
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Transaction
from dispatch.usecases.planning.joined_store import JoinedStore
from dispatch.usecases.work_orders.planned import Placement, dispatch_many, follow_plan
from dispatch.usecases.work_orders.turn import Means


def move_orders(
    moves: OrderMoves,
    plan_id: str,
    *,
    orders: Mapping[str, WorkOrder],
    transaction: Transaction,
    clock: Clock,
    new_id: NewId,
    actor: str,
    policy: Policy,
) -> None:
    """Plan, move, take back and hand out orders inside the transaction that puts their plan in force.

    Parameters
    ----------
    orders
        As they were when the moves were reckoned, by id.

    Raises
    ------
    StaleRecordError
        If one of those that move was changed meanwhile.
    """
    means: Means = {
        "store": JoinedStore(transaction),
        "clock": clock,
        "new_id": new_id,
        "actor": actor,
        "policy": policy,
    }
    placements = [
        Placement(
            order=one.order,
            technician=one.technician,
            start=one.start,
            end=one.end,
            p_on_time=one.p_on_time,
            arrival_window=one.arrival_window,
        )
        for one in (*moves.planned, *moves.moved)
    ]
    follow_plan(plan_id, placements, moves.unplanned, orders, **means)
    dispatch_many(moves.dispatched, **means)
