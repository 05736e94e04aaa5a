"""Records of quality in every kind of store, and sweeps that several processes make at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import URL

from dispatch.domain.records.checklist import Checklist, Tick
from dispatch.domain.records.convenience import Consent, Convenience
from dispatch.domain.records.follow_up import FollowUp, cycle_id
from dispatch.domain.records.question import Handover, Question
from dispatch.domain.records.record import Record
from dispatch.domain.records.roster import CommunityRecord
from dispatch.domain.records.skill import TechnicianSkill
from dispatch.domain.records.speed_test import SpeedTest
from dispatch.domain.records.survey import Survey, SurveyAnswer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.policy.attainment import Share
from dispatch.policy.settings import load_policy
from dispatch.ports import Store
from dispatch.store.database import Database, open_engine
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.quality.follow_ups import sweep_follow_ups
from dispatch.usecases.quality.kpis import figures
from dispatch.usecases.quality.questions import sweep_questions
from dispatch.usecases.quality.surveys import sweep_surveys
from tests.dispatch.usecases.quality.visits import a_community, a_work_order
from tests.fakes import FakeClock

POLICY = load_policy()
NOON = datetime(2026, 3, 9, 4, 0, 0, 250_000, tzinfo=UTC)
MADE = {"created_at": NOON, "changed_at": NOON}
WHO = "technician:t-1"


def a_question(name: str = "q-1", **changes: Any) -> Question:
    fields = {"channel": "technician", "text": "Why?", "first_owner": WHO, "owner": WHO, "due": NOON, **changes}
    return Question(id=name, **MADE, **fields)


def a_survey(name: str = "survey-o-1", **changes: Any) -> Survey:
    fields = {"order": "o-1", "kind": "repair", "open_until": NOON, "asks_about_gifts": True, **changes}
    return Survey(id=name, **MADE, **fields)


def a_follow_up(customer: str = "customer-1", **changes: Any) -> FollowUp:
    fields = {"customer": customer, "community": "c-1", "due": NOON, **changes}
    return FollowUp(id=cycle_id(customer, 1), **MADE, **fields)


def a_speed_test(name: str = "s-1", order: str = "o-1", **changes: Any) -> SpeedTest:
    fields = {"tested_by": WHO, "tested_at": NOON, "is_wired": True, "contracted_kbps": 100, "least_permille": 900}
    return SpeedTest(id=name, order=order, **MADE, **{**fields, "measured_kbps": (95, 90), "passed": True, **changes})


CONSENT = Consent(given_by="customer-1", given_at=NOON, text_version="1", text="It may delete files.")
ANSWER = SurveyAnswer(channel="web", source="page", score=4, gifts_taken=False)
EXAMPLES: tuple[tuple[Record, dict[str, Any]], ...] = (
    (a_speed_test(), {"order": "o-1", "passed": True}),
    (a_speed_test(passed=None), {"passed": None}),
    (
        Checklist(id="o-1", order="o-1", **MADE, ticks=(Tick(stage="entry", item="knocked", at=NOON, by=WHO),)),
        {"id": "o-1"},
    ),
    (
        Convenience(
            id="o-1-antivirus",
            **MADE,
            order="o-1",
            item="antivirus",
            result="done",
            recorded_by=WHO,
            consent=CONSENT,
        ),
        {"order": "o-1", "item": "antivirus", "result": "done"},
    ),
    (
        TechnicianSkill(id="k-1", **MADE, technician="t-1", skill="wiring", level=2, expires_on=date(2026, 3, 31)),
        {"technician": "t-1", "skill": "wiring", "level": 2, "expires_on": date(2026, 3, 31)},
    ),
    (
        a_question(handovers=(Handover(to="desk", offered_by=WHO, offered_at=NOON),), category="gifts_or_meals"),
        {"owner": WHO, "state": "open", "category": "gifts_or_meals", "customer": None, "warned_at": None},
    ),
    (
        a_survey(state="answered", answer=ANSWER, answered_at=NOON),
        {"channel": "web", "source": "page", "score": 4, "state": "answered", "answered_at": NOON},
    ),
    (a_follow_up(), {"customer": "customer-1", "state": ("scheduled", "to_call"), "cycle": 1, "order": None}),
)


@pytest.mark.parametrize(
    ("record", "where"), EXAMPLES, ids=[f"{type(record).__name__}-{len(where)}" for record, where in EXAMPLES]
)
def test_a_record_comes_back_as_it_was_and_is_found_by_its_columns(
    store: Store, record: Record, where: dict[str, Any]
) -> None:
    with store.write() as transaction:
        transaction.records(type(record)).add(record)
    with store.read() as transaction:
        assert transaction.records(type(record)).all(where=where) == (record,)


def test_figures_are_those_of_the_database(store: Store) -> None:
    day = date(2026, 3, 9)
    received = NOON.replace(microsecond=0)
    promised = {"received_at": received, "due": received + timedelta(hours=24), "rules": ("R03",)}
    with store.write() as transaction:
        kept, late = received + timedelta(hours=1), received + timedelta(hours=25)
        transaction.records(WorkOrder).add_all(
            [
                a_work_order("a", order={"kind": "repair"}, **promised, restored_at=kept),
                a_work_order("b", order={"kind": "repair"}, **promised, restored_at=late),
            ]
        )
        transaction.records(SpeedTest).add_all([a_speed_test("s", "a"), a_speed_test("t", "b", passed=None)])
    clock = FakeClock()
    clock.moment = NOON + timedelta(days=3)
    found = figures(day, day, store=store, clock=clock, policy=POLICY, zone=ZoneInfo("Asia/Shanghai"))
    (row,) = found.promises.attainment
    assert (row.net, found.visits, found.speed.passed) == (Share(kept=1, broken=1), 1, Share(kept=1))
    assert found.speed.mean_share == pytest.approx(0.925)  # (95 + 90) / 2 of 100


MANY = 40


@pytest.mark.parametrize(
    ("records", "sweep"),
    [
        (
            [a_question(f"q-{number}", due=NOON + timedelta(hours=2)) for number in range(MANY)],
            lambda store, clock: sweep_questions(store=store, clock=clock, policies=CentrePolicies(POLICY)),
        ),
        (
            [a_follow_up(f"customer-{number}") for number in range(MANY)],
            lambda store, clock: sweep_follow_ups(store=store, clock=clock, policies=CentrePolicies(POLICY)),
        ),
        (
            [a_survey(f"survey-{number}") for number in range(MANY)],
            lambda store, clock: sweep_surveys(store=store, clock=clock),
        ),
    ],
    ids=["r29 reminders", "r23 calls", "r37 ends"],
)
def test_what_several_sweep_at_once_happens_once(
    url: URL, records: list[Record], sweep: Callable[[Store, FakeClock], bool]
) -> None:
    clock, failures = FakeClock(), []
    clock.moment = NOON + timedelta(minutes=1)
    kind = type(records[0])

    def run(database: Database) -> None:
        try:
            sweep(database, clock)
        except Exception as error:  # noqa: BLE001 - told by the assertion
            failures.append(error)

    with Database(open_engine(url)) as database:
        for centre in ("xuzhou", "nanjing"):
            with database.of(centre).write() as transaction:
                transaction.records(kind).add_all(records)
                transaction.records(CommunityRecord).add(a_community())
        threads = [threading.Thread(target=run, args=(database,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run(database)
        assert failures == []
        for centre in ("xuzhou", "nanjing"):
            with database.of(centre).read() as transaction:
                assert {record.version for record in transaction.records(kind).all()} == {2}
