"""Ask for planning runs, look at them, stop them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dispatch.domain.plan_version import StoredRequest
from dispatch.domain.request import Request
from dispatch.domain.run import Run, RunKind, RunParameters, RunState
from dispatch.errors import RunStateError
from dispatch.policy.settings import Policy, effective_policy
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.keep_plan import keep_plan


def start_run(
    request_id: str,
    *,
    kind: RunKind = "nightly",
    parameters: RunParameters,
    policy: Policy,
    code_version: str,
    store: Store,
    clock: Clock,
    new_id: NewId,
) -> Run:
    """Queue a planning run of a stored request; a runner executes it later.

    Parameters
    ----------
    policy
        The service's policy; with the request's overrides it is fixed here for the whole life of the run.

    Raises
    ------
    NotFoundError
        If there is no such request.
    """
    with store.read() as transaction:
        stored = transaction.requests.get(request_id)
        request = transaction.requests.document(request_id)
    run = new_run(
        stored,
        request,
        kind=kind,
        parameters=parameters,
        policy=policy,
        code_version=code_version,
        now=clock.now(),
        run_id=new_id(),
    )
    with store.write() as transaction:
        transaction.runs.add(run)
    return run


def new_run(
    stored: StoredRequest,
    request: Request,
    *,
    kind: RunKind,
    parameters: RunParameters,
    policy: Policy,
    code_version: str,
    now: datetime,
    run_id: str,
) -> Run:
    """Return a queued run of a request, which is not stored yet; its policy is fixed here."""
    return Run(
        id=run_id,
        request_id=stored.id,
        request_digest=stored.digest,
        kind=kind,
        parameters=parameters,
        policy=effective_policy(request, policy).model_dump(mode="json"),
        code_version=code_version,
        created_at=now,
    )


def get_run(run_id: str, *, store: Store) -> Run:
    """Return a run; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        return transaction.runs.get(run_id)


def list_runs(*, store: Store, limit: int, state: RunState | None = None) -> tuple[Run, ...]:
    """Return runs, youngest first."""
    with store.read() as transaction:
        return transaction.runs.latest(limit=limit, state=state)


def cancel_run(run_id: str, *, store: Store, clock: Clock, new_id: NewId) -> Run:
    """Stop a run: a queued one ends at once, a running one within moments; the best plan so far is kept as a draft.

    Cancelling a cancelled run changes nothing.

    Raises
    ------
    NotFoundError
        If there is no such run.
    RunStateError
        If the run is done or has failed: there is nothing left to stop.
    """
    with store.write() as transaction:
        run = transaction.runs.get(run_id)
        if run.state == "cancelled":
            return run
        if run.is_final:
            msg = f"run {run_id!r} cannot be cancelled: it is {run.state} already"
            raise RunStateError(msg)
        if run.state == "running":
            run = replace(run, is_cancel_requested=True)
        else:
            run = replace(run, state="cancelled", is_cancel_requested=True, finished_at=clock.now())
            run = keep_plan(run, transaction.runs.best_plan(run_id), transaction=transaction, plan_id=new_id())
        transaction.runs.save(run)
        return run
