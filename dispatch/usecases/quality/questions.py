"""Questions and complaints of all channels, in one list (R26, R28 to R30)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.question import Channel, HandoverAnswer, Question, QuestionCategory, QuestionKind
from dispatch.domain.records.record import Below
from dispatch.policy import questions as rules
from dispatch.policy.settings import Policy
from dispatch.ports import Clock, NewId, Store
from dispatch.usecases.centre_policies import CentrePolicies

SWEPT_AT_A_TIME: Final = 100
"""Questions that one round of the sweep looks at."""


def ask(
    *,
    text: str,
    channel: Channel,
    actor: str,
    store: Store,
    clock: Clock,
    new_id: NewId,
    policy: Policy,
    kind: QuestionKind = "question",
    category: QuestionCategory = "other",
    customer: str | None = None,
    order: str | None = None,
) -> Question:
    """Take in a question or complaint; a technician who heard it owns it, else the desk.

    Raises
    ------
    AlreadyThereError
        If `new_id` gives an id that is taken.
    """
    now, owner = clock.now(), first_owner(channel, actor, policy)
    question = Question(
        id=new_id(),
        created_at=now,
        changed_at=now,
        kind=kind,
        category=category,
        channel=channel,
        customer=customer,
        order=order,
        text=text,
        first_owner=owner,
        owner=owner,
        due=rules.reply_due(now, policy.quality.questions),
    )
    with store.write() as transaction:
        transaction.records(Question).add(question)
    return question


def first_owner(channel: Channel, actor: str, policy: Policy) -> str:
    """Return who owns a new question: the technician who heard it (R28), else the desk (R30)."""
    return actor if channel == "technician" else policy.quality.questions.desk


def offer_handover(question_id: str, *, to: str, actor: str, store: Store, clock: Clock) -> Question:
    """Ask somebody else to take a question; until that is accepted nothing changes."""
    with store.write() as transaction:
        questions = transaction.records(Question)
        return questions.save(rules.offered(questions.get(question_id), to=to, actor=actor, now=clock.now()))


def answer_handover(
    question_id: str, *, answer: HandoverAnswer, actor: str, store: Store, clock: Clock, policy: Policy
) -> Question:
    """Accept or decline a question that was offered."""
    with store.write() as transaction:
        questions = transaction.records(Question)
        question = questions.get(question_id)
        settings = policy.quality.questions
        return questions.save(
            rules.handover_answered(question, answer=answer, actor=actor, now=clock.now(), settings=settings)
        )


def take(question_id: str, *, actor: str, store: Store, clock: Clock, policy: Policy) -> Question:
    """Take a question that waits at the desk."""
    with store.write() as transaction:
        questions = transaction.records(Question)
        question = questions.get(question_id)
        return questions.save(rules.taken(question, actor=actor, now=clock.now(), settings=policy.quality.questions))


def reply(
    question_id: str,
    *,
    text: str,
    actor: str,
    store: Store,
    clock: Clock,
    is_in_scope: bool = True,
    explanation: str | None = None,
) -> Question:
    """Record what the customer was told; out of scope, with an explanation."""
    with store.write() as transaction:
        questions = transaction.records(Question)
        answered = rules.replied(
            questions.get(question_id),
            reply=text,
            is_in_scope=is_in_scope,
            explanation=explanation,
            actor=actor,
            now=clock.now(),
        )
        return questions.save(answered)


def sweep_questions(*, store: Store, clock: Clock, policies: CentrePolicies) -> bool:
    """Remind owners of what is due soon and escalate what is overdue, in all dispatch centres, each once.

    Returns
    -------
    bool
        Whether there may be more to do at once.
    """
    now, changed = clock.now(), 0
    with store.write() as transaction:
        rules_of = policies.of_all([centre for centre, _ in transaction.records(Centre).across()], transaction)
        warn_h = {centre: policy.quality.questions.warn_h for centre, policy in rules_of.items()}
        soon = Below(now + timedelta(hours=max([policies.operators.quality.questions.warn_h, *warn_h.values()])))
        questions = transaction.records(Question)
        found: dict[tuple[str, str], Question] = {}
        for where in (
            {"state": "open", "warned_at": None, "due": soon},
            {"state": "open", "escalated_at": None, "due": Below(now)},
        ):
            for centre, question in questions.across(where=where, sort="due", limit=SWEPT_AT_A_TIME, skip_locked=True):
                found[centre, question.id] = question
        for (centre, _), question in found.items():
            settings = rules_of.get(centre, policies.operators).quality.questions
            after = rules.reminded(question, now=now, settings=settings)
            if after is not question:
                changed += 1
                transaction.of(centre).records(Question).save(after)
    return changed >= SWEPT_AT_A_TIME
