"""What the running day can offer: places for one more order, windows that can be kept, exact times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.request import Order, Window


@dataclass(frozen=True, kw_only=True)
class InsertionOffer:
    """One way to serve one more order without changing who serves the others.

    Attributes
    ----------
    order, technician, shift
        Ids.
    position
        Number of the visit among those of the route, from 0.
    cost
        By how much the plan gets dearer, the price of leaving the order out not counted.
    terms
        `cost` by term; terms that do not change are left out.
    arrival, start, end
        Of the new visit.
    due
        When it should have ended; None = nothing is promised.
    is_late
        Whether it ends after `due`.
    disturbed
        Visits that the insertion delays beyond what their customer was told, or makes late.
    broken
        Those of them whose promise or agreed time it breaks.
    p_on_time
        Chance that the visit starts within its window; None = not asked for.
    p_promise_kept
        Chance that it ends by `due`; None = not asked for.
    at_risk
        Other visits of the route that probably kept their promise and window before, and do not now.
    """

    order: str
    technician: str
    shift: str
    position: int
    cost: int
    terms: Mapping[str, int]
    arrival: datetime
    start: datetime
    end: datetime
    due: datetime | None
    is_late: bool
    disturbed: tuple[str, ...]
    broken: tuple[str, ...]
    p_on_time: float | None = None
    p_promise_kept: float | None = None
    at_risk: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SlotWindow:
    """A window that customers are offered.

    Attributes
    ----------
    label
        For people, as "2026-03-11 morning", "2026-03-11 08:30-10:30" or "2026-03-11 09:15".
    window
        Service is planned to start inside it.
    told
        The exact time that the customer is told; None = the window is told.
    kept_until
        A later start breaks what was told; None = a start after the window.
    """

    label: str
    window: Window
    told: datetime | None = None
    kept_until: datetime | None = None

    def booked(self, order: Order) -> Order:
        """Return an order whose customer was told this."""
        if self.told is not None:
            return order.model_copy(update={"agreed_start": self.told})
        return order.model_copy(update={"windows": (self.window,), "agreed_start": None})


@dataclass(frozen=True, kw_only=True)
class SlotOffer:
    """What can be kept for an order: some technician has room, and nobody else's window or promise breaks.

    Attributes
    ----------
    slot
        The window, or the exact time.
    insertion
        The cheapest way to keep it: technician, marginal cost, chances, who is affected.
    beyond_due
        The visit would end after the promise's due time: choosing the window is the customer's wish (T7).
    """

    slot: SlotWindow
    insertion: InsertionOffer
    beyond_due: bool
