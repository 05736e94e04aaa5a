"""Execute queued planning runs: claim one, plan it, keep its plan; bring back those whose process died."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from dispatch.domain.plan import Plan
from dispatch.domain.run import Run, RunFailure, RunKind, RunParameters, RunState
from dispatch.errors import DispatchError, RunStateError, StoreError
from dispatch.policy.settings import stored_policy
from dispatch.ports import Clock, NewId, Planner, Store, Transaction
from dispatch.usecases.failures import failure_of
from dispatch.usecases.keep_plan import keep_plan
from dispatch.usecases.replan_urgent import plan_or_insertions
from dispatch.usecases.run_watch import RunWatch


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Who executes runs, and with what.

    Attributes
    ----------
    id
        Never used before: it fences off results of a runner that was thought dead.
    only
        The kind of run that it takes; None = any.
    on_end
        Is told of each run that it brought to its end.
    progress_every_s, best_plan_every_s
        Pause between two progress reports, and between two savings of the best plan so far.
    """

    id: str
    store: Store
    planner: Planner
    only: RunKind | None = None
    clock: Clock
    new_id: NewId
    on_end: Callable[[Run], None] = lambda _: None
    progress_every_s: float = 1.0
    best_plan_every_s: float = 15.0


def claim_run(runner: Runner, *, run_id: str | None = None) -> Run | None:
    """Take a queued run; None if none waits. No other runner gets the same one.

    Parameters
    ----------
    run_id
        Only this one, if it still waits; None = the one that has waited longest.
    """
    with runner.store.write() as transaction:
        run = transaction.runs.next_queued(runner.only) if run_id is None else transaction.runs.get(run_id)
        if run is None or run.state != "queued":
            return None
        now = runner.clock.now()
        run = replace(
            run,
            state="running",
            claimed_by=runner.id,
            started_at=now,
            heartbeat_at=now,
            progress=None,
            code_version=runner.planner.version,
        )
        transaction.runs.save(run)
        return run


def execute_run(run: Run, *, runner: Runner, is_stopping: Callable[[], bool]) -> Run:
    """Plan a claimed run and store how it ended.

    It warm starts from the run's best plan so far, if there is one. A run that is cancelled keeps its best plan; one
    that is interrupted because the process stops goes back to the queue with it.

    Parameters
    ----------
    is_stopping
        Says that the process wants to end; may be called from any thread.

    Raises
    ------
    RunStateError
        If somebody else has taken the run over meanwhile; its result is dropped.
    StoreError
        If the store cannot be used: no fault of the run, which can be tried again.
    """
    with runner.store.of(run.centre).read() as transaction:
        request = transaction.requests.document(run.request_id)
        best_plan = transaction.runs.best_plan(run.id)
    watch = RunWatch(
        run,
        store=runner.store.of(run.centre),
        clock=runner.clock,
        is_stopping=is_stopping,
        progress_every_s=runner.progress_every_s,
        best_plan_every_s=runner.best_plan_every_s,
    )
    try:
        policy = stored_policy(run.policy)

        def planned(parameters: RunParameters) -> Plan:
            return runner.planner.plan(
                request,
                policy,
                parameters,
                on_progress=watch.on_progress,
                is_cancelled=watch.is_cancelled,
                best_plan=best_plan,
            )

        plan = plan_or_insertions(planned, run.parameters) if run.kind == "urgent" else planned(run.parameters)
    except StoreError:
        raise
    except DispatchError as error:
        return fail_run(run, failure_of(error), runner=runner)
    return _finish(run, plan, runner=runner, is_interrupted=is_stopping() and plan.run.stopped_by == "cancelled")


def fail_run(run: Run, failure: RunFailure, *, runner: Runner) -> Run:
    """Store that a claimed run failed; its best plan so far, if any, is kept as a draft.

    Raises
    ------
    RunStateError
        If somebody else has taken the run over meanwhile.
    """
    with runner.store.of(run.centre).write() as transaction:
        run = _still_ours(transaction.runs.get(run.id), runner)
        run = replace(run, state="failed", failure=failure, claimed_by=None, finished_at=runner.clock.now())
        best_plan = transaction.runs.best_plan(run.id)
        run = keep_plan(run, best_plan, transaction=transaction, plan_id=runner.new_id())
        transaction.runs.save(run)
        return run


def recover_runs(
    *,
    store: Store,
    clock: Clock,
    new_id: NewId,
    max_attempts: int,
    held_by: str | None = None,
    silent_for_s: float | None = None,
) -> tuple[Run, ...]:
    """Bring back the runs whose runner died: to the queue for another attempt, or failed after `max_attempts`.

    A run that should have been cancelled ends cancelled. Any number of processes may do this at once.

    Parameters
    ----------
    held_by
        Only the runs of this runner, which has lost hold of them; None = of all.
    silent_for_s
        Only the runs whose runner has given no sign of life for so long; None = all, to be asked for only when no
        other runner of this store is alive.

    Returns
    -------
    tuple of Run
        The runs as they are now.
    """
    before = None if silent_for_s is None else clock.now() - timedelta(seconds=silent_for_s)

    def is_lost(run: Run) -> bool:
        is_silent = before is None or run.heartbeat_at is None or run.heartbeat_at < before
        return is_silent and held_by in (None, run.claimed_by)

    with store.read() as transaction:  # a look that locks nothing: mostly there is nothing to bring back
        if not any(is_lost(run) for run in transaction.runs.running()):
            return ()
    with store.write() as transaction:
        lost = [run for run in transaction.runs.running() if is_lost(run)]
        return tuple(
            _bring_back(run, transaction=transaction, clock=clock, new_id=new_id, max_attempts=max_attempts)
            for run in lost
        )


def _bring_back(run: Run, *, transaction: Transaction, clock: Clock, new_id: NewId, max_attempts: int) -> Run:
    """Store that a run's runner died: it is queued again, or ends."""
    if run.is_cancel_requested:
        after = replace(run, state="cancelled", claimed_by=None, finished_at=clock.now())
    elif run.attempt < max_attempts:
        after = replace(run, state="queued", claimed_by=None, attempt=run.attempt + 1)
    else:
        failure = RunFailure(
            code="attempts_exhausted",
            detail=f"the process died during each of {run.attempt} attempts\n"
            "Maybe look into the log of the service, for instance for a lack of memory",
        )
        after = replace(run, state="failed", failure=failure, claimed_by=None, finished_at=clock.now())
    if after.is_final:
        best_plan = transaction.runs.best_plan(run.id)
        after = keep_plan(after, best_plan, transaction=transaction.of(run.centre), plan_id=new_id())
    transaction.runs.save(after)
    return after


def _finish(run: Run, plan: Plan, *, runner: Runner, is_interrupted: bool) -> Run:
    """Store the plan of a run and that it is done, cancelled, or queued again because the process stops."""
    with runner.store.of(run.centre).write() as transaction:
        run = _still_ours(transaction.runs.get(run.id), runner)
        if is_interrupted and not run.is_cancel_requested:
            run = replace(run, state="queued", claimed_by=None)
            transaction.runs.save_best_plan(run.id, plan)
        else:
            state: RunState = "cancelled" if run.is_cancel_requested else "done"
            run = replace(run, state=state, claimed_by=None, finished_at=runner.clock.now())
            run = keep_plan(run, plan, transaction=transaction, plan_id=runner.new_id())
        transaction.runs.save(run)
        return run


def _still_ours(run: Run, runner: Runner) -> Run:
    """Return the run, or raise `RunStateError` if this runner does not hold it any more."""
    if run.state != "running" or run.claimed_by != runner.id:
        msg = f"run {run.id!r} is {run.state}, held by {run.claimed_by!r}, not by {runner.id!r}: its result is dropped"
        raise RunStateError(msg)
    return run
