"""What a use case needs from the outside world, as protocols: clock, identifiers, store, planner, checker.

`dispatch.bootstrap` builds the real adapters; the tests have fakes that live in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dispatch.domain.offers import InsertionOffer, SlotWindow
from dispatch.domain.plan import Plan, Violation
from dispatch.domain.request import Order, Request
from dispatch.domain.run import RunParameters, RunProgress
from dispatch.policy.settings import Policy
from dispatch.store_ports import Plans, Records, Requests, Runs, Store, Transaction

__all__ = [
    "Checker",
    "Clock",
    "LiveBook",
    "NewId",
    "Planner",
    "PlannerProgress",
    "Plans",
    "Records",
    "Requests",
    "Runners",
    "Runs",
    "Store",
    "Transaction",
]

NewId = Callable[[], str]
"""Returns an identifier that was never used before."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def monotonic_s(self) -> float:
        """Return seconds since some moment; never runs backwards. For intervals only."""
        ...


@dataclass(frozen=True, kw_only=True)
class PlannerProgress:
    """What a planner reports while it works.

    Attributes
    ----------
    best_plan
        Makes the checked plan of the incumbent on demand; it costs time, so it is asked for now and then. Returns None
        if there is none to show.
    """

    progress: RunProgress
    best_plan: Callable[[], Plan | None]


class Runners(Protocol):
    """Whoever executes queued runs, as seen by the process that serves the store."""

    def start(self) -> None:
        """Begin to execute queued runs, or to look after those who do."""
        ...

    def wake(self) -> None:
        """Say that a run was queued."""
        ...

    def stop(self, *, grace_s: float) -> bool:
        """End what runs in this process; return whether it ended within `grace_s` seconds."""
        ...


class Planner(Protocol):
    """Makes a checked plan of a request."""

    @property
    def version(self) -> str:
        """Version of the program that plans."""
        ...

    def plan(
        self,
        request: Request,
        policy: Policy,
        parameters: RunParameters,
        *,
        on_progress: Callable[[PlannerProgress], None],
        is_cancelled: Callable[[], bool],
        best_plan: Plan | None = None,
    ) -> Plan:
        """Plan a request until a limit is reached or `is_cancelled` says so; then return the best plan.

        Parameters
        ----------
        best_plan
            What an earlier attempt came to; the search begins there. Locks are those of the request all the same.

        Raises
        ------
        CheckFailedError
            If the plan does not pass the checker.
        """
        ...


class Checker(Protocol):
    """Judges a plan independently of the planner."""

    def violations(self, request: Request, plan: Plan, policy: Policy) -> tuple[Violation, ...]:
        """Return the rules the plan breaks without declaring it; empty if it is fit to be published."""
        ...


class LiveBook(Protocol):
    """A plan that takes in orders while it runs; several clients may use it at once."""

    @property
    def request(self) -> Request:
        """The request with the orders that were taken in."""
        ...

    def go_on(self, now: datetime) -> None:
        """Let its clock go on: what is asked for is looked at as of that moment; an earlier one changes nothing."""
        ...

    def first_within(
        self,
        order: Order,
        slots: Sequence[SlotWindow],
        *,
        accept: Callable[[InsertionOffer], bool],
        enough: int | None = None,
    ) -> tuple[InsertionOffer | None, ...]:
        """Return for each window the cheapest acceptable way to serve an order if that window is told; None = none.

        Parameters
        ----------
        enough
            So many windows with an answer suffice, the cheapest ones; None = all.

        Raises
        ------
        BadInputError
            If the order is impossible.
        TravelError
            If travel to it cannot be had.
        """
        ...

    def book(self, order: Order, *, accept: Callable[[InsertionOffer], bool]) -> InsertionOffer:
        """Serve an order, as it is booked, in the cheapest acceptable way; return that way.

        Raises
        ------
        StaleOfferError
            If there is none any more.
        """
        ...
