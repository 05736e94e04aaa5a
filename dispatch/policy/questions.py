"""What may become of a question or complaint: one owner until it is answered or somebody accepts it (R28 to R30)."""

from __future__ import annotations

from datetime import datetime, timedelta

from dispatch.domain.records.question import Handover, HandoverAnswer, Question
from dispatch.errors import BadInputError, ForbiddenError, Problem, TransitionError
from dispatch.policy.quality_settings import QuestionSettings


def reply_due(received_at: datetime, settings: QuestionSettings) -> datetime:
    """Return when the answer to a question is due (R29)."""
    return received_at + timedelta(hours=settings.reply_h)


def offered(question: Question, *, to: str, actor: str, now: datetime) -> Question:
    """Return a question whose owner asks somebody else to take it; the owner stays until the other accepts (R28).

    A further offer takes the place of one that waits.

    Raises
    ------
    TransitionError
        If the question is answered, or would be offered to its own owner.
    ForbiddenError
        If somebody else than the owner offers it.
    """
    _require_open(question)
    _require_owner(question, actor)
    if to == question.owner:
        raise TransitionError(f"{to} owns question {question.id} already\nMaybe name somebody else")
    settled = tuple(handover for handover in question.handovers if handover.answer is not None)
    return question.changed(now, handovers=(*settled, Handover(to=to, offered_by=actor, offered_at=now)))


def handover_answered(
    question: Question,
    *,
    answer: HandoverAnswer,
    actor: str,
    now: datetime,
    settings: QuestionSettings,
) -> Question:
    """Return a question after the other one accepted or declined it; acceptance alone changes the owner.

    What was offered to the desk may be accepted by anybody there.

    Raises
    ------
    TransitionError
        If the question is answered, or was offered to nobody.
    ForbiddenError
        If it was offered to somebody else.
    """
    _require_open(question)
    handover = question.open_handover
    if handover is None:
        raise TransitionError(f"question {question.id} is offered to nobody\nMaybe let {question.owner} hand it over")
    if handover.to not in (actor, settings.desk):
        raise ForbiddenError(f"question {question.id} is offered to {handover.to}, not to {actor}")
    settled = handover.model_copy(update={"answer": answer, "answered_at": now})
    owner = actor if answer == "accepted" else question.owner
    return question.changed(now, handovers=(*question.handovers[:-1], settled), owner=owner)


def taken(question: Question, *, actor: str, now: datetime, settings: QuestionSettings) -> Question:
    """Return a question that waits at the desk with the person who takes it as its owner (R30).

    Raises
    ------
    TransitionError
        If it is answered, or somebody owns it.
    """
    _require_open(question)
    if question.owner != settings.desk:
        raise TransitionError(f"{question.owner} owns question {question.id}\nMaybe ask for it to be handed over")
    return question.changed(now, owner=actor)


def replied(
    question: Question, *, reply: str, is_in_scope: bool, explanation: str | None, actor: str, now: datetime
) -> Question:
    """Return a question with its answer as the customer was told it (R29).

    Raises
    ------
    TransitionError
        If it is answered already.
    ForbiddenError
        If somebody else than the owner answers.
    BadInputError
        If the reply is empty, or the question is out of scope and no explanation was given.
    """
    _require_open(question)
    _require_owner(question, actor)
    problems = []
    if not reply.strip():
        problems.append(Problem(path="reply", message="is empty", remedy="write what the customer was told"))
    if not is_in_scope and not (explanation or "").strip():
        remedy = "say why the operator does not do this, as the customer was told"
        problems.append(Problem(path="explanation", message="is missing for a request out of scope", remedy=remedy))
    if problems:
        raise BadInputError(problems)
    return question.changed(
        now,
        state="answered",
        reply=reply,
        is_in_scope=is_in_scope,
        explanation=explanation,
        answered_at=now,
        answered_by=actor,
    )


def reminded(question: Question, *, now: datetime, settings: QuestionSettings) -> Question:
    """Return a question after a look at the clock: its owner is reminded before it is due, and once due it escalates.

    Nothing happens twice; a question for which there is nothing to do is returned itself.
    """
    if question.state != "open":
        return question
    changes = {}
    if question.warned_at is None and now >= question.due - timedelta(hours=settings.warn_h):
        changes["warned_at"] = now
    if question.escalated_at is None and now >= question.due:
        changes["escalated_at"] = now
    return question.changed(now, **changes) if changes else question


def _require_open(question: Question) -> None:
    if question.state != "open":
        at = question.answered_at.isoformat() if question.answered_at else "before"
        raise TransitionError(f"question {question.id} was answered {at}\nMaybe take in a new one")


def _require_owner(question: Question, actor: str) -> None:
    if actor != question.owner:
        remedy = f"Maybe let {question.owner} hand it over"
        raise ForbiddenError(f"question {question.id} belongs to {question.owner}, not to {actor}\n{remedy}")
