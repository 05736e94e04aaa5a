"""Communities that a dispatch centre got since its plan was made: the running day comes to know them (R33)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dispatch.domain.live_day import LiveDay
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.request import Order
from dispatch.domain.travel_validation import location_problems
from dispatch.ports import Transaction


def with_communities_of(live: LiveDay, orders: Iterable[Order], transaction: Transaction) -> LiveDay:
    """Return a running day that knows the communities of orders; one that its source of travel cannot place stays out.

    Nothing is read if it knows them all already, as it nearly always does.
    """
    missing = {order.community for order in orders} - live.base.communities_by_id.keys()
    if not missing:
        return live
    found = transaction.records(CommunityRecord).find_all(missing)
    new = tuple(
        record.community.model_copy(update={"extra": None})
        for _, record in sorted(found.items())
        if not any(location_problems("location", record.community.location, live.base))
    )
    base = live.base.model_copy(update={"communities": (*live.base.communities, *new)})
    return replace(live, base=base) if new else live
