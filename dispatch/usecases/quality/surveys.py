"""Surveys: made when an order is closed, answered once (R37)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Unpack

from dispatch.domain.records.question import Question
from dispatch.domain.records.record import Below
from dispatch.domain.records.survey import Survey, SurveyAnswer, survey_id
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import TransitionError
from dispatch.policy.questions import reply_due
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, Store, Transaction
from dispatch.usecases.work_orders.turn import Means, turn_of

SWEPT_AT_A_TIME: Final = 500
"""Surveys that one round of the sweep ends."""


def survey_after(transaction: Transaction, order: WorkOrder, *, now: datetime, policy: Policy) -> Survey | None:
    """Make the survey of an order that is closed now; None = its kind has none, or it had one before."""
    settings = policy.quality.surveys
    surveys = transaction.records(Survey)
    if order.kind not in settings.kinds or surveys.find(survey_id(order.id)) is not None:
        return None
    survey = Survey(
        id=survey_id(order.id),
        created_at=now,
        changed_at=now,
        order=order.id,
        kind=order.kind,
        customer=order.customer,
        technician=order.technician,
        open_until=now + timedelta(days=settings.open_days),
        asks_about_gifts=settings.asks_about_gifts,
    )
    surveys.add(survey)
    return survey


def answer_survey(order_id: str, *, answer: SurveyAnswer, **means: Unpack[Means]) -> Survey:
    """Record the one answer to an order's survey; a closed order is surveyed by it.

    Gifts or meals that were taken become a complaint (R26).

    Raises
    ------
    NotFoundError
        If the order has no survey.
    TransitionError
        If it was answered already, or its time is over.
    ForbiddenError
        If the actor may not do it.
    """
    with turn_of(means) as turn:
        order = turn.order(order_id)
        survey = _answered(turn.transaction, order_id, answer=answer, now=turn.now, policy=turn.policy)
        if order.state == "closed":
            turn.step(order, "record_survey", to="surveyed", surveyed_at=turn.at)
        return survey


def _answered(
    transaction: Transaction, order_id: str, *, answer: SurveyAnswer, now: datetime, policy: Policy
) -> Survey:
    surveys = transaction.records(Survey)
    survey = surveys.get(survey_id(order_id))
    if survey.state == "answered":
        at = survey.answered_at.isoformat() if survey.answered_at else "before"
        raise TransitionError(f"the survey of order {order_id} was answered {at}: one answer is taken")
    if survey.state == "expired" or now > survey.open_until:
        raise TransitionError(f"the survey of order {order_id} was open until {survey.open_until.isoformat()}")
    if answer.gifts_taken:
        transaction.records(Question).add(_complaint(survey, answer, now=now, policy=policy))
    return surveys.save(survey.changed(now, state="answered", answer=answer, answered_at=now))


def sweep_surveys(*, store: Store, clock: Clock) -> bool:
    """End the surveys whose time is over, in all dispatch centres; return whether there may be more at once."""
    now = clock.now()
    with store.write() as transaction:
        found = transaction.records(Survey).across(
            where={"state": "open", "open_until": Below(now)},
            sort="open_until",
            limit=SWEPT_AT_A_TIME,
            skip_locked=True,
        )
        for centre, survey in found:
            transaction.of(centre).records(Survey).save(survey.changed(now, state="expired"))
    return len(found) >= SWEPT_AT_A_TIME


def _complaint(survey: Survey, answer: SurveyAnswer, *, now: datetime, policy: Policy) -> Question:
    settings = policy.quality.questions
    return Question(
        id=f"{survey.id}-gifts",
        created_at=now,
        changed_at=now,
        kind="complaint",
        category="gifts_or_meals",
        channel="survey",
        customer=survey.customer,
        order=survey.order,
        text=answer.comment or "The survey says that gifts or meals were taken.",
        first_owner=settings.desk,
        owner=settings.desk,
        due=reply_due(now, settings),
    )
