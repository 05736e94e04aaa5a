"""Questions and complaints: one owner, handed over only with acceptance, answered in 24 hours (R26, R28 to R30)."""

from __future__ import annotations

import pytest

from dispatch.domain.records.question import Question
from dispatch.errors import BadInputError, ForbiddenError, TransitionError
from dispatch.policy.settings import load_policy
from dispatch.usecases.centre_policies import CentrePolicies
from dispatch.usecases.quality.questions import answer_handover, ask, offer_handover, reply, sweep_questions, take
from tests.fakes import FakeClock, FakeStore, counting_ids

POLICY = load_policy()
LI, WANG = "technician:li", "technician:wang"


class Desk:
    """A store of one centre with a clock, and the use cases with both put in."""

    def __init__(self) -> None:
        self.every_centre = FakeStore()
        self.store = self.every_centre.of("xuzhou")
        self.clock = FakeClock()
        self.new_id = counting_ids("q")

    def ask(self, **changes) -> Question:
        given = {"text": "Why is it slow?", "channel": "technician", "actor": LI, "policy": POLICY, **changes}
        return ask(store=self.store, clock=self.clock, new_id=self.new_id, **given)

    def offer(self, question: Question, *, to: str, actor: str) -> Question:
        return offer_handover(question.id, to=to, actor=actor, store=self.store, clock=self.clock)

    def answer(self, question: Question, answer: str, *, actor: str) -> Question:
        return answer_handover(
            question.id, answer=answer, actor=actor, store=self.store, clock=self.clock, policy=POLICY
        )

    def reply(self, question: Question, text: str = "A cable was loose.", *, actor: str, **changes) -> Question:
        return reply(question.id, text=text, actor=actor, store=self.store, clock=self.clock, **changes)

    def sweep(self) -> bool:
        return sweep_questions(store=self.every_centre, clock=self.clock, policies=CentrePolicies(POLICY))

    def now_of(self, question: Question) -> Question:
        with self.store.read() as transaction:
            return transaction.records(Question).get(question.id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_r28_the_technician_who_heard_it_owns_it_until_somebody_accepts_it(desk: Desk) -> None:
    question = desk.ask()
    assert (question.first_owner, question.owner) == (LI, LI)
    assert desk.offer(question, to=WANG, actor=LI).owner == LI
    assert desk.answer(question, "declined", actor=WANG).owner == LI
    desk.offer(question, to=WANG, actor=LI)
    accepted = desk.answer(question, "accepted", actor=WANG)
    assert (accepted.first_owner, accepted.owner) == (LI, WANG)
    assert [handover.answer for handover in accepted.handovers] == ["declined", "accepted"]


def test_r28_only_the_owner_hands_over_and_only_the_named_one_accepts(desk: Desk) -> None:
    question = desk.ask()
    with pytest.raises(ForbiddenError, match=f"belongs to {LI}, not to {WANG}"):
        desk.offer(question, to="dispatcher:chen", actor=WANG)
    with pytest.raises(TransitionError, match="offered to nobody"):
        desk.answer(question, "accepted", actor=WANG)
    desk.offer(question, to=WANG, actor=LI)
    with pytest.raises(ForbiddenError, match=f"offered to {WANG}"):
        desk.answer(question, "accepted", actor="dispatcher:chen")
    with pytest.raises(TransitionError, match="owns question"):
        desk.offer(question, to=LI, actor=LI)


def test_r29_an_answer_is_due_after_24_hours_and_is_recorded(desk: Desk) -> None:
    question = desk.ask()
    assert (question.due - question.created_at).total_seconds() == 24 * 3_600
    desk.clock.go_on(3_600)
    answered = desk.reply(question, actor=LI)
    assert (answered.state, answered.reply, answered.answered_by) == ("answered", "A cable was loose.", LI)
    assert answered.answered_at == desk.clock.now()
    with pytest.raises(TransitionError, match="was answered"):
        desk.reply(question, actor=LI)


def test_r29_out_of_scope_needs_an_explanation(desk: Desk) -> None:
    question = desk.ask(text="Could you mend my fridge?")
    with pytest.raises(BadInputError, match="explanation: is missing"):
        desk.reply(question, "No.", actor=LI, is_in_scope=False)
    answered = desk.reply(question, "No.", actor=LI, is_in_scope=False, explanation="We mend networks only.")
    assert answered.explanation == "We mend networks only."
    assert answered.is_in_scope is False


def test_r30_every_channel_ends_in_one_list_with_one_owner(desk: Desk) -> None:
    for channel in ("phone", "counter", "web", "sms", "wechat", "letter"):
        assert desk.ask(channel=channel, actor="key:portal").owner == "desk"
    question = desk.ask(channel="web", actor="customer")
    with pytest.raises(ForbiddenError, match="belongs to desk"):
        desk.reply(question, actor="dispatcher:chen")
    taken = take(question.id, actor="dispatcher:chen", store=desk.store, clock=desk.clock, policy=POLICY)
    assert (taken.first_owner, taken.owner) == ("desk", "dispatcher:chen")
    with pytest.raises(TransitionError, match="dispatcher:chen owns"):
        take(question.id, actor="dispatcher:wu", store=desk.store, clock=desk.clock, policy=POLICY)
    with desk.store.read() as transaction:
        assert transaction.records(Question).count({"state": "open"}) == 7


def test_r30_whoever_accepts_what_is_offered_to_the_desk_owns_it(desk: Desk) -> None:
    question = desk.ask()
    desk.offer(question, to="desk", actor=LI)
    assert desk.answer(question, "accepted", actor="dispatcher:chen").owner == "dispatcher:chen"


def test_r26_a_complaint_about_gifts_or_meals_has_its_category(desk: Desk) -> None:
    complaint = desk.ask(kind="complaint", category="gifts_or_meals", channel="phone", actor="dispatcher:chen")
    with desk.store.read() as transaction:
        found = transaction.records(Question).all(where={"category": "gifts_or_meals"})
    assert found == (complaint,)


def test_r29_the_owner_is_reminded_before_it_is_due_and_it_escalates_after_each_once(desk: Desk) -> None:
    question = desk.ask()
    desk.clock.go_on(20 * 3_600)
    desk.sweep()
    assert desk.now_of(question) == question  # 4 hours before: not later than that, the reminder goes out
    desk.clock.go_on(1)
    desk.sweep()
    reminded = desk.now_of(question)
    assert (reminded.warned_at, reminded.escalated_at) == (desk.clock.now(), None)
    desk.clock.go_on(4 * 3_600)
    desk.sweep()
    escalated = desk.now_of(question)
    assert escalated.escalated_at == desk.clock.now()
    desk.clock.go_on(3_600)
    desk.sweep()
    assert desk.now_of(question) == escalated


def test_answered_questions_are_left_alone_by_the_sweep(desk: Desk) -> None:
    answered = desk.reply(desk.ask(), actor=LI)
    desk.clock.go_on(48 * 3_600)
    assert desk.sweep() is False
    assert desk.now_of(answered) == answered
