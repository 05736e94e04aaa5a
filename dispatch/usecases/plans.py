"""Look at plans and publish them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion, Schedule
from dispatch.errors import CheckFailedError, StalePlanError
from dispatch.policy.settings import stored_policy
from dispatch.ports import Checker, Clock, Store
from dispatch.usecases.webhooks.tell import plan_published, tell


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """A plan, and the version that is in force for its dispatch day now; None if nothing is published."""

    version: PlanVersion
    plan: Plan
    published_version: int | None


def get_plan(plan_id: str, *, store: Store) -> PlanView:
    """Return a plan; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        version = transaction.plans.get(plan_id)
        plan = transaction.plans.document(plan_id)
        published = transaction.plans.published(version.dispatch_day)
    return PlanView(version=version, plan=plan, published_version=published.version if published else None)


def publish_plan(plan_id: str, *, replaces: int | None, store: Store, checker: Checker, clock: Clock) -> PlanVersion:
    """Put a draft in force for its dispatch day, in place of the version the caller has seen in force.

    Publishing the plan that is in force already changes nothing, so that a caller whose answer was lost may ask again.

    Parameters
    ----------
    replaces
        Version that is in force as far as the caller knows; None = none is.

    Raises
    ------
    NotFoundError
        If there is no such plan.
    StalePlanError
        If another version is in force than `replaces`, or the plan itself was superseded.
    CheckFailedError
        If the plan does not pass the checker.
    TravelError
        If it cannot be checked, because its map or its routing server is not there now.
    """
    with store.read() as transaction:
        version = transaction.plans.get(plan_id)
        plan = transaction.plans.document(plan_id)
        run = transaction.runs.get(version.run_id)
        request = transaction.requests.document(version.request_id)
    if version.state == "draft":
        violations = checker.violations(request, plan, stored_policy(run.policy))
        if violations:
            raise CheckFailedError(violations)
    with store.write() as transaction:
        transaction.plans.lock_day(version.dispatch_day)
        version = transaction.plans.get(plan_id)
        if version.state == "published":
            return version
        in_force = transaction.plans.published(version.dispatch_day)
        _refuse_stale(version, in_force, replaces)
        now = clock.now()
        if in_force is not None:
            transaction.plans.save_state(replace(in_force, state="superseded", superseded_at=now))
        version = replace(version, state="published", published_at=now)
        transaction.plans.save_state(version)
        tell([plan_published(version)], transaction=transaction, now=now)
    return version


def schedule(day: date, *, store: Store) -> Schedule:
    """Return who goes where on a day; raises `NotFoundError` if no published plan reaches the day."""
    with store.read() as transaction:
        return transaction.plans.schedule(day)


def _refuse_stale(version: PlanVersion, in_force: PlanVersion | None, replaces: int | None) -> None:
    """Raise `StalePlanError` unless the draft may replace what is in force."""
    day = version.dispatch_day.isoformat()
    if version.state == "superseded":
        msg = f"plan {version.id!r} (version {version.version} of {day}) was superseded: it cannot be published again"
        raise StalePlanError(msg)
    found = in_force.version if in_force else None
    if found != replaces:
        msg = (
            f"plan {version.id!r} was to replace {_version_name(replaces)} of {day}, "
            f"but {_version_name(found)} is in force\n"
            "Maybe look at the plan in force, then publish again with its version"
        )
        raise StalePlanError(msg)


def _version_name(version: int | None) -> str:
    return "no plan" if version is None else f"version {version}"
