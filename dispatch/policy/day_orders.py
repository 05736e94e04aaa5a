"""The orders of the running day, brought in line with what the service knows of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatch.domain.live_day import LiveDay
from dispatch.domain.records.order_state import PLANNABLE_STATES, State
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.validation import order_problems
from dispatch.policy.planning_request import planning_order

GONE_STATES: Final[frozenset[State]] = frozenset(
    {"withdrawal_requested", "withdrawal_verified", "withdrawn", "rejected", "done", "closed", "surveyed"}
)
"""Nobody goes there any more."""


def with_orders(day: LiveDay, orders: Iterable[WorkOrder], *, until: datetime) -> LiveDay:
    """Return the day with open orders as their records say; those that are under way stay as they are.

    The night's snapshot did not have what came in later, nor what another day's plan was to serve and did not. An order
    that another day's plan serves, or that is given up, is none of this day's any more.

    Parameters
    ----------
    orders
        The records; those that nobody can plan are left alone.
    until
        Where the plan of the next dispatch day begins; what is planned from there on belongs to it.
    """
    known, request = dict(day.orders), day.base.model_copy(update={"now": day.now})
    under_way = {visit.order for visit in day.under_way.values()}
    for order in orders:
        if order.id in under_way or order.id in day.finished:
            continue
        is_elsewhere = order.planned_start is not None and (
            order.planned_start >= until or day.now <= order.planned_start < day.base.horizon.start
        )
        if order.state in GONE_STATES or (order.state in PLANNABLE_STATES and is_elsewhere):
            known.pop(order.id, None)
        elif order.id in known or order.state in PLANNABLE_STATES:
            asked = planning_order(order)
            if not any(order_problems("order", asked, request)):
                known[order.id] = asked.model_copy(update=_kept(day, order.id))
    parent_of = {child: parent for child, parent in day.parent_of.items() if child in known and parent in known}
    return replace(day, orders=known, parent_of=parent_of, accepted=day.accepted.intersection(known))


def _kept(day: LiveDay, order: str) -> dict[str, object]:
    """Return what the running day alone knows: who will not go."""
    if order not in day.orders:
        return {}
    return {"excluded_technicians": day.orders[order].excluded_technicians}
