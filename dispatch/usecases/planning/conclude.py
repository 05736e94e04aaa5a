"""Take the next step with plans that the service makes by itself: put in force, try again, or say what went wrong."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from dispatch.domain.records.automatic_plan import AutomaticPlan
from dispatch.domain.records.running_day import RunningDay, running_day_id
from dispatch.domain.run import Run
from dispatch.errors import DispatchError, StalePlanError, StaleRecordError, StoreError
from dispatch.ports import Checker
from dispatch.usecases.one_by_one import one_by_one
from dispatch.usecases.planning.begin import begin
from dispatch.usecases.planning.nightly import Office, prepared_day
from dispatch.usecases.plans import publish_plan

ACTOR: Final = "system:planning"


def conclude_plans(office: Office, checker: Checker) -> bool:
    """Take the next step with every plan whose run has ended; return whether there was one.

    Each step is taken once over any number of processes: publishing a plan twice changes nothing, and the record of
    the step is saved against the version that was read.
    """
    with office.store.read() as transaction:
        waiting = transaction.records(AutomaticPlan).across(where={"state": "planning"}, sort="created_at")

    def conclude(found: tuple[str, AutomaticPlan]) -> bool:
        centre, automatic = found
        with office.store.of(centre).read() as transaction:
            run = transaction.runs.get(automatic.id)
        if run.is_final:
            _conclude(automatic, run, centre=centre, office=office, checker=checker)
        return run.is_final

    return one_by_one(waiting, conclude)


def _conclude(automatic: AutomaticPlan, run: Run, *, centre: str, office: Office, checker: Checker) -> None:
    now = office.clock.now()
    if run.plan_id is None or run.state == "failed":
        failure = "the run was cancelled" if run.failure is None else run.failure.detail
        _save(automatic.changed(now, state="failed", plan=run.plan_id, failure=failure), centre=centre, office=office)
    elif not automatic.publishes or run.state == "cancelled":
        _save(automatic.changed(now, state="draft", plan=run.plan_id), centre=centre, office=office)
    else:
        _publish(automatic, run.plan_id, centre=centre, office=office, checker=checker)


def _publish(automatic: AutomaticPlan, plan_id: str, *, centre: str, office: Office, checker: Checker) -> None:
    now, done = office.clock.now(), automatic.model_copy(update={"plan": plan_id})
    try:
        publish_plan(
            plan_id,
            replaces=automatic.replaces,
            store=office.store.of(centre),
            checker=checker,
            clock=office.clock,
            new_id=office.new_id,
            actor=ACTOR,
        )
    except StoreError:
        raise
    except StalePlanError as error:
        with office.store.of(centre).read() as transaction:
            was_published = transaction.plans.get(plan_id).published_at is not None
        if was_published:  # before this process could say so, and another one followed already
            _save(done.changed(now, state="published"), centre=centre, office=office)
        else:
            _try_again(done, str(error), centre=centre, office=office, now=now)
    except DispatchError as error:
        _save(done.changed(now, state="failed", failure=str(error)), centre=centre, office=office)
    else:
        _save(done.changed(now, state="published"), centre=centre, office=office)


def _try_again(automatic: AutomaticPlan, failure: str, *, centre: str, office: Office, now: datetime) -> None:
    """Make a plan anew that another one has overtaken; it ends here if that cannot be done."""
    try:
        _again(automatic, failure, centre=centre, office=office, now=now)
    except StoreError:
        raise
    except DispatchError as error:
        failed = automatic.changed(now, state="failed", failure=f"{failure}\nIt cannot be made anew: {error}")
        _save(failed, centre=centre, office=office)


def _again(automatic: AutomaticPlan, failure: str, *, centre: str, office: Office, now: datetime) -> None:
    """Make a plan anew that another one has overtaken: from a new look at the centre, or at the running day."""
    with office.store.of(centre).read() as transaction:
        planning = office.policies.within(transaction).planning
    if automatic.kind == "nightly" and automatic.attempt >= planning.attempts:
        _save(automatic.changed(now, state="draft", failure=failure), centre=centre, office=office)
        return
    repeated = automatic.changed(now, state="repeated", failure=failure)
    prepared = None
    if automatic.kind == "nightly":
        prepared = prepared_day(
            automatic.dispatch_day, centre=centre, publishes=True, office=office, attempt=automatic.attempt + 1
        )
    try:
        with office.store.of(centre).write() as transaction:
            transaction.records(AutomaticPlan).save(repeated)
            if prepared is not None:
                begin(prepared, transaction)
                return
            days = transaction.records(RunningDay)
            day = days.get(running_day_id(automatic.dispatch_day))
            reasons = tuple(dict.fromkeys((*day.replan_reasons, *automatic.reasons)))
            days.save(day.changed(now, replan_since=day.replan_since or now, replan_reasons=reasons))
    except StaleRecordError:
        return  # another process took this step


def _save(automatic: AutomaticPlan, *, centre: str, office: Office) -> None:
    """Store the step that was taken, unless another process took it."""
    with suppress(StaleRecordError), office.store.of(centre).write() as transaction:
        transaction.records(AutomaticPlan).save(automatic)
