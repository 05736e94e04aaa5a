"""Which entries of the order book still take a place when a plan is loaded anew."""

from __future__ import annotations

from collections.abc import Iterable

from dispatch.domain.plan import Plan
from dispatch.domain.records.order_book import BookEntry
from dispatch.domain.request import Order, Request


def entries_to_place(entries: Iterable[BookEntry], request: Request, plan: Plan) -> tuple[Order, ...]:
    """Return the orders that took a place and that the plan does not serve as they were told, in the book's order.

    What is not open any more takes no place. An order counts as it is now, not as it was entered: its customer may
    have been told something else since.

    Parameters
    ----------
    request
        The open orders as they are now.
    """
    start_of = {visit.order: visit.start for route in plan.routes for visit in route.visits}
    last = {entry.order: entry for entry in entries}  # a later entry takes the place of an earlier one
    found = []
    for entry in sorted(last.values(), key=lambda one: one.number):
        order = request.orders_by_id.get(entry.order)
        if order is None:
            continue
        start = start_of.get(order.id)
        is_kept = start is not None and (
            not order.windows
            or order.agreed_start is not None
            or any(window.start <= start <= window.end for window in order.windows)
        )
        if not is_kept:
            found.append(order)
    return tuple(found)
