"""From the booking to the exact time: R07, R08, R10, and whose time it is (T7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.domain.records.centre import Centre
from dispatch.domain.records.contact import ContactAttempt
from dispatch.domain.request import Window
from dispatch.errors import BadInputError, ForbiddenError, TransitionError
from dispatch.policy.clocks import judge, net_due
from dispatch.usecases.work_orders.booking import book, record_operator_change
from dispatch.usecases.work_orders.contact import agree, record_contact
from dispatch.usecases.work_orders.taking_on import accept, reject
from dispatch.usecases.work_orders.visit import arrive, finish
from dispatch.usecases.work_orders.waiting import hold, resume
from tests.dispatch.usecases.work_orders.life import Life, half_day, local

TECHNICIAN = "technician:t-1"
NEVER = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_r07_a_booking_before_the_due_time_is_no_hold(life: Life) -> None:
    life.receive()  # due Thursday 12th, 09:00
    order = book("o-1", [half_day("11", "13:30", "18:00")], **life.means("customer"))
    assert (order.state, order.holds, order.order.due) == ("booked", (), None)
    assert life.news() == ["order_accepted", "rescheduled"]


def test_r07_a_slot_after_the_due_time_is_customer_caused_until_its_end(life: Life) -> None:
    life.receive()
    order = book("o-1", [half_day("13", "13:30", "18:00")], **life.means("customer"))
    assert [(one.cause, one.start, one.end) for one in order.holds] == [
        ("later_slot", local("12 09:00"), local("13 18:00"))
    ]
    assert order.order.due == local("13 18:00")
    assert order.due == local("12 09:00")
    assert life.timers()["promise"].due_at == local("13 18:00")


def test_r07_going_back_to_an_early_slot_takes_the_hold_away(life: Life) -> None:
    life.receive()
    book("o-1", [half_day("13", "13:30", "18:00")], **life.means("customer"))
    order = book("o-1", [half_day("10", "08:30", "12:00")], **life.means("customer"))
    assert (order.holds, order.order.due) == ((), None)


def test_r07_booking_the_same_again_changes_nothing(life: Life) -> None:
    life.receive()
    order = book("o-1", [half_day("10", "08:30", "12:00")], **life.means("customer"))
    assert book("o-1", [half_day("10", "08:30", "12:00")], **life.means("customer")) == order


def test_r07_a_window_that_is_over_is_refused(life: Life) -> None:
    life.receive()
    with pytest.raises(BadInputError, match=r"windows\[0\]\.end: .* is over; choose a later one"):
        book("o-1", [half_day("08", "08:30", "12:00")], **life.means("customer"))


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (r"windows\[0\]\.end", lambda life, far: book("o-1", [Window(start=far, end=far)], **life.means())),
        ("until", lambda life, far: hold("o-1", until=far, **life.means())),
        ("start", lambda life, far: agree("o-1", far, is_customers_wish=True, **life.means())),
        ("due", lambda life, far: life.receive("o-2", due=far)),
    ],
)
def test_a_moment_that_nobody_can_plan_for_is_refused_and_spoils_nothing(
    life: Life, path: str, asked: Callable[[Life, datetime], object]
) -> None:
    """What was derived from it, as the end of a hold, lay beyond all years that can be read again."""
    life.receive()
    with pytest.raises(BadInputError, match=rf"{path}: 2999-.* is more than 366 days away; choose an earlier one"):
        asked(life, NEVER)
    assert life.order().version == 1


def test_t7_the_operator_may_change_an_appointment_once(life: Life) -> None:
    life.receive()
    book("o-1", [half_day("10", "08:30", "12:00")], **life.means("customer"))
    late = [half_day("13", "08:30", "12:00")]
    order = book("o-1", late, operator_cause="no_technician", **life.means())
    assert (order.holds, order.order.due) == ((), None)
    assert judge(order, life.policy.life, life.clock.now()).is_net_on_time is None
    order = record_operator_change("o-1", cause="speed_test_failed", **life.means())
    judgement = judge(order, life.policy.life, life.clock.now())
    assert (judgement.is_net_on_time, judgement.cause) == (False, "operator_change")


def test_r08_who_does_not_answer_in_15_minutes_loses_the_order(life: Life) -> None:
    life.receive()
    life.dispatched()
    life.clock.go_on(10 * 60)
    assert life.sweep().warned == 1
    life.clock.go_on(5 * 60 - 1)
    assert life.sweep().fired == 0
    life.clock.go_on(1)
    assert life.sweep().fired == 1
    order = life.order()
    assert (order.state, order.technician, order.order.excluded_technicians) == ("qualified", None, ("t-1",))
    assert order.given_back == 1
    assert life.news() == ["order_accepted", "technician_silent"]
    assert life.escalations() == [
        ("accept", "warning", "supervisor"),
        ("accept", "warning", "technician"),
        ("accept", "escalation", "supervisor"),
    ]
    assert life.actions()[-3:] == ["warning", "escalation", "give_back"]
    assert life.audit()[-1].actor == "system:accept_timer"


def test_r08_a_second_tap_on_accept_changes_nothing(life: Life) -> None:
    life.receive()
    order = life.accepted()
    assert accept("o-1", **life.means(TECHNICIAN)) == order
    assert "accept" not in life.timers()


def test_r08_another_technician_may_not_accept(life: Life) -> None:
    life.receive()
    life.dispatched()
    with pytest.raises(ForbiddenError, match="order 'o-1' is not with technician:t-2"):
        accept("o-1", **life.means("technician:t-2"))


def test_r08_a_rejected_order_goes_to_somebody_else(life: Life) -> None:
    life.receive(required_technician="t-1")
    life.dispatched()
    order = reject("o-1", reason="ladder broken", **life.means(TECHNICIAN))
    assert (order.state, order.order.excluded_technicians, order.order.required_technician) == (
        "qualified",
        ("t-1",),
        None,
    )
    assert reject("o-1", **life.means(TECHNICIAN)) == order
    assert life.audit()[-1].reason == "ladder broken"


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        ("09 09:00", "09 11:00"),
        ("09 19:00", "09 21:00"),  # 21:00 is still inside the contact hours
        ("09 19:01", "10 08:30"),
        ("09 23:30", "10 08:30"),
        ("10 03:00", "10 08:30"),
        ("10 06:00", "10 08:00"),  # 08:00 is inside
        ("10 06:10", "10 08:10"),
    ],
)
def test_r08_the_first_call_is_due_two_hours_after_acceptance_in_contact_hours(
    life: Life, accepted: str, due: str
) -> None:
    life.receive()
    life.at(accepted)
    life.accepted(start="11 10:00")
    assert life.timers()["first_contact"].due_at == local(due)


def test_r08_an_attempt_satisfies_the_two_hours_a_success_is_another_figure(life: Life) -> None:
    life.receive()
    life.accepted()
    life.clock.go_on(600)
    order = record_contact("o-1", result="no_answer", **life.means(TECHNICIAN))
    assert order.first_contact_at == local("09 09:10")
    assert order.contacted_at is None
    assert "first_contact" not in life.timers()


def test_r08_a_call_outside_the_contact_hours_is_kept_but_does_not_count(life: Life) -> None:
    life.receive()
    life.at("09 22:00")
    life.accepted()
    order = record_contact("o-1", result="no_answer", **life.means(TECHNICIAN))
    assert (order.state, order.contact_attempts, order.first_contact_at) == ("accepted", 0, None)
    with life.store.read() as transaction:
        assert [one.is_counted for one in transaction.records(ContactAttempt).all()] == [False]
    assert "first_contact" in life.timers()


@pytest.mark.parametrize(
    ("first", "windows"),
    [
        ("09 08:50", ["09 09:00", "09 11:30", "09 18:00"]),
        ("09 09:15", ["09 11:30", "09 18:00", "10 09:00"]),
        ("09 12:00", ["09 18:00", "10 09:00", "10 11:30"]),
        ("09 19:00", ["10 09:00", "10 11:30", "10 18:00"]),
        ("09 20:30", ["10 09:00", "10 11:30", "10 18:00"]),
    ],
)
def test_r10_four_attempts_in_the_next_windows_then_a_hold(life: Life, first: str, windows: list[str]) -> None:
    life.receive()
    life.at(first)
    life.accepted(start="11 10:00")
    for number, window in enumerate(windows, start=1):
        order = record_contact("o-1", result="no_answer", **life.means(TECHNICIAN))
        assert (order.state, order.contact_attempts) == ("accepted", number)
        assert order.next_contact is not None
        assert order.next_contact.start == local(window)
        assert life.timers()["contact_retry"].warn_at == local(window)
        life.at(window)
    order = record_contact("o-1", result="busy", **life.means(TECHNICIAN))
    assert (order.state, order.technician, order.next_contact) == ("held", None, None)
    assert life.escalations() == [
        ("contact_exhausted", "escalation", "supervisor"),
        ("contact_exhausted", "message", "customer"),
    ]
    assert life.news()[-4:] == ["contact_failed"] * 4
    assert [(one.cause, one.start, one.end) for one in order.holds] == [("customer_unreachable", local(first), None)]


def test_r10_an_attempt_before_the_next_window_does_not_count(life: Life) -> None:
    life.receive()
    life.accepted()
    record_contact("o-1", result="no_answer", **life.means(TECHNICIAN))
    life.at("09 11:00")
    assert record_contact("o-1", result="no_answer", **life.means(TECHNICIAN)).contact_attempts == 1


def test_r10_a_missed_window_is_escalated(life: Life) -> None:
    life.receive()
    life.accepted()
    record_contact("o-1", result="no_answer", **life.means(TECHNICIAN))  # 09:00; next 11:30 to 12:30
    life.at("09 11:30")
    assert life.sweep().warned == 1
    life.at("09 12:30")
    assert life.sweep().fired == 1
    assert life.escalations()[-1] == ("contact_retry", "escalation", "supervisor")


def test_t7_the_time_until_the_customer_is_reached_is_customer_caused(life: Life) -> None:
    life.receive()  # due Thursday 09:00
    life.accepted(start="11 10:00")
    record_contact("o-1", result="no_answer", **life.means(TECHNICIAN))
    assert "promise" not in life.timers()  # the net clock stands still
    life.at("09 11:30")
    order = record_contact("o-1", result="reached", **life.means(TECHNICIAN))
    assert order.state == "contacted"
    assert net_due(order, life.clock.now()) == local("12 11:30")  # 09:00 + 2.5 h
    assert life.timers()["promise"].due_at == local("12 11:30")


def test_r09_the_exact_time_is_agreed_and_watched(life: Life) -> None:
    life.receive()
    life.accepted()
    order = record_contact("o-1", result="agreed", agreed_start=local("10 10:00"), **life.means(TECHNICIAN))
    assert (order.state, order.agreed_start) == ("agreed", local("10 10:00"))
    assert set(order.stages) == {"appointment"}
    arrival = life.timers()["arrival"]
    assert (arrival.warn_at, arrival.due_at) == (local("10 10:00"), local("10 11:00"))
    assert life.news()[-1] == "contact_succeeded"


def test_r09_agreeing_the_same_again_changes_nothing(life: Life) -> None:
    life.receive()
    life.accepted()
    order = agree("o-1", local("10 10:00"), **life.means(TECHNICIAN))
    assert agree("o-1", local("10 10:00"), **life.means(TECHNICIAN)) == order


def test_r09_an_agreed_time_goes_to_the_next_technician(life: Life) -> None:
    life.receive()
    life.accepted()
    agree("o-1", local("10 10:00"), **life.means(TECHNICIAN))
    order = life.accepted(technician="t-2")
    assert (order.state, order.technician, order.agreed_start) == ("agreed", "t-2", local("10 10:00"))
    assert set(life.timers()) == {"promise", "arrival"}


def test_t7_a_time_that_the_customer_wishes_after_the_due_time_moves_the_promise(life: Life) -> None:
    life.receive()
    life.accepted()
    order = agree("o-1", local("13 10:00"), is_customers_wish=True, **life.means(TECHNICIAN))
    # from Thursday 09:00 to Friday 10:00 + 1 h + the visit's hour
    assert net_due(order, life.clock.now()) == local("13 12:00")


@pytest.mark.parametrize(("arrival", "is_kept"), [("10 09:00", True), ("10 11:00", True), ("10 11:01", False)])
def test_r09_arrival_and_agreed_time_differ_by_an_hour_at_most(life: Life, arrival: str, *, is_kept: bool) -> None:
    life.receive()
    life.accepted()
    agree("o-1", local("10 10:00"), **life.means(TECHNICIAN))
    life.at(arrival)
    order = arrive("o-1", **life.means(TECHNICIAN))
    assert order.arrival_deviation_s is not None
    assert order.arrival_deviation_s == (local(arrival) - local("10 10:00")) // timedelta(seconds=1)
    assert (abs(order.arrival_deviation_s) <= 3600) == is_kept


def test_t7_a_hold_pauses_the_promise_and_ends_by_itself(life: Life) -> None:
    life.receive()  # due Thursday 09:00
    life.accepted()
    order = hold("o-1", until=local("11 09:00"), note="on a journey", **life.means("customer"))
    assert (order.state, order.technician) == ("held", None)
    life.at("11 09:00")
    assert life.sweep().fired == 1
    order = life.order()
    assert order.state == "qualified"
    assert net_due(order, life.clock.now()) == local("14 09:00")  # + 48 h
    assert life.escalations() == []


def test_t7_a_hold_that_ends_early_counts_until_then(life: Life) -> None:
    life.receive()
    hold("o-1", until=local("12 09:00"), **life.means("customer"))
    life.at("09 12:00")
    order = resume("o-1", **life.means("customer"))
    assert [(one.start, one.end) for one in order.holds] == [(local("09 09:00"), local("09 12:00"))]
    assert net_due(order, life.clock.now()) == local("12 12:00")


def test_a_hold_without_an_end_is_looked_at_again(life: Life) -> None:
    life.receive()
    hold("o-1", **life.means("customer"))
    life.at("10 09:00")
    life.sweep()
    assert life.order().state == "held"
    assert life.escalations() == [("hold", "escalation", "supervisor")]


def test_what_is_not_possible_is_refused_with_what_is(life: Life) -> None:
    life.receive()
    life.dispatched()
    with pytest.raises(TransitionError, match=r"is dispatched: finish is not possible; technician may: .*accept"):
        finish("o-1", **life.means(TECHNICIAN))


def test_a_centre_whose_policy_is_broken_keeps_nobody_back(life: Life) -> None:
    life.receive()
    life.dispatched()
    other = Life(whole=life.whole, clock=life.clock, centre="other")
    other.receive()
    other.dispatched()
    with life.store.write() as transaction:
        now = life.clock.now()
        broken = Centre(id="main", created_at=now, changed_at=now, name="Main", policy={"life": {"geofence_m": -1}})
        transaction.records(Centre).add(broken)
    life.clock.go_on(15 * 60)
    life.sweep()
    assert life.order().state == "qualified"  # by the operator's policy
    assert other.order().state == "qualified"


@pytest.mark.parametrize(("ahead_s", "is_taken"), [(120, True), (121, False)])
def test_a_senders_clock_may_be_two_minutes_ahead_of_ours(life: Life, ahead_s: int, *, is_taken: bool) -> None:
    accepted_at = life.clock.now() + timedelta(seconds=ahead_s)
    if is_taken:
        assert life.receive(accepted_at=accepted_at).accepted_at == accepted_at
    else:
        with pytest.raises(BadInputError, match="accepted_at"):
            life.receive(accepted_at=accepted_at)
