"""R10 while the plan changes: who has to call next, until when, and that no attempt is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.domain.audit_trail import replayed
from dispatch.domain.records.message import Message
from dispatch.domain.records.work_order import WorkOrder
from dispatch.errors import ForbiddenError
from dispatch.usecases.work_orders.contact import record_contact
from dispatch.usecases.work_orders.planned import FollowedPlan, Placement, dispatch, dispatch_many, follow_plan
from dispatch.usecases.work_orders.taking_on import accept, reject
from tests.dispatch.usecases.work_orders.life import Life, local

OLD, NEW = "technician:t-1", "technician:t-2"


@pytest.fixture
def called(life: Life) -> WorkOrder:
    """An order whose customer was not reached at nine on Monday; the next call is due from 09:00 to 10:30."""
    life.receive()
    life.at("09 08:40")
    life.accepted(start="09 11:00")
    return record_contact("o-1", result="no_answer", **life.means(OLD))


def _replanned(life: Life, technician: str = "t-2", start: str = "09 15:00") -> FollowedPlan:
    begin = local(start)
    place = Placement(order="o-1", technician=technician, start=begin, end=begin + timedelta(hours=1))
    return follow_plan("p-2", [place], **life.means("system:publish"))


def test_r10_calls_go_over_to_whoever_the_plan_sends(life: Life, called: WorkOrder) -> None:
    before = life.timers()["contact_retry"]
    assert _replanned(life).planned == ("o-1",)
    order, after = life.order(), life.timers()["contact_retry"]
    assert (order.state, order.technician, order.plan) == ("accepted", "t-2", "p-2")
    assert order.planned_start == local("09 15:00")
    assert (order.next_contact, order.contact_attempts, order.holds) == (called.next_contact, 1, called.holds)
    assert (after.due_at, after.warn_at, after.technician) == (before.due_at, before.warn_at, "t-2")
    assert replayed(life.audit()).technician == "t-2"
    assert dispatch_many(["o-1"], **life.means("system:publish")) == ()
    again = _replanned(life)
    assert (again.planned, again.moved, life.order().version) == ((), (), order.version)


@pytest.mark.parametrize("actor", [NEW, "dispatcher:li"])
def test_r10_the_next_call_counts_in_its_window_after_a_new_plan(life: Life, called: WorkOrder, actor: str) -> None:
    _replanned(life)
    assert called.next_contact is not None
    life.clock.moment = called.next_contact.start
    order = record_contact("o-1", result="no_answer", **life.means(actor))
    assert (order.state, order.contact_attempts) == ("accepted", 2)
    assert order.next_contact != called.next_contact
    assert life.timers()["contact_retry"].warn_at > called.next_contact.start


def test_r10_whoever_does_not_go_any_more_does_not_call_either(life: Life, called: WorkOrder) -> None:
    _replanned(life)
    with pytest.raises(ForbiddenError, match=f"order 'o-1' is not with {OLD}"):
        record_contact(called.id, result="no_answer", **life.means(OLD))


@pytest.mark.usefixtures("called")
def test_r10_who_has_to_call_from_now_on_is_told(life: Life) -> None:
    _replanned(life)
    with life.store.read() as transaction:
        told = transaction.records(Message).all(where={"order": "o-1", "audience": "technician"})
    assert sorted((one.template, one.person) for one in told) == [("new_order", "t-1"), ("new_order", "t-2")]


@pytest.mark.usefixtures("called")
def test_r10_a_call_that_nobody_made_is_escalated_after_a_new_plan(life: Life) -> None:
    _replanned(life)
    life.at("09 10:30")
    life.sweep()
    assert ("contact_retry", "escalation", "supervisor") in life.escalations()


def test_r10_another_time_or_none_leaves_the_calls_as_they_are(life: Life, called: WorkOrder) -> None:
    assert _replanned(life, technician="t-1").moved == ("o-1",)
    follow_plan("p-3", [], ["o-1"], **life.means("system:publish"))
    order = life.order()
    assert (order.state, order.technician, order.next_contact) == ("accepted", "t-1", called.next_contact)
    assert "contact_retry" in life.timers()


@pytest.mark.usefixtures("called")
def test_r10_rejecting_between_two_calls_ends_the_window_and_the_next_technician_has_two_hours(life: Life) -> None:
    rejected = reject("o-1", reason="van broke down", **life.means(OLD))
    assert (rejected.state, rejected.next_contact, rejected.contact_attempts) == ("qualified", None, 1)
    assert "contact_retry" not in life.timers()
    life.at("09 13:00")  # long after the window
    _replanned(life)
    dispatch("o-1", **life.means("system:publish"))
    accept("o-1", **life.means(NEW))
    timers = life.timers()
    assert "contact_retry" not in timers
    assert timers["first_contact"].due_at == local("09 15:00")
    called_again = record_contact("o-1", result="busy", **life.means(NEW))
    assert called_again.contact_attempts == 2


@pytest.mark.usefixtures("called")
def test_an_order_rejected_between_two_calls_is_left_out_like_any_other(life: Life) -> None:
    reject("o-1", **life.means(OLD))
    _replanned(life)
    assert follow_plan("p-3", [], ["o-1"], **life.means("system:publish")).unplanned == ("o-1",)
