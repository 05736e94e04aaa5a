"""The visit, its end, and everything that may go wrong: R09, R03, R11 to R13, R25, R31, T4."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.domain.records.field_event import FieldEvent
from dispatch.domain.records.work_order import WorkOrder
from dispatch.domain.request import Location
from dispatch.errors import BadInputError, ForbiddenError, NotFoundError, Problem, StaleRecordError, TransitionError
from dispatch.policy.clocks import clock_of, judge
from dispatch.usecases.work_orders.booking import amend, propose, refuse
from dispatch.usecases.work_orders.closing import close, record_survey, reopen
from dispatch.usecases.work_orders.contact import agree
from dispatch.usecases.work_orders.look_up import countdowns, history, take_up
from dispatch.usecases.work_orders.outage import join_outage, leave_outage, mass_outage
from dispatch.usecases.work_orders.planned import Placement, dispatch_many, follow_plan
from dispatch.usecases.work_orders.visit import arrive, finish, no_access, report_overrun, set_out, tick
from dispatch.usecases.work_orders.withdrawal import cannot_install, close_withdrawal, keep, verify_withdrawal, withdraw
from tests.dispatch.usecases.work_orders.life import Life, half_day, local

TECHNICIAN = "technician:t-1"


def on_site(life: Life, order_id: str = "o-1", **fields: Any) -> WorkOrder:
    """Receive an order and let t-1 be there at 10:00 on the 10th, as agreed."""
    life.receive(order_id, **fields)
    life.accepted(order_id)
    agree(order_id, local("10 10:00"), **life.means(TECHNICIAN))
    life.at("10 09:40")
    set_out(order_id, **life.means(TECHNICIAN))
    life.at("10 10:00")
    return arrive(order_id, **life.means(TECHNICIAN))


def test_r09_a_position_at_the_door_proves_the_arrival(life: Life) -> None:
    life.receive(location={"lat": 34.26, "lon": 117.18})
    life.accepted()
    # 0.001 degrees north = 111 m
    order = arrive("o-1", position=Location(lat=34.261, lon=117.18), **life.means(TECHNICIAN))
    assert (order.arrival_source, order.arrival_distance_m) == ("position", 111)


def test_r09_a_position_elsewhere_counts_as_a_tap(life: Life) -> None:
    life.receive()
    life.accepted()
    order = arrive("o-1", position=Location(lat=34.27, lon=117.18), **life.means(TECHNICIAN))
    assert (order.arrival_source, order.arrival_distance_m) == ("tap", 1112)


def test_r31_what_a_phone_without_signal_tells_later_counts_as_of_then(life: Life) -> None:
    life.receive()
    life.accepted()
    agree("o-1", local("10 10:00"), **life.means(TECHNICIAN))
    life.at("10 12:00")
    order = arrive("o-1", **life.means(TECHNICIAN, at=local("10 10:05"), action_id="tap-1"))
    assert (order.arrived_at, order.arrival_deviation_s) == (local("10 10:05"), 300)
    assert life.audit()[-1].at == local("10 10:05")
    assert life.audit()[-1].created_at == local("10 12:00")


def test_r31_an_action_that_comes_twice_counts_once_even_after_the_next_one(life: Life) -> None:
    life.receive()
    life.accepted()
    agree("o-1", local("10 10:00"), **life.means(TECHNICIAN))
    life.at("10 10:00")
    arrive("o-1", **life.means(TECHNICIAN, action_id="tap-1"))
    done = finish("o-1", **life.means(TECHNICIAN, action_id="tap-2"))
    assert arrive("o-1", **life.means(TECHNICIAN, action_id="tap-1")) == done
    assert life.actions().count("arrive") == 1


@pytest.mark.parametrize("at", ["09 09:03", "08 08:59"])
def test_r31_a_phone_may_not_tell_of_the_future_or_the_distant_past(life: Life, at: str) -> None:
    life.receive()
    life.dispatched()
    with pytest.raises(BadInputError, match=r"at: .* is not within the last 1440 minutes"):
        arrive("o-1", **life.means(TECHNICIAN, at=local(at)))


def test_a_change_made_to_another_version_is_refused(life: Life) -> None:
    order = life.receive()
    life.planned()
    with pytest.raises(StaleRecordError, match="is at version 2, this change was made to version 1"):
        amend("o-1", life.document(priority=2), **life.means(version=order.version))


def test_r25_a_stage_is_ticked_once(life: Life) -> None:
    on_site(life)
    order = tick("o-1", "entry", **life.means(TECHNICIAN))
    assert list(order.stages) == ["appointment", "arrival", "entry"]
    life.clock.go_on(60)
    assert tick("o-1", "entry", **life.means(TECHNICIAN)) == order


def test_t4_restored_and_closed_are_kept_apart_and_judged_by_the_former(life: Life) -> None:
    on_site(life, kind="repair")  # due on the 10th, 09:00 + 24 h of the 9th: at 09:00
    life.at("10 11:00")
    order = finish("o-1", restored_at=local("10 10:40"), **life.means(TECHNICIAN))
    assert (order.state, order.restored_at, order.closed_at) == ("done", local("10 10:40"), None)
    assert set(life.timers()) == {"close"}
    life.at("10 13:00")
    order = close("o-1", gates=(), **life.means(TECHNICIAN))
    assert (order.state, order.closed_at, order.outcome) == ("closed", local("10 13:00"), "done")
    judgement = judge(order, life.policy.life, life.clock.now())
    assert clock_of(order, life.clock.now()).gross_s == (25 * 60 + 40) * 60
    assert (judgement.is_net_on_time, judgement.cause) == (False, "planned_late")


def test_r25_an_order_is_not_closed_while_a_gate_does_not_agree(life: Life) -> None:
    on_site(life)
    finish("o-1", **life.means(TECHNICIAN))
    open_point = Problem(path="checklist.leaving", message="not ticked: litter", remedy="tick what was done")
    with pytest.raises(TransitionError, match=r"cannot be closed yet:\nchecklist\.leaving: not ticked: litter"):
        close("o-1", gates=[lambda *_: [open_point]], **life.means(TECHNICIAN))
    assert life.order().state == "done"
    assert close("o-1", gates=[lambda *_: []], **life.means(TECHNICIAN)).state == "closed"


def test_r37_a_closed_order_is_surveyed(life: Life) -> None:
    on_site(life)
    finish("o-1", **life.means(TECHNICIAN))
    close("o-1", gates=(), **life.means(TECHNICIAN))
    assert record_survey("o-1", **life.means("customer")).state == "surveyed"


def test_an_order_that_is_opened_again_counts_from_acceptance(life: Life) -> None:
    on_site(life)
    finish("o-1", **life.means(TECHNICIAN))
    close("o-1", gates=(), **life.means(TECHNICIAN))
    order = reopen("o-1", reason="light went out again", **life.means("customer"))
    assert (order.state, order.reopened, order.restored_at, order.outcome) == ("qualified", 1, None, None)
    assert order.due == local("12 09:00")


def test_no_access_is_customer_caused_and_the_order_goes_on_by_itself(life: Life) -> None:
    """T7: refused access stops the net clock."""
    on_site(life)
    order = no_access("o-1", retry_at=local("10 15:00"), **life.means(TECHNICIAN))
    assert (order.state, order.technician, order.agreed_start) == ("no_access", None, None)
    assert life.news()[-1] == "no_access"
    life.at("10 15:00")
    life.sweep()
    order = life.order()
    assert order.state == "qualified"
    assert [(one.cause, one.start, one.end) for one in order.holds] == [
        ("no_access", local("10 10:00"), local("10 15:00"))
    ]


def test_a_technician_is_at_one_visit_at_a_time(life: Life) -> None:
    on_site(life)
    life.receive("o-2")
    life.accepted("o-2")
    with pytest.raises(TransitionError, match="technician t-1 is under way to order 'o-1' or there"):
        set_out("o-2", **life.means(TECHNICIAN))
    finish("o-1", **life.means(TECHNICIAN))
    assert set_out("o-2", **life.means(TECHNICIAN)).state == "en_route"


def test_an_overrun_is_told(life: Life) -> None:
    on_site(life)
    order = report_overrun("o-1", local("10 12:30"), **life.means(TECHNICIAN))
    assert (order.state, order.expected_end) == ("on_site", local("10 12:30"))
    assert life.news()[-1] == "overrun"


@pytest.mark.parametrize(("reason", "text"), [(None, None), ("", None), ("bored", None), ("other", " ")])
def test_r11_a_withdrawal_without_a_reason_is_refused(life: Life, reason: str | None, text: str | None) -> None:
    life.receive()
    with pytest.raises(BadInputError, match=r"reason|text"):
        withdraw("o-1", reason=reason, text=text, **life.means("customer"))


def test_r12_a_withdrawal_is_verified_on_the_next_day_by_somebody_else(life: Life) -> None:
    on_site(life)
    order = cannot_install("o-1", reason="no_duct", **life.means(TECHNICIAN))
    assert (order.state, order.technician, order.reason) == ("withdrawal_requested", None, "no_duct")
    assert life.news()[-1] == "cannot_install"
    assert life.timers()["withdrawal_verify"].due_at == local("12 00:00")  # 10th + 1 day, 24:00
    with pytest.raises(ForbiddenError, match="technician may not verify withdrawal"):
        verify_withdrawal("o-1", **life.means(TECHNICIAN))
    life.at("11 10:00")
    order = verify_withdrawal("o-1", **life.means("dispatcher:li"))
    assert order.withdrawal is not None
    assert (order.state, order.withdrawal.verified_by) == ("withdrawal_verified", "dispatcher:li")


@pytest.mark.parametrize(
    ("strict", "verified", "due"),
    [
        (False, "10 10:00", "13 00:00"),  # verified on the 10th + 2 days = 12th 24:00
        (False, "09 10:00", "12 00:00"),
        (True, "10 10:00", "12 00:00"),  # requested on the 9th + 2 days = 11th 24:00
    ],
)
def test_r13_a_withdrawal_is_closed_two_days_after(life: Life, *, strict: bool, verified: str, due: str) -> None:
    life.policy = life.policy.overridden({"life": {"withdrawal": {"is_strict": strict}}})
    life.receive()
    order = withdraw("o-1", reason="changed_mind", **life.means("customer"))
    assert order.withdrawal is not None
    assert order.withdrawal.close_by == local("12 00:00" if strict else "13 00:00")
    life.at(verified)
    verify_withdrawal("o-1", **life.means())
    assert life.timers()["withdrawal_close"].due_at == local(due)
    order = close_withdrawal("o-1", **life.means())
    assert (order.state, order.outcome) == ("withdrawn", "withdrawn")
    assert life.timers() == {}


def test_r13_a_withdrawal_that_is_not_closed_is_warned_of_and_escalated(life: Life) -> None:
    life.receive()
    withdraw("o-1", reason="duplicate", **life.means("customer"))
    life.at("10 20:00")
    life.sweep()
    life.at("11 00:00")
    life.sweep()
    assert life.escalations() == [
        ("withdrawal_verify", "warning", "supervisor"),
        ("withdrawal_verify", "escalation", "supervisor"),
    ]


def test_a_withdrawal_that_is_not_confirmed_lets_the_order_live(life: Life) -> None:
    life.receive(windows=[half_day("11", "08:30", "12:00")])
    withdraw("o-1", reason="changed_mind", **life.means("customer"))
    order = keep("o-1", **life.means())
    assert (order.state, order.withdrawal, order.reason) == ("booked", None, None)
    assert set(life.timers()) == {"promise"}


def test_r03_children_wait_their_clocks_run_and_the_parent_restores_them(life: Life) -> None:
    for name in ("a", "b", "c"):
        life.receive(name, kind="repair")
    parent = mass_outage(life.document("o-1", kind="repair", priority=3), ["b", "a"], **life.means())
    assert parent.state == "qualified"
    assert [life.order(name).state for name in "abc"] == ["waiting_for_parent", "waiting_for_parent", "qualified"]
    assert life.news()[-1] == "mass_outage"
    assert life.timers("a")["promise"].due_at == local("10 09:00")
    join_outage("o-1", ["c"], **life.means())
    assert leave_outage("c", **life.means()).state == "qualified"
    life.accepted()
    life.at("09 11:00")
    arrive("o-1", **life.means(TECHNICIAN))
    finish("o-1", **life.means(TECHNICIAN))
    close("o-1", gates=(), **life.means(TECHNICIAN))
    child = life.order("a")
    assert (child.state, child.outcome, child.restored_at) == ("closed", "restored_by_parent", local("09 11:00"))
    assert judge(child, life.policy.life, life.clock.now()).is_net_on_time is True
    assert life.order("c").state == "qualified"


def test_r03_joining_is_all_or_none_and_may_be_repeated(life: Life) -> None:
    life.receive("a", kind="repair")
    life.receive("b", kind="repair")
    document = life.document("p", kind="repair")
    mass_outage(document, ["a"], **life.means())
    before = life.news()
    mass_outage(document, ["a"], **life.means())
    assert life.news() == before
    withdraw("b", reason="duplicate", **life.means())
    with pytest.raises(TransitionError, match="withdrawal_requested"):
        join_outage("p", ["b"], **life.means())
    with pytest.raises(BadInputError, match="is the parent itself"):
        join_outage("p", ["p"], **life.means())


def test_a_plan_is_followed_once_and_only_what_differs_changes(life: Life) -> None:
    for name in ("a", "b", "c", "d"):
        life.receive(name)
    life.accepted("d")
    begin, end = local("10 10:00"), local("10 11:00")
    places = [Placement(order=name, technician="t-1", start=begin, end=end) for name in "abd"]
    first = follow_plan("p-2", places, ["c"], **life.means("system:publish"))
    assert (first.planned, first.moved, first.unplanned, first.skipped) == (("a", "b"), (), (), ())
    assert dispatch_many(["b", "a"], **life.means("system:publish")) == ("a", "b")
    other = Placement(order="a", technician="t-2", start=begin, end=end)
    moved = Placement(order="b", technician="t-1", start=end, end=local("10 12:00"))
    second = follow_plan("p-3", [other, moved], ["d"], **life.means("system:publish"))
    assert (second.planned, second.moved, second.unplanned) == (("a",), ("b",), ("d",))
    assert [life.order(name).state for name in "abcd"] == ["planned", "dispatched", "qualified", "qualified"]
    again = follow_plan("p-3", [other, moved], ["d"], **life.means("system:publish"))
    assert (again.planned, again.moved, again.unplanned) == ((), (), ())


def test_a_visit_that_has_begun_does_not_follow_a_later_plan(life: Life) -> None:
    on_site(life)
    place = Placement(order="o-1", technician="t-2", start=local("10 15:00"), end=local("10 16:00"))
    assert follow_plan("p-2", [place], **life.means("system:publish")).skipped == ("o-1",)


def test_r33_a_proposal_is_kept_with_the_order(life: Life) -> None:
    life.receive()
    order = propose("o-1", technician="t-2", start=local("10 10:00"), **life.means("system:proposals"))
    assert order.proposal is not None
    assert (order.state, order.proposal.technician) == ("qualified", "t-2")


def test_r04_an_order_that_cannot_be_carried_out_is_refused_by_the_desk(life: Life) -> None:
    life.receive()
    order = refuse("o-1", reason="no_port", text="every port is taken", **life.means())
    assert (order.state, order.outcome, order.reason_text) == ("rejected", "rejected", "every port is taken")


def test_what_was_done_already_is_shown_to_nobody_who_had_no_part_in_it(life: Life) -> None:
    life.receive()
    life.accepted()
    set_out("o-1", **life.means("technician:t-1"))
    assert set_out("o-1", **life.means("technician:t-1")).state == "en_route"
    with pytest.raises(ForbiddenError, match="'o-1' is not with technician:t-2"):
        set_out("o-1", **life.means("technician:t-2"))


def test_nobody_is_proposed_who_is_not_there(life: Life) -> None:
    life.receive()
    with pytest.raises(NotFoundError, match="there is no technician 't-9'"):
        propose("o-1", technician="t-9", start=life.clock.now(), **life.means())


def test_what_an_order_promises_cannot_be_amended(life: Life) -> None:
    life.receive()
    with pytest.raises(BadInputError, match="kind: 'repair' instead of 'install'"):
        amend("o-1", life.document(kind="repair"), **life.means())
    with pytest.raises(BadInputError, match=r"document\.required_technician: no technician 't-9'; enter the tech"):
        amend("o-1", life.document(required_technician="t-9"), **life.means())
    assert amend("o-1", life.document(duration="PT90M"), **life.means()).order.duration.seconds == 5400


def test_supervisors_see_the_timers_as_countdowns(life: Life) -> None:
    life.receive("late")
    life.receive("soon", kind="repair")
    life.dispatched("soon")
    life.clock.go_on(60)
    found = countdowns(store=life.store, clock=life.clock)
    assert [(one.order, one.kind, one.remaining_s) for one in found] == [
        ("soon", "accept", 14 * 60),
        ("soon", "promise", 24 * 3600 - 60),
        ("late", "promise", 72 * 3600 - 60),
    ]
    assert len(countdowns(store=life.store, clock=life.clock, within_s=3600)) == 1


def test_an_escalation_is_taken_up_once(life: Life) -> None:
    life.receive()
    life.dispatched()
    life.clock.go_on(15 * 60)
    life.sweep()
    escalation = history("o-1", store=life.store).escalations[0]
    taken = take_up(escalation.id, store=life.store, clock=life.clock, actor="supervisor:wu")
    assert taken.taken_up_by == "supervisor:wu"
    assert take_up(escalation.id, store=life.store, clock=life.clock, actor="supervisor:he") == taken


def test_news_is_numbered_without_gaps_on_the_local_day(life: Life) -> None:
    life.receive("a")
    life.at("09 23:59")
    life.receive("b")
    life.at("10 00:00")
    life.receive("c")
    with life.store.read() as transaction:
        found = transaction.records(FieldEvent).all(sort="id")
    numbers = sorted((event.dispatch_day.isoformat(), event.sequence, event.order) for event in found)
    assert numbers == [("2026-03-09", 1, "a"), ("2026-03-09", 2, "b"), ("2026-03-10", 1, "c")]
