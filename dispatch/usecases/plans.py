"""Look at plans and publish them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from dispatch.domain.plan import Plan
from dispatch.domain.plan_version import PlanVersion, Schedule
from dispatch.domain.request import Request
from dispatch.errors import AlreadyThereError, CheckFailedError, StalePlanError, StaleRecordError
from dispatch.policy.settings import stored_policy
from dispatch.ports import Checker, Clock, NewId, Store, Transaction
from dispatch.usecases.planning.move_orders import move_orders
from dispatch.usecases.planning.take_effect import Effects, effects_of, take_effect
from dispatch.usecases.planning.visited import visits_begun
from dispatch.usecases.webhooks.tell import plan_published, tell

ATTEMPTS: Final = 5
"""So often publishing is tried if the running day or its orders go on meanwhile."""
OUTSIDE: Final = 2
"""So many of them reckon before they keep other writers away."""


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """A plan, and the version that is in force for its dispatch day now; None if nothing is published."""

    version: PlanVersion
    plan: Plan
    published_version: int | None


@dataclass(frozen=True, kw_only=True)
class PlannedRequest:
    """A plan and the request it answers."""

    request: Request
    plan: Plan


def plan_versions(dispatch_day: date, *, store: Store) -> tuple[PlanVersion, ...]:
    """Return the plans of a dispatch day, the youngest version first."""
    with store.read() as transaction:
        return transaction.plans.versions(dispatch_day)


def plan_and_request(plan_id: str, *, store: Store) -> PlannedRequest:
    """Return a plan with its request; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        version = transaction.plans.get(plan_id)
        return PlannedRequest(
            request=transaction.requests.document(version.request_id), plan=transaction.plans.document(plan_id)
        )


def get_plan(plan_id: str, *, store: Store) -> PlanView:
    """Return a plan; raises `NotFoundError` if there is none."""
    with store.read() as transaction:
        version = transaction.plans.get(plan_id)
        plan = transaction.plans.document(plan_id)
        published = transaction.plans.published(version.dispatch_day)
    return PlanView(version=version, plan=plan, published_version=published.version if published else None)


def publish_plan(
    plan_id: str,
    *,
    replaces: int | None,
    store: Store,
    checker: Checker,
    clock: Clock,
    new_id: NewId,
    actor: str = "system:planning",
) -> PlanVersion:
    """Put a draft in force for its dispatch day, in place of the version the caller has seen in force.

    In the same transaction the running day goes on with it, and its orders are given to those who do them.

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
    if version.state == "published":
        return version
    policy = stored_policy(run.policy)
    if version.state == "draft":
        violations = checker.violations(request, plan, policy)
        if violations:
            raise CheckFailedError(violations)
    attempt = 0
    while True:
        attempt += 1
        now = clock.now()
        reckon = partial(effects_of, version, request, plan, policy=policy, now=now)
        try:
            with _reckoned(reckon, store=store, is_inside=attempt > OUTSIDE) as (transaction, effects):
                found, is_new = _put_in_force(plan_id, effects, replaces=replaces, now=now, transaction=transaction)
                if is_new:
                    move_orders(
                        effects.moves,
                        plan_id,
                        orders=effects.orders,
                        transaction=transaction,
                        clock=clock,
                        new_id=new_id,
                        actor=actor,
                        policy=policy,
                    )
        except (StaleRecordError, AlreadyThereError):  # the running day, or an order, has gone on meanwhile
            if attempt == ATTEMPTS:
                raise
        else:
            return found


@contextmanager
def _reckoned(
    reckon: Callable[..., Effects], *, store: Store, is_inside: bool
) -> Iterator[tuple[Transaction, Effects]]:
    """Open the transaction that publishes, and tell what publishing brings about.

    That is reckoned before, so that others can write meanwhile; or inside, so that nothing can go on meanwhile.
    """
    if is_inside:
        with store.write() as transaction:
            yield transaction, reckon(transaction=transaction)
    else:
        with store.read() as transaction:
            effects = reckon(transaction=transaction)
        with store.write() as transaction:
            yield transaction, effects


def _put_in_force(
    plan_id: str, effects: Effects, *, replaces: int | None, now: datetime, transaction: Transaction
) -> tuple[PlanVersion, bool]:
    """Switch to a plan; return it, and whether it was not in force already."""
    transaction.plans.lock_day(effects.day.dispatch_day)
    version = transaction.plans.get(plan_id)
    if version.state == "published":
        return version, False
    in_force = transaction.plans.published(version.dispatch_day)
    _refuse_stale(version, in_force, replaces)
    if in_force is not None:
        transaction.plans.save_state(replace(in_force, state="superseded", superseded_at=now))
    version = replace(version, state="published", published_at=now)
    transaction.plans.save_state(version)
    take_effect(effects, now=now, transaction=transaction)
    tell([plan_published(version)], transaction=transaction, now=now)
    return version, True


def schedule(day: date, *, store: Store) -> Schedule:
    """Return who goes where on a day, and was there; raises `NotFoundError` if no published plan reaches the day."""
    with store.read() as transaction:
        found = transaction.plans.schedule(day)
        return replace(found, begun=visits_begun(day, zone=ZoneInfo(found.time_zone), transaction=transaction))


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
