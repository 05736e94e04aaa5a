"""What became of every order: the ledger that the figures of a replay are counted from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dispatch.domain.live_day import Outcome
from dispatch.domain.request import Order, Request, Tier
from dispatch.policy.promise import due_times
from dispatch.policy.settings import Policy


@dataclass
class Case:
    """One order from its acceptance on.

    Attributes
    ----------
    asked, order
        The order as it was accepted, and as it is now.
    due
        Earliest due time of its promises; None = no promise.
    is_customers_doing
        Whether the customer has caused time to pass: was out, was not reached, asked for later (T7).
    taken_at, first_call_at
        When a technician first took it on, and when the customer was first called after that.
    calls, visits
        How often the customer was called; how often somebody stood at the door.
    arrived_at, ended_at, technician
        Of the visit that closed it.
    outcome
        None = still open.
    broken_exact, broken_half_days
        Evenings on which an agreed time, or the last booked half-day, had passed without a visit.
    is_disturbed, is_put_off
        Whether a new plan took back what the customer was told; or the day of one who was told nothing.
    """

    asked: Order
    order: Order
    tier: Tier
    due: datetime | None
    is_customers_doing: bool = False
    taken_at: datetime | None = None
    first_call_at: datetime | None = None
    calls: int = 0
    visits: int = 0
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    technician: str | None = None
    outcome: Outcome | None = None
    broken_exact: int = 0
    broken_half_days: int = 0
    is_disturbed: bool = False
    is_put_off: bool = False

    @property
    def broken_words(self) -> int:
        """How often something the customer was told did not come true."""
        return self.broken_exact + self.broken_half_days

    @property
    def is_open(self) -> bool:
        """Whether there is still something to do."""
        return self.outcome is None

    @property
    def is_done(self) -> bool:
        """Whether the work was done, by whomever."""
        return self.outcome in ("done", "remedy_pending", "restored_by_parent")

    def close(self, outcome: Outcome, at: datetime, technician: str | None = None) -> None:
        """Close the order."""
        self.outcome, self.ended_at, self.technician = outcome, at, technician


@dataclass
class Ledger:
    """All orders of a replay by id, in the sequence they became known."""

    request: Request
    policy: Policy
    cases: dict[str, Case] = field(default_factory=dict)

    def open_case(self, order: Order) -> Case:
        """Take an order in."""
        due = due_times(order, self.request, self.policy).due
        case = Case(asked=order, order=order, tier=self.request.tier_of(order), due=due)
        wanted = order.agreed_start or min((window.start for window in order.windows), default=None)
        case.is_customers_doing = wanted is not None and due is not None and wanted > due
        self.cases[order.id] = case
        return case

    def __getitem__(self, order: str) -> Case:
        return self.cases[order]

    @property
    def still_open(self) -> Iterator[Case]:
        """Orders with something left to do."""
        return (case for case in self.cases.values() if case.is_open)


def settle_evening(case: Case, *, midnight: datetime) -> None:
    """Note what an open order's customer was told and did not get today, and book again what has passed.

    An exact time or a half-day that has passed becomes a booking of the same length and time on the next day. Whom
    a technician turned down today may be asked again tomorrow.

    Parameters
    ----------
    midnight
        Start of the next day.
    """
    order = case.order
    changes: dict[str, object] = {"excluded_technicians": case.asked.excluded_technicians}
    was_held = order.hold_until is not None and order.hold_until >= midnight
    if order.agreed_start is not None and order.agreed_start < midnight:
        case.broken_exact += not was_held
        changes |= {"agreed_start": None, "windows": case.asked.windows}
    windows = order.windows
    if windows and all(window.end < midnight for window in windows):
        case.broken_half_days += order.agreed_start is None and not was_held
        last = windows[-1]
        later = timedelta(days=(midnight.date() - last.start.date()).days)
        moved = last.model_copy(update={"start": last.start + later, "end": last.end + later})
        changes["windows"] = (moved,)
    case.order = order.model_copy(update=changes)
