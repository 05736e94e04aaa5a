"""What the plan changes against the plan in force, visit by visit, and what that costs."""

from __future__ import annotations

from dispatch.checker.findings import second_of
from dispatch.checker.reading import ReadRoute
from dispatch.domain.request import Request
from dispatch.policy.commitment import Commitment


class Changes:
    """Prices of changes; visits that are not taxed have none.

    Parameters
    ----------
    commitments
        Of the request.
    """

    def __init__(self, request: Request, commitments: tuple[Commitment, ...]) -> None:
        self._zone = request.zone
        self._taxed = {commitment.order: commitment for commitment in commitments if commitment.hold == "taxed"}

    def price_of_visit(self, order: str, route: ReadRoute, start_s: int) -> int:
        """Return what it costs that an order is served on a route, from a moment on (seconds since 1970)."""
        published = self._taxed.get(order)
        if published is None:
            return 0
        prices, price = published.prices, 0
        technician, shift = route.technician.id, route.shift
        if technician != published.technician:
            price += prices.technician
        is_same_shift = (technician, shift.id) == (published.technician, published.shift)
        if not is_same_shift and shift.start.astimezone(self._zone).date() != published.day:
            price += prices.day
        if prices.later_from is not None and start_s > second_of(prices.later_from):
            price += prices.later
        return price

    def price_of_dropping(self, order: str) -> int:
        """Return what it costs that an order is in no route."""
        published = self._taxed.get(order)
        return 0 if published is None else published.prices.dropped
