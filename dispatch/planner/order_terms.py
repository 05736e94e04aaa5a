"""What the policy says about each order: when it may start, when it is due, what it costs to be late or left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.domain.request import Order, Request, Window
from dispatch.policy.prices import missed_price, unassigned_price
from dispatch.policy.promise import DueTimes, due_times
from dispatch.policy.settings import Policy
from dispatch.policy.windows import start_windows


@dataclass(frozen=True, kw_only=True)
class OrderTerms:
    """The policy's judgement of one order.

    Attributes
    ----------
    windows
        Service starts inside one of them; () = cannot be planned.
    due
        Due times with their promises.
    buffer_from, broken_from
        A start after it costs `agreed_buffer` per second, or `agreed_broken` once; None = neither.
    missed_cost, unassigned_cost
        Cost units.
    """

    windows: tuple[Window, ...]
    due: DueTimes
    buffer_from: datetime | None
    broken_from: datetime | None
    missed_cost: int
    unassigned_cost: int


def terms_of_orders(request: Request, policy: Policy) -> tuple[OrderTerms, ...]:
    """Return the policy's judgement of every order, in request order."""
    return tuple(terms_of(order, request, policy) for order in request.orders)


def terms_of(order: Order, request: Request, policy: Policy) -> OrderTerms:
    """Return the policy's judgement of one order, which need not be one of the request; its community is."""
    due = due_times(order, request, policy)
    appointment, agreed = policy.appointment, order.agreed_start
    is_priced = appointment.agreed_window == "priced"
    return OrderTerms(
        windows=start_windows(order, request, policy),
        due=due,
        buffer_from=agreed + timedelta(seconds=appointment.buffer_s) if agreed else None,
        broken_from=agreed + timedelta(seconds=appointment.late_s) if agreed and is_priced else None,
        missed_cost=missed_price(order, request.tier_of(order), policy),
        unassigned_cost=unassigned_price(order, request, policy, due.due),
    )
