"""What every store does, the fake included."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dispatch.domain.plan_version import PlanVersion, StoredRequest
from dispatch.domain.run import RunFailure, RunParameters
from dispatch.errors import NotFoundError, StalePlanError
from dispatch.ports import Store
from dispatch.store.database import Database
from tests.fakes import a_plan, a_request, a_run, progress_of

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
DAY = date(2026, 3, 10)


@pytest.fixture
def planned(store: Store) -> Store:
    """A store with a request and a run that made a plan."""
    with store.write() as transaction:
        transaction.requests.add(StoredRequest(id="request-1", digest="sha256:0", created_at=NOON), a_request())
        transaction.runs.add(a_run())
    return store


def version(number: int, **changes) -> PlanVersion:
    return replace(
        PlanVersion(
            id=f"plan-{number}",
            request_id="request-1",
            run_id="run-1",
            dispatch_day=DAY,
            last_day=DAY + timedelta(days=1),
            version=number,
            state="draft",
            created_at=NOON,
        ),
        **changes,
    )


def add_plan(store: Store, plan_version: PlanVersion, plan=None) -> None:
    with store.write() as transaction:
        transaction.plans.add(plan_version, plan or a_plan(), a_request())


def test_a_request_comes_back_as_it_was(planned: Store) -> None:
    with planned.read() as transaction:
        assert transaction.requests.document("request-1") == a_request()
        assert transaction.requests.get("request-1") == StoredRequest(
            id="request-1", digest="sha256:0", created_at=NOON
        )


def test_moments_come_back_aware_and_in_utc(store: Store) -> None:
    eight_hours_ahead = NOON.astimezone(timezone(timedelta(hours=8)))
    with store.write() as transaction:
        stored = StoredRequest(id="r", digest="sha256:0", created_at=eight_hours_ahead)
        transaction.requests.add(stored, a_request())
    with store.read() as transaction:
        assert transaction.requests.get("r").created_at == NOON


def test_a_run_comes_back_as_it_was(planned: Store) -> None:
    run = a_run(
        "run-2",
        parameters=RunParameters(limit_s=1.5, iterations=2**40, seed=2**62, threads=2),
        policy={"prices": {"travel": 1}},
        state="failed",
        attempt=2,
        claimed_by="somebody",
        is_cancel_requested=True,
        started_at=NOON,
        finished_at=NOON,
        progress=progress_of(2**52),
        cost=2**52,
        cost_terms={"travel": 2**52},
        failure=RunFailure(code="internal", detail="lines\nof text"),
    )
    with planned.write() as transaction:
        transaction.runs.add(a_run("run-2"))
        transaction.runs.save(run)
    with planned.read() as transaction:
        assert transaction.runs.get("run-2") == run


def test_a_plan_comes_back_as_it_was(planned: Store) -> None:
    add_plan(planned, version(1))
    with planned.read() as transaction:
        assert transaction.plans.get("plan-1") == version(1)
        assert transaction.plans.document("plan-1") == a_plan()


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with store.read() as transaction:
        for get in (
            transaction.requests.get,
            transaction.requests.document,
            transaction.runs.get,
            transaction.plans.get,
            transaction.plans.document,
        ):
            with pytest.raises(NotFoundError, match="'nothing'"):
                get("nothing")


def test_a_reading_transaction_sees_one_state_whatever_others_write(database: Database) -> None:
    with database.read() as reading:
        with pytest.raises(NotFoundError):
            reading.requests.get("r")
        with database.write() as writing:
            writing.requests.add(StoredRequest(id="r", digest="sha256:0", created_at=NOON), a_request())
        with pytest.raises(NotFoundError):
            reading.requests.get("r")


def test_a_transaction_that_fails_leaves_no_trace(store: Store) -> None:
    def add_and_fail() -> None:
        with store.write() as transaction:
            transaction.requests.add(StoredRequest(id="r", digest="sha256:0", created_at=NOON), a_request())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    with store.read() as transaction, pytest.raises(NotFoundError):
        transaction.requests.get("r")


def test_runs_are_listed_youngest_first_and_by_state(planned: Store) -> None:
    with planned.write() as transaction:
        transaction.runs.add(a_run("run-2", created_at=NOON + timedelta(seconds=1)))
        transaction.runs.add(a_run("run-3", created_at=NOON + timedelta(seconds=2), state="done"))
    with planned.read() as transaction:
        assert [run.id for run in transaction.runs.latest(limit=2)] == ["run-3", "run-2"]
        assert [run.id for run in transaction.runs.latest(limit=9, state="queued")] == ["run-2", "run-1"]


def test_the_run_that_waits_longest_is_next(planned: Store) -> None:
    with planned.write() as transaction:
        transaction.runs.add(a_run("run-0", created_at=NOON - timedelta(hours=1), state="running"))
        transaction.runs.add(a_run("run-2", created_at=NOON + timedelta(hours=1)))
    with planned.write() as transaction:
        found = transaction.runs.next_queued()
        assert found is not None
        assert found.id == "run-1"
        assert [run.id for run in transaction.runs.running()] == ["run-0"]


def test_no_run_is_next_when_none_waits(store: Store) -> None:
    with store.write() as transaction:
        assert transaction.runs.next_queued() is None


def test_the_best_plan_of_a_run_is_replaced_and_removed(planned: Store) -> None:
    for plan in (a_plan(cost=2), a_plan(cost=1), None):
        with planned.write() as transaction:
            transaction.runs.save_best_plan("run-1", plan)
        with planned.read() as transaction:
            assert transaction.runs.best_plan("run-1") == plan


def test_versions_count_up_per_day(planned: Store) -> None:
    add_plan(planned, version(1))
    add_plan(planned, version(2))
    with planned.write() as transaction:
        transaction.plans.lock_day(DAY)
        assert transaction.plans.next_version(DAY) == 3
        assert transaction.plans.next_version(DAY + timedelta(days=1)) == 1


def test_a_published_plan_is_in_force_on_its_day(planned: Store) -> None:
    add_plan(planned, version(1))
    published = version(1, state="published", published_at=NOON)
    with planned.write() as transaction:
        transaction.plans.save_state(published)
    with planned.read() as transaction:
        assert transaction.plans.published(DAY) == published
        assert transaction.plans.published(DAY + timedelta(days=1)) is None


def test_a_second_published_version_of_a_day_is_refused_by_the_store_itself(planned: Store) -> None:
    add_plan(planned, version(1, state="published", published_at=NOON))
    add_plan(planned, version(2))
    with pytest.raises(StalePlanError, match="published already"), planned.write() as transaction:
        transaction.plans.save_state(version(2, state="published", published_at=NOON))
    with planned.read() as transaction:
        assert transaction.plans.get("plan-2").state == "draft"


def test_the_schedule_of_a_day_holds_the_routes_of_the_shifts_that_start_on_it(planned: Store) -> None:
    plan = a_plan(days=2)
    add_plan(planned, version(1, state="published", published_at=NOON), plan)
    with planned.read() as transaction:
        first = transaction.plans.schedule(DAY)
        second = transaction.plans.schedule(DAY + timedelta(days=1))
    assert (first.plan_id, first.version, first.dispatch_day, first.time_zone) == ("plan-1", 1, DAY, "Asia/Shanghai")
    assert first.published_at == NOON
    assert first.routes == plan.routes[:1]
    assert (second.dispatch_day, second.routes) == (DAY, plan.routes[1:])


def test_the_plan_of_the_day_itself_goes_before_one_that_looks_ahead(planned: Store) -> None:
    add_plan(planned, version(1, state="published", published_at=NOON), a_plan(days=2))
    tomorrow = DAY + timedelta(days=1)
    own = version(1, id="own", dispatch_day=tomorrow, last_day=tomorrow, state="published", published_at=NOON)
    add_plan(planned, own, a_plan(days=2))
    with planned.read() as transaction:
        assert transaction.plans.schedule(tomorrow).plan_id == "own"


def test_a_day_that_no_published_plan_reaches_has_no_schedule(planned: Store) -> None:
    add_plan(planned, version(1))
    with planned.read() as transaction, pytest.raises(NotFoundError, match="2026-03-10"):
        transaction.plans.schedule(DAY)
