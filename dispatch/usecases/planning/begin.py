"""Begin a plan that nobody asked for: its request, its run and the record that says what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from dispatch.domain.files import request_digest
from dispatch.domain.plan_version import StoredRequest
from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.running_day import EventPosition
from dispatch.domain.request import Request
from dispatch.domain.run import Run, RunKind, RunParameters
from dispatch.policy.settings import Policy
from dispatch.ports import NewId, Transaction
from dispatch.usecases.runs import new_run


@dataclass(frozen=True, kw_only=True)
class PreparedPlan:
    """What is stored to begin a plan."""

    stored: StoredRequest
    request: Request
    run: Run
    automatic: AutomaticPlan


def prepared_plan(
    request: Request,
    *,
    kind: RunKind,
    day: date,
    search_s: float,
    publishes: bool,
    replaces: int | None,
    read: EventPosition,
    policy: Policy,
    code_version: str,
    now: datetime,
    new_id: NewId,
    reasons: tuple[str, ...] = (),
    attempt: int = 1,
) -> PreparedPlan:
    """Return everything that begins a plan, made before the transaction that stores it.

    Parameters
    ----------
    replaces
        Version that is in force for the day; None = none is.
    read
        Field events that are in the request.
    """
    stored = StoredRequest(id=new_id(), digest=request_digest(request), created_at=now)
    run = new_run(
        stored,
        request,
        kind=kind,
        parameters=RunParameters(limit_s=search_s),
        policy=policy,
        code_version=code_version,
        now=now,
        run_id=new_id(),
    )
    automatic = AutomaticPlan(
        id=run.id,
        created_at=now,
        changed_at=now,
        kind=kind,
        dispatch_day=day,
        publishes=publishes,
        replaces=replaces,
        read=read,
        attempt=attempt,
        reasons=reasons,
    )
    return PreparedPlan(stored=stored, request=request, run=run, automatic=automatic)


def begin(prepared: PreparedPlan, transaction: Transaction) -> None:
    """Store a plan's beginning; a runner takes its run as soon as the transaction ends."""
    transaction.requests.add(prepared.stored, prepared.request)
    transaction.runs.add(prepared.run)
    transaction.records(AutomaticPlan).add(prepared.automatic)
