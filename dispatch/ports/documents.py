"""The stored planning requests, plans and runs, as use cases see them inside one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Protocol

from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion, Schedule, StoredRequest
from dispatch.domain.request import Request
from dispatch.domain.run import Run, RunKind, RunState


class Requests(Protocol):
    """The stored planning requests, inside one transaction."""

    def add(self, stored: StoredRequest, request: Request) -> None:
        """Store a request with its entities."""
        ...

    def get(self, request_id: str) -> StoredRequest:
        """Return what is known of a stored request; raises `NotFoundError` if there is none."""
        ...

    def document(self, request_id: str) -> Request:
        """Return the request itself; raises `NotFoundError` if there is none."""
        ...


class Plans(Protocol):
    """The stored plans, inside one transaction."""

    def lock_day(self, dispatch_day: date) -> None:
        """Keep other writers away from a dispatch day's plans until the transaction ends."""
        ...

    def next_version(self, dispatch_day: date) -> int:
        """Return the number after the day's highest version; 1 for the first."""
        ...

    def add(self, version: PlanVersion, plan: Plan, request: Request) -> None:
        """Store a plan with its routes and stops; `request` is the one it plans."""
        ...

    def get(self, plan_id: str) -> PlanVersion:
        """Return what is known of a stored plan; raises `NotFoundError` if there is none."""
        ...

    def document(self, plan_id: str) -> Plan:
        """Return the plan itself; raises `NotFoundError` if there is none."""
        ...

    def versions(self, dispatch_day: date) -> tuple[PlanVersion, ...]:
        """Return what is known of the plans of a dispatch day, the youngest first."""
        ...

    def published(self, dispatch_day: date) -> PlanVersion | None:
        """Return the version in force for a dispatch day; None if nothing is published."""
        ...

    def save_state(self, version: PlanVersion) -> None:
        """Write `state`, `published_at` and `superseded_at` of a stored plan.

        Raises
        ------
        StalePlanError
            If another version of the day is published already.
        """
        ...

    def schedule(self, day: date) -> Schedule:
        """Return the day's part of the published plan in force; raises `NotFoundError` if none reaches the day."""
        ...


class Runs(Protocol):
    """The planning runs, inside one transaction; one that writes locks each run it reads until its end."""

    def add(self, run: Run) -> None:
        """Store a new run."""
        ...

    def get(self, run_id: str) -> Run:
        """Return a run; raises `NotFoundError` if there is none."""
        ...

    def save(self, run: Run) -> None:
        """Write every field of a stored run."""
        ...

    def latest(self, *, limit: int, state: RunState | None = None) -> tuple[Run, ...]:
        """Return runs, youngest first."""
        ...

    def counts(self) -> Mapping[RunState, int]:
        """Return how many runs there are in each state that any is in."""
        ...

    def next_queued(self, kind: RunKind | None = None) -> Run | None:
        """Return the run that nobody else is claiming: an urgent one first, then who has waited longest; None = none.

        Parameters
        ----------
        kind
            Only of this kind; None = of any.
        """
        ...

    def running(self) -> tuple[Run, ...]:
        """Return the runs that somebody has in hand."""
        ...

    def beat(self, held_by: Collection[str], *, at: datetime) -> None:
        """Write a sign of life on every run that one of these runners has in hand."""
        ...

    def remind(self) -> int:
        """Tell worker processes of every queued run that they have not been told of; return how many those are."""
        ...

    def best_plan(self, run_id: str) -> Plan | None:
        """Return the best plan so far of an unfinished run; None if there is none."""
        ...

    def save_best_plan(self, run_id: str, plan: Plan | None) -> None:
        """Replace the best plan so far of a run; None removes it."""
        ...
