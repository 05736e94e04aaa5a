"""Surveys: one per order, one answer, with channel and source; gifts become a complaint (R37, R26)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dispatch.domain.records.question import Question
from dispatch.domain.records.survey import Survey, SurveyAnswer
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import NotFoundError, TransitionError
from dispatch.policy.settings import load_policy
from dispatch.usecases.quality.surveys import answer_survey, survey_after, sweep_surveys
from tests.dispatch.usecases.quality.visits import Visit, a_work_order

POLICY = load_policy()


def closed(visit: Visit) -> Survey | None:
    with visit.store.write() as transaction:
        return survey_after(transaction, visit.order, now=visit.clock.now(), policy=POLICY)


def answered(visit: Visit, **changes: Any) -> Survey:
    answer = SurveyAnswer(**{"channel": "phone", "source": "dispatcher:chen", "score": 5, **changes})
    return answer_survey(visit.order.id, answer=answer, **visit.means())


@pytest.mark.parametrize(
    ("kind", "has_survey"),
    [("install", True), ("repair", True), ("move", True), ("speed_remedy", False), ("follow_up", False)],
)
def test_r37_closing_an_install_repair_or_move_makes_a_survey(kind: str, has_survey: bool) -> None:
    survey = closed(Visit(a_work_order(order={"kind": kind})))
    assert (survey is not None) is has_survey
    if survey is not None:
        assert (survey.order, survey.technician, survey.customer) == ("o-1", "t-1", "customer-1")


@pytest.mark.parametrize("channel", ["phone", "web", "third_party"])
def test_r37_the_answer_is_kept_with_its_channel_and_source(channel: str) -> None:
    visit = Visit()
    closed(visit)
    survey = answered(visit, channel=channel, source="institute-7", score=2)
    assert (survey.state, survey.channel, survey.source, survey.score) == ("answered", channel, "institute-7", 2)
    assert survey.answered_at == visit.clock.now()


def test_r37_a_closed_order_is_surveyed_by_the_answer() -> None:
    visit = Visit(a_work_order(state="closed"))
    closed(visit)
    answered(visit)
    with visit.store.read() as transaction:
        order = transaction.records(WorkOrder).get("o-1")
    assert (order.state, order.surveyed_at) == ("surveyed", visit.clock.now())


def test_r37_a_survey_takes_one_answer_in_its_time() -> None:
    visit = Visit()
    with pytest.raises(NotFoundError):
        answered(visit)
    closed(visit)
    answered(visit)
    with pytest.raises(TransitionError, match=r"was answered .*: one answer is taken"):
        answered(visit, channel="web")


def test_r37_the_time_of_a_survey_ends() -> None:
    visit = Visit()
    survey = closed(visit)
    assert survey is not None
    visit.clock.go_on(timedelta(days=30).total_seconds())
    assert sweep_surveys(store=visit.every_centre, clock=visit.clock) is False
    with visit.store.read() as transaction:
        assert transaction.records(Survey).get(survey.id).state == "open"
    visit.clock.go_on(1)
    with pytest.raises(TransitionError, match="was open until"):
        answered(visit)
    sweep_surveys(store=visit.every_centre, clock=visit.clock)
    with visit.store.read() as transaction:
        assert transaction.records(Survey).get(survey.id).state == "expired"


def test_r26_gifts_or_meals_that_a_survey_tells_of_become_a_complaint() -> None:
    visit = Visit()
    closed(visit)
    answered(visit, gifts_taken=True, comment="He had dinner with us.", score=4)
    with visit.store.read() as transaction:
        (complaint,) = transaction.records(Question).all()
    assert (complaint.kind, complaint.category, complaint.channel) == ("complaint", "gifts_or_meals", "survey")
    assert (complaint.order, complaint.owner, complaint.text) == ("o-1", "desk", "He had dinner with us.")


def test_r26_a_survey_without_gifts_makes_no_complaint() -> None:
    visit = Visit()
    closed(visit)
    answered(visit, gifts_taken=False)
    with visit.store.read() as transaction:
        assert transaction.records(Question).count() == 0
