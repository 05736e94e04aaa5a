"""A booking beyond the due time: the customer chose it, so the difference is customer-caused (R07, T7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.domain.records.work_order import Hold
from dispatch.domain.request import Window


@dataclass(frozen=True, kw_only=True)
class BookedHolds:
    """What a booking does to an order's clocks.

    Attributes
    ----------
    holds
        Its holds, that of an earlier booking replaced.
    due
        The order's own due time for planning: the end of a booking beyond the promise; None = the promise's.
    """

    holds: tuple[Hold, ...]
    due: datetime | None


def without_later_slot(holds: Sequence[Hold]) -> tuple[Hold, ...]:
    """Return the holds without that of a booking."""
    return tuple(hold for hold in holds if hold.cause != "later_slot")


def booked_holds(holds: Sequence[Hold], windows: Sequence[Window], due: datetime | None) -> BookedHolds:
    """Return the holds of an order once it is booked for some windows.

    A booking that begins after the due time adds a hold from the due time to the booking's end: so much longer the
    promise runs, and not a moment more.

    Parameters
    ----------
    due
        Due time with the customer-caused time so far, without that of an earlier booking; None = nothing is promised.
    """
    others = without_later_slot(holds)
    if due is None or not windows or min(window.start for window in windows) <= due:
        return BookedHolds(holds=others, due=None)
    end = max(window.end for window in windows)
    return BookedHolds(holds=(*others, Hold(cause="later_slot", start=due, end=end)), due=end)
