"""Publishing on real databases: side by side, and with the process killed in the middle."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import URL

from dispatch.bootstrap import new_id
from dispatch.clock import SystemClock
from dispatch.domain.plan_version import PlanVersion, StoredRequest
from dispatch.errors import StalePlanError
from dispatch.policy.settings import load_policy
from dispatch.store.database import Database
from dispatch.usecases.execute_run import Runner, claim_run
from dispatch.usecases.plans import publish_plan
from tests.fakes import FakeChecker, FakePlanner, a_plan, a_request, a_run, counting_ids

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
DAY = date(2026, 3, 10)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def planned(database: Database) -> Database:
    """A database with plan-1 published and plan-2 to plan-5 as drafts of the same day."""
    with database.write() as transaction:
        transaction.requests.add(StoredRequest(id="request-1", digest="sha256:0", created_at=NOON), a_request())
        transaction.runs.add(a_run(policy=load_policy().model_dump(mode="json")))
        for number in range(1, 6):
            version = PlanVersion(
                id=f"plan-{number}",
                request_id="request-1",
                run_id="run-1",
                dispatch_day=DAY,
                last_day=DAY,
                version=number,
                state="published" if number == 1 else "draft",
                created_at=NOON,
                published_at=NOON if number == 1 else None,
            )
            transaction.plans.add(version, a_plan(), a_request())
    return database


def in_force(database: Database) -> str | None:
    with database.read() as transaction:
        version = transaction.plans.published(DAY)
    return version.id if version else None


def publish(database: Database, plan_id: str) -> str:
    try:
        publish_plan(plan_id, replaces=1, store=database, checker=FakeChecker(), clock=SystemClock(), new_id=new_id)
    except StalePlanError:
        return "stale"
    return "published"


def test_of_several_who_replace_the_same_version_at_once_one_succeeds(planned: Database) -> None:
    drafts = ["plan-2", "plan-3", "plan-4", "plan-5"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda plan_id: publish(planned, plan_id), drafts))
    assert sorted(answers) == ["published", "stale", "stale", "stale"]
    assert in_force(planned) == drafts[answers.index("published")]


def test_several_runners_never_claim_the_same_run(planned: Database) -> None:
    with planned.write() as transaction:
        for number in range(2, 12):
            transaction.runs.add(a_run(f"run-{number}"))

    def claim(name: int) -> list[str]:
        runner = Runner(
            id=str(name),
            store=planned,
            planner=FakePlanner(),
            clock=SystemClock(),
            new_id=counting_ids(),
        )
        claimed = []
        while run := claim_run(runner):
            claimed.append(run.id)
        return claimed

    with ThreadPoolExecutor(4) as pool:
        claimed = [run_id for runs in pool.map(claim, range(4)) for run_id in runs]
    assert len(claimed) == len(set(claimed))
    with planned.read() as transaction:
        left = {run.id for run in transaction.runs.latest(limit=100, state="queued")}
    assert left.isdisjoint(claimed)
    assert len(left) + len(claimed) == 11


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "expected"),
    [("after update 1", "plan-1"), ("after update 2", "plan-1"), ("after commit", "plan-2")],
)
def test_a_process_killed_while_publishing_leaves_the_old_plan_or_the_new_one_in_force(
    planned: Database, url: URL, moment: str, expected: str
) -> None:
    command = [
        *(sys.executable, "-m", "tests.dispatch.store.publish_and_die"),
        *(url.render_as_string(hide_password=False), "plan-2", "1", moment),
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert in_force(planned) == expected
    remaining = (
        {"plan-1": "superseded", "plan-2": "published"}
        if expected == "plan-2"
        else {"plan-1": "published", "plan-2": "draft"}
    )
    with planned.read() as transaction:
        assert {plan_id: transaction.plans.get(plan_id).state for plan_id in remaining} == remaining


@pytest.mark.slow
def test_after_a_kill_the_next_one_can_publish(planned: Database, url: URL) -> None:
    command = [
        *(sys.executable, "-m", "tests.dispatch.store.publish_and_die"),
        *(url.render_as_string(hide_password=False), "plan-2", "1", "after update 1"),
    ]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert publish(planned, "plan-3") == "published"
    assert in_force(planned) == "plan-3"
